"""A data set is found one level off, never guessed, and missed with a remedy."""

from pathlib import Path

import pytest

from sonolens.studies.folder import find_folder, require_files, subfolders

PARTS = ("table.csv", "images")


def fill(folder: Path) -> Path:
    (folder / "images").mkdir(parents=True)
    (folder / "table.csv").write_text("a")
    return folder


@pytest.mark.parametrize("given", [".", "..", "images", "table.csv"])
def test_the_folder_is_found_from_itself_from_around_and_from_its_parts(
    tmp_path: Path, given: str
) -> None:
    folder = fill(tmp_path / "Brüste und Äpfel" / "set one")

    path = folder.parent if given == ".." else folder / given

    assert find_folder(str(path), parts=PARTS, study="toy") == folder


def test_a_folder_that_holds_the_parts_is_taken_even_if_others_lie_in_it(tmp_path: Path) -> None:
    fill(tmp_path)
    fill(tmp_path / "inner")

    assert find_folder(str(tmp_path), parts=PARTS, study="toy") == tmp_path


def test_a_folder_beside_the_data_set_does_not_lead_to_it(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "notes").mkdir()

    with pytest.raises(FileNotFoundError, match=r"has no 'table.csv'"):
        find_folder(str(tmp_path / "notes"), parts=PARTS, study="toy")


def test_two_data_sets_are_not_chosen_between(tmp_path: Path) -> None:
    fill(tmp_path / "one")
    fill(tmp_path / "two")

    with pytest.raises(ValueError, match=r"holds 2 data sets, 'one' and 'two' .* give the one"):
        find_folder(str(tmp_path), parts=PARTS, study="toy")


def test_the_missing_part_is_named(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "images").rmdir()

    with pytest.raises(
        FileNotFoundError, match=r"has no 'images'; unpack .* holds table.csv, images"
    ):
        find_folder(str(tmp_path), parts=PARTS, study="toy")


@pytest.mark.parametrize("given", ["absent", ".", "set.zip"])
def test_an_archive_in_or_beside_the_path_is_to_be_unpacked(tmp_path: Path, given: str) -> None:
    (tmp_path / "set.zip").write_bytes(b"")

    with pytest.raises(FileNotFoundError, match=r"unpack 'set.zip' and give the folder"):
        find_folder(str(tmp_path / given), parts=PARTS, study="toy")


def test_hidden_folders_of_an_archive_are_no_data_sets(tmp_path: Path) -> None:
    fill(tmp_path / "set")
    fill(tmp_path / "__MACOSX")
    fill(tmp_path / ".trash")

    assert subfolders(tmp_path) == [tmp_path / "set"]
    assert find_folder(str(tmp_path), parts=PARTS, study="toy") == tmp_path / "set"


def test_files_that_are_listed_but_absent_are_named_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")

    require_files([tmp_path / "a.png"], study="toy")
    with pytest.raises(FileNotFoundError, match=r"toy lists 'b.png' .* nor 1 more"):
        require_files([tmp_path / name for name in ("a.png", "b.png", "c.png")], study="toy")

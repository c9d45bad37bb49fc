import os
from pathlib import Path

import pytest
from kedro.io import DataCatalog, DatasetError, Version

from sonolens.datasets import TextDataset
from sonolens.datasets.seals import DamagedError

FIRST = "2026-01-01T00.00.00.000Z"
SECOND = "2026-01-02T00.00.00.000Z"


def text_at(path, save=None, load=None):
    return TextDataset(filepath=str(path), version=Version(load, save))


@pytest.fixture(params=["file", "memory"])
def root(request, tmp_path):
    return str(tmp_path) if request.param == "file" else f"memory:///{tmp_path.name}"


def test_what_was_saved_is_loaded_from_its_version(root):
    text_at(f"{root}/note.md", FIRST).save("one")
    text_at(f"{root}/note.md", SECOND).save("zwei ü")

    assert text_at(f"{root}/note.md").load() == "zwei ü"
    assert text_at(f"{root}/note.md", load=FIRST).load() == "one"
    assert text_at(f"{root}/note.md").list_versions(full_path=False) == [SECOND, FIRST]


def test_versions_lie_where_kedro_expects_them(tmp_path):
    text_at(tmp_path / "note.md", FIRST).save("one")

    assert (tmp_path / "note.md" / FIRST / "note.md").read_text() == "one"


def test_a_version_cannot_be_written_twice(root):
    text_at(f"{root}/note.md", FIRST).save("one")

    with pytest.raises(DatasetError, match="must not exist if versioning is enabled"):
        text_at(f"{root}/note.md", FIRST).save("two")


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_save_that_stops_in_the_middle_leaves_no_version(root, failure, monkeypatch):
    text_at(f"{root}/note.md", FIRST).save("whole")

    def stop(self, data, file):
        file.write(b"ha")
        raise failure("stopped")

    monkeypatch.setattr(TextDataset, "_write", stop)
    with pytest.raises((DatasetError, KeyboardInterrupt), match="stopped"):
        text_at(f"{root}/note.md", SECOND).save("half")

    late = text_at(f"{root}/note.md")
    assert late.list_versions(full_path=False) == [FIRST]
    assert late.load() == "whole"


def test_equal_versions_share_their_disk_space(tmp_path):
    for version, text in [(FIRST, "same"), (SECOND, "same")]:
        text_at(tmp_path / "note.md", version).save(text)

    first, second = ((tmp_path / "note.md" / v / "note.md") for v in (FIRST, SECOND))
    assert first.samefile(second)
    assert sorted(path.name for path in second.parent.iterdir()) == ["note.md", "note.md.sha256"]


def test_replacing_a_version_leaves_the_one_it_shared_space_with(tmp_path):
    for version in (FIRST, SECOND):
        text_at(tmp_path / "note.md", version).save("same")

    text_at(tmp_path / "note.md").replace_version(SECOND, "other")

    assert text_at(tmp_path / "note.md").read_version(FIRST) == "same"
    assert text_at(tmp_path / "note.md").read_version(SECOND) == "other"


def test_different_versions_share_nothing(tmp_path):
    for version, text in [(FIRST, "this"), (SECOND, "that")]:
        text_at(tmp_path / "note.md", version).save(text)

    assert text_at(tmp_path / "note.md", load=FIRST).load() == "this"


def test_a_file_system_without_links_keeps_the_copy(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    for version in (FIRST, SECOND):
        text_at(tmp_path / "note.md", version).save("same")

    assert text_at(tmp_path / "note.md").load() == "same"
    assert not (tmp_path / "note.md" / FIRST / "note.md").samefile(
        tmp_path / "note.md" / SECOND / "note.md"
    )


def test_a_damaged_file_is_named_with_its_remedy(tmp_path):
    (tmp_path / "note.md").write_bytes(b"\xff\xfe\xfa")

    with pytest.raises(DatasetError, match=r"note\.md is damaged .* delete it and run again"):
        TextDataset(filepath=tmp_path / "note.md").load()


def test_without_a_version_the_file_is_written_in_its_place(tmp_path):
    dataset = TextDataset(filepath=str(tmp_path / "note.md"))
    assert not dataset.exists()

    dataset.save("one")
    dataset.save("two")

    assert Path(tmp_path / "note.md").read_text() == "two"
    assert dataset.exists()


def test_a_catalog_of_such_datasets_can_be_written_down(tmp_path):
    entry = {"type": "sonolens.datasets.TextDataset", "filepath": f"{tmp_path}/a.md"}
    catalog = DataCatalog.from_config({"note": {**entry, "versioned": True}})
    assert catalog["note"].exists() is False

    config = catalog.to_config()[0]["note"]

    assert config["filepath"] == f"{tmp_path}/a.md"
    assert config["versioned"] is True


def test_the_bytes_of_a_version_are_those_saved_or_none(root):
    text_at(f"{root}/note.md", FIRST).save("zwei ü")
    dataset = text_at(f"{root}/note.md")
    assert dataset.read_bytes(FIRST) == b"zwei \xc3\xbc"
    assert list(dataset.find_damage(FIRST)) == []

    dataset._fs.pipe_file(f"{dataset._filepath}/{FIRST}/note.md", b"zwei u")

    with pytest.raises(DamagedError, match=r"note\.md is not what was saved"):
        dataset.read_bytes(FIRST)
    (damage,) = dataset.find_damage(FIRST)
    assert damage.path.endswith(f"{FIRST}/note.md")

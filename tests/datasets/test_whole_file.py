import os
import threading
from pathlib import Path

import fsspec
import pytest
from kedro.io import DataCatalog, DatasetError, Version

from sonolens.datasets import TextDataset
from sonolens.datasets.whole_file import digest, open_file_system, share_bytes, whole_file

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


def test_nothing_is_left_in_the_folder_of_a_failed_save(tmp_path):
    def stop_in_the_middle():
        with whole_file(fsspec.filesystem("file"), f"{tmp_path}/a") as file:
            file.write(b"ha")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stop_in_the_middle()

    assert list(tmp_path.iterdir()) == []


def test_a_file_being_replaced_stays_whole_until_the_new_one_is(tmp_path):
    file_system = fsspec.filesystem("file")
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with whole_file(file_system, str(path)) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"

    assert path.read_bytes() == b"new"


def test_threads_do_not_publish_each_others_unfinished_files(tmp_path):
    file_system = open_file_system("file")
    half_written, other_done = threading.Event(), threading.Event()
    seen = []

    def slow():
        with whole_file(file_system, f"{tmp_path}/slow") as file:
            file.write(b"ha")
            half_written.set()
            other_done.wait(5)
            seen.append((tmp_path / "slow").exists())
            file.write(b"lf")

    thread = threading.Thread(target=slow)
    thread.start()
    half_written.wait(5)
    with whole_file(file_system, f"{tmp_path}/quick") as file:
        file.write(b"quick")
    other_done.set()
    thread.join()

    assert seen == [False]
    assert (tmp_path / "slow").read_bytes() == b"half"


def test_equal_versions_share_their_disk_space(tmp_path):
    for version, text in [(FIRST, "same"), (SECOND, "same")]:
        text_at(tmp_path / "note.md", version).save(text)

    first, second = ((tmp_path / "note.md" / v / "note.md") for v in (FIRST, SECOND))
    assert first.samefile(second)
    assert [path.name for path in second.parent.iterdir()] == ["note.md"]


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


def test_files_are_not_linked_when_somebody_edited_the_old_one(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"edited")
    new.write_bytes(b"origin")

    share_bytes(fsspec.filesystem("file"), new=str(new), old=str(old))

    assert new.read_bytes() == b"origin"


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


def test_the_digest_is_the_published_sha256_of_abc(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    assert digest(fsspec.filesystem("file"), f"{tmp_path}/a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
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

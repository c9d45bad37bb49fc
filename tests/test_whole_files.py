"""A file that is written is there in full or not at all."""

from pathlib import Path

import pytest

from sonolens.whole_files import write_whole


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    for content in (b"older and longer", b"new"):
        write_whole(path, content)

    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["told.json"]


def test_a_write_that_fails_leaves_the_older_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "told.json"
    write_whole(path, b"older")

    def fail(self: Path, target: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"older"
    assert [each.name for each in tmp_path.iterdir()] == ["told.json"]

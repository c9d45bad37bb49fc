from pathlib import Path

import fsspec
import pytest

from sonolens.datasets.new_version import (
    VersionTakenError,
    create_object,
    find_versions,
    new_version,
)


def write(folder, content):
    with new_version(str(folder), main="table.csv") as draft:
        (folder.parent / draft / "table.csv").write_text(content)


def test_a_version_appears_whole(tmp_path):
    folder = tmp_path / "1"
    with new_version(str(folder), main="table.csv") as draft:
        (tmp_path / draft / "table.csv").write_text("whole")
        assert not folder.exists()

    assert (folder / "table.csv").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_what_stops_leaves_nothing(tmp_path):
    def stop():
        with new_version(str(tmp_path / "1"), main="a") as draft:
            (tmp_path / draft / "a").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()

    assert list(tmp_path.iterdir()) == []


def test_of_two_writers_of_one_version_the_later_is_refused(tmp_path):
    folder = tmp_path / "1"

    def write_late():
        with new_version(str(folder), main="table.csv") as draft:
            (tmp_path / draft / "table.csv").write_text("late")
            write(folder, "early")

    with pytest.raises(VersionTakenError, match="saved by another process meanwhile"):
        write_late()

    assert (folder / "table.csv").read_text() == "early"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_folder_that_never_became_a_version_is_put_away(tmp_path):
    torso = tmp_path / "1"
    torso.mkdir()
    (torso / "rest.npy").write_text("half")

    write(torso, "whole")

    assert [path.name for path in torso.iterdir()] == ["table.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_version_published_between_the_look_and_the_move_comes_back(tmp_path, monkeypatch):
    torso, exists = tmp_path / "1", Path.exists
    torso.mkdir()
    (torso / "rest.npy").write_text("half")

    def publish_after_the_look(path, **options):
        found = exists(path, **options)
        if path == torso / "table.csv":
            path.write_text("early")
        return found

    monkeypatch.setattr(Path, "exists", publish_after_the_look)
    with pytest.raises(VersionTakenError, match="saved by another process meanwhile"):
        write(torso, "late")

    assert (torso / "table.csv").read_text() == "early"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_torso_that_somebody_else_puts_away_meanwhile_is_no_matter(tmp_path, monkeypatch):
    torso, rename = tmp_path / "1", Path.rename
    torso.mkdir()
    (torso / "rest.npy").write_text("half")

    def come_second(path, target):
        if path == torso:
            rename(path, tmp_path.parent / f"{tmp_path.name} aside")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", come_second)
    write(torso, "whole")

    assert (torso / "table.csv").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_disk_that_refuses_the_folder_is_told_and_keeps_nothing(tmp_path, monkeypatch):
    rename = Path.rename

    def refuse(path, target):
        if path.name.endswith(".part"):
            raise PermissionError("read-only")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError, match="read-only"):
        write(tmp_path / "1", "whole")

    assert list(tmp_path.iterdir()) == []


def test_an_object_is_created_once():
    memory = fsspec.filesystem("memory")
    create_object(memory, "/test_new_version/1/a", b"early")

    with pytest.raises(VersionTakenError):
        create_object(memory, "/test_new_version/1/a", b"late")

    assert memory.cat_file("/test_new_version/1/a") == b"early"


@pytest.mark.parametrize(
    "name", ["plain", "a b", "a[1]", "a*", "a?", "a#b", "{a}", "ü", "[!x]", "a%20b"]
)
@pytest.mark.parametrize("protocol", ["file", "memory"])
def test_versions_are_found_whatever_their_folder_is_called(tmp_path, name, protocol):
    files = fsspec.filesystem(protocol, **({"auto_mkdir": True} if protocol == "file" else {}))
    root = str(tmp_path / name)
    for version, file in [("1", "a.csv"), ("2", "a.csv"), ("3", "b.csv"), (".4", "a.csv")]:
        files.pipe_file(f"{root}/{version}/{file}", b"")

    found = find_versions(files)(f"{root}/*/a.csv")

    visible = [path for path in found if "/." not in path.removeprefix(root)]
    assert sorted(visible) == [f"{root}/1/a.csv", f"{root}/2/a.csv"]


@pytest.mark.parametrize("name", ["none", "none[1]"])
@pytest.mark.parametrize("protocol", ["file", "memory"])
def test_a_folder_that_is_not_there_holds_no_version(tmp_path, name, protocol):
    assert find_versions(fsspec.filesystem(protocol))(f"{tmp_path}/{name}/*/a") == []

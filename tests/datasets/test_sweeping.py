"""What lies in a data root; what of it may go is the matter of test_prune.py."""

import os
from datetime import UTC, datetime, timedelta

import fsspec
import pytest
from data_roots import DAY, NOW, Root, run_id

from sonolens.datasets.sweeping import Found, count_freed_bytes, find_stored

FILES = fsspec.filesystem("file")


@pytest.fixture(params=["local", "memory"])
def root(request, tmp_path):
    return Root(str(tmp_path) if request.param == "local" else f"memory:///{tmp_path.name}")


def found_in(root, name):
    return [
        (each.version, each.kind, sorted(path.rpartition("/")[2] for path in each.files))
        for each in find_stored(root.catalog)
        if each.dataset == name
    ]


def test_versions_and_checkpoints_are_found_with_their_files(root):
    root.run(1, "process")
    root.run(2, "process")
    root.catalog["checkpoints"].load().slot("abc").write(b"state")

    files = ["scans.txt", "scans.txt.sha256"]
    assert found_in(root, "scans") == [(run_id(n), "version", files) for n in (2, 1)]
    assert found_in(root, "checkpoints") == [("", "checkpoint", ["abc.ckpt"])]
    assert found_in(root, "weights") == []


def test_what_killed_runs_left_is_told_from_versions_and_what_is_not_theirs_is_not_found(root):
    root.run(1, "process")
    files = root.catalog["scans"]._fs
    place = root.place.removeprefix("memory://")
    part = f".scans.txt.{'0' * 32}.part"
    for name in (
        f"scans.txt/{run_id(1)}/{part}",
        f"scans.txt/{run_id(2)}/notes.txt",
        f"scans.txt/.{run_id(3)}.{'1' * 32}.part/scans.txt",
        "scans.txt/mine/scans.txt",
        "scans.txt/loose.txt",
        f"checkpoints/.abc.ckpt.{'2' * 32}.part",
        "checkpoints/README",
    ):
        files.pipe_file(f"{place}/{name}", b"half")

    assert sorted(found_in(root, "scans")) == sorted(
        [
            (run_id(2), "half", ["notes.txt"]),
            (run_id(1), "version", sorted([part, "scans.txt", "scans.txt.sha256"])),
            (run_id(1), "part", [part]),
            ("", "half", ["scans.txt"]),
        ]
    )
    assert found_in(root, "checkpoints") == [("", "part", [f".abc.ckpt.{'2' * 32}.part"])]


def found(path, *, file_system=FILES, files=None):
    return Found("scans", run_id(1), str(path), "version", files or {}, file_system)


@pytest.mark.parametrize(("age", "is_old"), [(2 * DAY, True), (DAY, True), (DAY / 2, False)])
def test_what_was_not_touched_for_so_long_is_old(tmp_path, age, is_old):
    for name, since in (("a", age), ("b", 9 * DAY)):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, ((NOW - since).timestamp(),) * 2)
    both = {str(tmp_path / name): 0 for name in ("a", "b")}

    assert found(tmp_path, files=both).is_old(age=DAY, now=NOW) == is_old


class Store(fsspec.AbstractFileSystem):
    """Tells when an object was touched, or fails to."""

    cachable = False

    def __init__(self, touched):
        super().__init__()
        self.touched = touched

    def modified(self, path):
        if isinstance(self.touched, type):
            raise self.touched(path)
        return self.touched


@pytest.mark.parametrize(
    ("touched", "is_old"),
    [
        (datetime(2026, 1, 31), True),
        (datetime(2026, 1, 31, 0, 1), False),
        (datetime(2026, 1, 31, tzinfo=UTC), True),
        (NOW - timedelta(hours=23), False),
        (NotImplementedError, False),
        (FileNotFoundError, False),
        (KeyError, False),
    ],
)
def test_an_object_is_as_old_as_its_store_tells_and_young_where_it_does_not(touched, is_old):
    assert found("store/a", file_system=Store(touched)).is_old(age=DAY, now=NOW) == is_old


def test_bytes_of_several_names_are_freed_only_if_all_names_go(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    os.link(tmp_path / "a", tmp_path / "b")
    (tmp_path / "c").write_bytes(b"12")
    sizes = {"a": 5, "b": 5, "c": 2}

    def freed(*names):
        return count_freed_bytes(
            found(tmp_path / name, files={str(tmp_path / name): sizes[name]}) for name in names
        )

    assert freed("c") == 2
    assert freed("a", "c") == 2
    assert freed("a", "b") == 5
    store = found("store/a", file_system=Store(NOW), files={"store/a": 7})
    assert count_freed_bytes([store, store]) == 14

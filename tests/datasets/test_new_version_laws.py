"""What has a name is on the disk: files are kept there before they are called what they are called."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io.core import Version

from sonolens.datasets import NumpyArrayDataset, TableDataset, VersionedCollection

Event = tuple[str, int]


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What the disk was asked to keep, and what was renamed, by inode, in order."""
    seen: list[Event] = []
    sync, rename, replace = os.fsync, os.rename, os.replace

    def note_sync(opened: int) -> None:
        seen.append(("kept", os.fstat(opened).st_ino))
        sync(opened)

    def note_rename(old: str, new: str) -> None:
        seen.append(("named", Path(old).stat().st_ino))
        rename(old, new)

    def note_replace(old: str, new: str) -> None:
        seen.append(("named", Path(old).stat().st_ino))
        replace(old, new)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "rename", note_rename)
    monkeypatch.setattr(os, "replace", note_replace)
    return seen


def assert_kept_before_named(version: Path, events: list[Event]) -> None:
    """Every file and folder of a version was kept once, before the version had its name."""
    named = events.index(("named", version.stat().st_ino))
    for path in [version, *version.rglob("*")]:
        times = [
            place for place, event in enumerate(events) if event == ("kept", path.stat().st_ino)
        ]
        assert len(times) == 1, path
        assert times[0] < named, path


def test_all_of_a_collection_is_on_the_disk_before_its_version_has_a_name(
    tmp_path: Path, events: list[Event]
) -> None:
    collection = VersionedCollection(
        path=str(tmp_path / "maps"),
        dataset=NumpyArrayDataset,
        filename_suffix=".npy",
        version=Version(None, "v1"),
    )
    collection.save({"cam/a": np.zeros((2, 3)), "cam/b": np.ones((2, 3))})

    assert_kept_before_named(tmp_path / "maps" / "v1", events)


def test_a_table_is_on_the_disk_before_its_version_has_a_name(
    tmp_path: Path, events: list[Event]
) -> None:
    table = TableDataset(filepath=str(tmp_path / "scores.csv"), version=Version(None, "v1"))
    table.save(pd.DataFrame({"auc": [0.5]}))

    assert_kept_before_named(tmp_path / "scores.csv" / "v1", events)


def test_a_lone_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, events: list[Event]
) -> None:
    NumpyArrayDataset(filepath=str(tmp_path / "map.npy")).save(np.zeros(3))

    inode = (tmp_path / "map.npy").stat().st_ino
    assert events[:2] == [("kept", inode), ("named", inode)]

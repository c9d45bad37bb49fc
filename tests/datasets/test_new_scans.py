"""Scans that belong to no study are found as files, each with its mask, and read by nobody yet."""

from pathlib import Path

import pytest
from kedro.io.core import DatasetError

from sonolens.datasets import NewScansDataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("scans/a.png", "scans/b.png", "masks/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def test_a_folder_of_scans_finds_the_masks_of_their_names(folder: Path) -> None:
    found = NewScansDataset(scans=f"{folder}/scans", masks=[f"{folder}/masks"]).load()

    assert [(each.name, each.mask) for each in found] == [
        ("a", None),
        ("b", folder / "masks" / "b.png"),
    ]


def test_several_files_stand_with_blanks_between(folder: Path) -> None:
    found = NewScansDataset(scans=f"{folder}/scans/b.png {folder}/scans/a.png").load()

    assert [each.name for each in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("scans", "masks", "told"),
    [
        (None, None, "names no scan; give files or a folder by --params"),
        ("", None, "names no scan"),
        ("nowhere", None, "nowhere does not exist"),
        ("{folder}/scans", "{folder}/masks/b.png", "1 masks for 2 scans"),
    ],
)
def test_what_cannot_be_meant_is_told_with_the_remedy(
    folder: Path, scans: str | None, masks: str | None, told: str
) -> None:
    given, drawn = (each and each.format(folder=folder) for each in (scans, masks))

    with pytest.raises(DatasetError, match=told):
        NewScansDataset(scans=given, masks=drawn).load()


def test_new_scans_are_never_written() -> None:
    with pytest.raises(DatasetError, match="read-only"):
        NewScansDataset(scans="somewhere").save([])

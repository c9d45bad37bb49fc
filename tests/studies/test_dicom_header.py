"""Malformed headers: a number names its file, and what need not stop a study does not."""

from pathlib import Path
from typing import Any

import pytest
from made_dicom import (
    make_folder,
    read,
    region,
    save,
    scan,
)
from pydicom.sequence import Sequence


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    return make_folder(tmp_path)


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("NumberOfFrames", "LO", "1A"),
        ("NumberOfFrames", "IS", "-2"),
        ("Rows", "LO", "sixty"),
        ("Columns", "LO", "80.5"),
        ("BitsStored", "LO", "8 bit"),
        ("WindowCenter", "LO", "mid"),
        ("WindowWidth", "LO", "nan"),
        ("RescaleSlope", "LO", "steep"),
    ],
)
def test_a_malformed_number_is_refused_with_file_attribute_and_value_and_costs_one_scan(
    folder: Path, keyword: str, vr: str, value: str
) -> None:
    file = scan()
    if keyword in file:
        del file[keyword]
    file.add_new(keyword, vr, value)
    save(file, folder / "first.dcm")

    with pytest.raises(
        ValueError,
        match=rf"'first.dcm' has the malformed number {keyword} '{value}[^;]*'; correct it",
    ):
        read(folder).images["first"]()
    assert read(folder).image("second").any()


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("PhysicalDeltaX", "LO", "wide"),
        ("PhysicalDeltaY", "FD", float("nan")),
        ("RegionLocationMinX0", "LO", "left"),
        ("RegionDataType", "LO", "tissue"),
    ],
)
def test_a_malformed_number_of_a_region_is_refused_alike(
    folder: Path, keyword: str, vr: str, value: Any
) -> None:
    item = region()
    del item[keyword]
    item.add_new(keyword, vr, value)
    save(scan(SequenceOfUltrasoundRegions=Sequence([item])), folder / "first.dcm")

    with pytest.raises(ValueError, match=rf"'first.dcm' has the malformed number {keyword}"):
        read(folder).images["first"]()


def test_a_number_of_bytes_that_is_none_is_refused_alike(folder: Path) -> None:
    file = scan(NumberOfFrames="11")
    save(file, folder / "first.dcm")
    content = (folder / "first.dcm").read_bytes()
    tag = b"\x28\x00\x08\x00IS\x02\x00"
    assert content.count(tag + b"11") == 1
    (folder / "first.dcm").write_bytes(content.replace(tag + b"11", tag + b"1A"))

    with pytest.raises(
        ValueError, match=r"'first.dcm' has the malformed number NumberOfFrames '1A'"
    ):
        read(folder).images["first"]()


def test_an_unlisted_file_that_is_no_dicom_costs_nothing(folder: Path) -> None:
    (folder / "notes.dcm").write_bytes(b"no DICOM at all" * 20)

    assert read(folder).left_out == {"not in labels.csv": 1}

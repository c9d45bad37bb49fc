"""What other readers saw, from a long table: who and what is meant, and what is wrong with a row costs that reading."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sonolens.studies import add_readings, check_reading
from sonolens.studies.listing import list_scans
from sonolens.studies.manifest import read_manifest
from sonolens.studies.picture import read_scan
from sonolens.studies.study import MaskFile, Study
from sonolens.tables.readers import Readings

SIZE = (20, 30)
HEADER = "scan_id,reader,mask,point_row,point_col,birads,confidence,seconds"


def draw(file: Path, size: tuple[int, int] = SIZE) -> Path:
    mask = np.zeros(size, dtype=bool)
    mask[2:4, 2:4] = True
    Image.fromarray(mask).save(file)
    return file


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Scans 007 and B-2, from pictures with names of their own."""
    names = {"007": "first.png", "B-2": "second view.png"}
    for name in names.values():
        Image.fromarray(np.zeros(SIZE, dtype=np.uint8)).save(tmp_path / name)
    draw(tmp_path / "mask.png")
    return Study(
        name="two",
        scans=list_scans(list(names), ["benign", "malignant"], source="two"),
        images={scan: partial(read_scan, tmp_path / name) for scan, name in names.items()},
        masks=dict.fromkeys(names, lambda: np.ones(SIZE, dtype=bool)),
        description="",
    )


def read(study: Study, folder: Path, *rows: str, header: str = HEADER) -> pd.DataFrame:
    file = folder / "readings.csv"
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    found = add_readings(study, file)
    return Readings.validate(found.readings)


def test_a_row_tells_of_mask_point_category_and_time(study: Study, tmp_path: Path) -> None:
    (row,) = read(study, tmp_path, "007,A,mask.png,3,0,4A,sure,12.5").to_dict("records")

    assert (row["scan_id"], row["reader"], row["drawn"]) == ("007", "A", True)
    assert (row["point_row_px"], row["point_col_px"]) == (3.0, 0.0)  # 0 is the first pixel
    assert (row["birads"], row["confidence"], row["seconds"]) == ("4a", "sure", 12.5)
    assert pd.isna(row["left_out"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("007", "007"),
        ("7", "007"),
        ("first.png", "007"),
        ("first", "007"),
        ("FIRST.PNG", "007"),
        (r"scans\first.png", "007"),
        ("b 2", "B-2"),
        ("second view.png", "B-2"),
    ],
)
def test_a_scan_is_known_by_id_or_picture_however_spelled(
    study: Study, tmp_path: Path, written: str, meant: str
) -> None:
    assert read(study, tmp_path, f"{written},A,,,,3,,")["scan_id"].tolist() == [meant]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nobody,A,,,,,,", "names no scan of the study"),
        (",A,,1,1,,,", "has no scan_id"),
        ("007,A,gone.png,,,,,", "'gone.png' does not exist"),
        ("007,A,,x,3,,,", "point_row 'x' is no number"),
        ("007,A,,3,,,,", "has one of point_row and point_col"),
        ("007,A,,,,9,,", "birads '9' is unknown"),
        ("007,A,,,,,,-3", "seconds -3 are no time"),
        ("007,A,,,,,,,,more", "more cells than the header"),
    ],
)
def test_what_is_wrong_with_a_row_costs_that_reading_alone(
    study: Study, tmp_path: Path, row: str, reason: str
) -> None:
    found = read(study, tmp_path, row, "B-2,A,mask.png,1,1,3,,")

    assert reason in found["left_out"].iloc[0]
    assert not found["drawn"].iloc[0]
    assert pd.isna(found["left_out"].iloc[1])
    assert found["drawn"].iloc[1]


def test_of_two_readings_of_one_scan_by_one_reader_the_first_counts(
    study: Study, tmp_path: Path
) -> None:
    found = read(study, tmp_path, "007,A,,,,x,,", "007,A,,,,3,,", "7,a,,,,5,,", "007,B,,,,5,,")

    assert found["left_out"].isna().tolist() == [False, True, False, True]
    assert "already in row 3" in found["left_out"].iloc[2]
    assert found["reader"].tolist() == ["A", "A", "A", "B"]


def test_a_reader_without_a_name_and_one_called_study_are_readers_too(
    study: Study, tmp_path: Path
) -> None:
    found = read(study, tmp_path, "007,,,,,3,,", "007,Study,,,,3,,", "B-2,\u202eevil,,,,3,,")

    assert found["reader"].tolist() == ["reader", "reader Study", "evil"]
    assert found["left_out"].isna().all()


def test_a_reader_who_marked_nothing_has_a_reading(study: Study, tmp_path: Path) -> None:
    (row,) = read(study, tmp_path, "007,A").to_dict("records")

    assert pd.isna(row["left_out"])
    assert not row["drawn"]
    assert pd.isna(row["birads"])


def test_a_table_without_rows_is_no_reading_and_one_without_scans_is_refused(
    study: Study, tmp_path: Path
) -> None:
    assert read(study, tmp_path).empty
    with pytest.raises(ValueError, match="no column 'scan_id'"):
        read(study, tmp_path, "A,3", header="reader,birads")
    with pytest.raises(FileNotFoundError, match=r"correct study\.readings"):
        add_readings(study, tmp_path / "gone.csv")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.text(st.characters(codec="utf-8", exclude_characters='",\r\n\0\x85\x1c\x1d\x1e\u2028\u2029\x0b\x0c'), max_size=8), min_size=8, max_size=8))  # fmt: skip
def test_whatever_stands_in_a_row_the_next_is_read(
    study: Study, tmp_path: Path, cells: list[str]
) -> None:
    found = read(study, tmp_path, ",".join(["?", *cells[1:]]), "B-2,A,mask.png,1,1,3,,")

    assert len(found) == 2
    assert pd.isna(found["left_out"].iloc[1])


READING = {
    "scan_id": "s",
    "reader": "A",
    "drawn": True,
    "point_row_px": 19.4,
    "point_col_px": -0.5,
    "left_out": None,
}


def test_a_reading_that_fits_its_scan_stays_and_an_empty_mask_is_none() -> None:
    full, empty = np.ones(SIZE, dtype=bool), np.zeros(SIZE, dtype=bool)

    assert check_reading(READING, lambda: full, size=SIZE) == READING
    assert not check_reading(READING, lambda: empty, size=SIZE)["drawn"]
    assert not check_reading(READING, None, size=SIZE)["drawn"]


@pytest.mark.parametrize(
    ("changes", "mask", "size", "reason"),
    [
        ({}, np.ones((5, 5), dtype=bool), SIZE, "mask is 5 x 5 pixels but the scan 20 x 30"),
        ({"point_row_px": 19.6}, None, SIZE, "point 19.6, -0.5 lies beyond 20 x 30"),
        ({"point_row_px": 1e300}, None, SIZE, "lies beyond"),
        ({}, None, None, "not among the scans that are used"),
    ],
)
def test_a_reading_that_does_not_fit_is_left_out_with_the_reason(
    changes: dict, mask: np.ndarray | None, size: tuple[int, int] | None, reason: str
) -> None:
    read_mask = None if mask is None else lambda: mask
    found = check_reading(READING | changes, read_mask, size=size)

    assert reason in found["left_out"]
    assert found["left_out"].startswith("'A' of scan 's': ")
    assert not found["drawn"]
    assert np.isnan(found["point_row_px"])


def test_a_mask_that_cannot_be_read_costs_the_reading() -> None:
    def fail() -> np.ndarray:
        raise ValueError("picture is truncated")

    assert "picture is truncated" in check_reading(READING, fail, size=SIZE)["left_out"]


def test_the_reason_names_the_file_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    found = check_reading(READING, MaskFile(tmp_path / "broken.png"), size=SIZE)

    assert "broken.png" in found["left_out"]
    assert str(tmp_path) not in found["left_out"]


def test_a_manifest_may_hold_one_reader_without_a_name(tmp_path: Path) -> None:
    for name in "ab":
        Image.fromarray(np.zeros(SIZE, dtype=np.uint8)).save(tmp_path / f"{name}.png")
        draw(tmp_path / f"{name}_mask.png")
        draw(tmp_path / f"{name}_second.png")
    columns = "image,mask,label,reader_mask,reader_point_row,reader_point_col,reader_birads"
    rows = ["a.png,a_mask.png,benign,a_second.png,3,4,3", "b.png,b_mask.png,malignant,,x,4,"]
    (tmp_path / "manifest.csv").write_text("\n".join([columns, *rows]), encoding="utf-8")
    found = read_manifest(str(tmp_path))

    readings = Readings.validate(found.readings)
    assert readings["scan_id"].tolist() == ["a", "b"]
    assert readings["drawn"].tolist() == [True, False]
    assert "reader_point_row 'x' is no number" in readings["left_out"].iloc[1]
    assert not any(name.startswith("reader") for name in found.scans)
    file = tmp_path / "readings.csv"
    file.write_text("scan_id,reader,birads\na.png,A,5\na,,5\n", encoding="utf-8")
    both = add_readings(found, file)
    assert both.readings["reading_id"].tolist() == ["r00001", "r00002", "r00003", "r00004"]
    assert "already elsewhere" in both.readings["left_out"].iloc[3]
    assert set(both.reader_masks) == {"r00001"}


def test_a_manifest_without_a_second_reader_tells_of_none(tmp_path: Path) -> None:
    for name in "ab":
        Image.fromarray(np.zeros(SIZE, dtype=np.uint8)).save(tmp_path / f"{name}.png")
        draw(tmp_path / f"{name}_mask.png")
    text = "image,mask,label,reader_birads\na.png,a_mask.png,benign,\nb.png,b_mask.png,malignant,\n"
    (tmp_path / "manifest.csv").write_text(text, encoding="utf-8")

    assert read_manifest(str(tmp_path)).readings is None

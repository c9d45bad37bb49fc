"""What a scan is beside the appearance of its mass."""

import numpy as np
import pytest

from sonolens.cohort import describe_annotations, describe_scan
from sonolens.tables.shortcuts import ScanProperties
from sonolens.ultrasound import ANNOTATION_KINDS


def drawn() -> tuple[np.ndarray, np.ndarray]:
    scan = np.full((40, 60), 80, dtype=np.uint8)
    scan[:, :10] = 40
    mask = np.zeros((40, 60), dtype=bool)
    mask[10:20, 20:50] = True
    return scan, mask


def test_size_greys_and_the_place_of_the_mass_are_measured() -> None:
    found = describe_scan(*drawn())

    assert (found.rows_px, found.cols_px) == (40, 60)
    assert (found.mass_row_px, found.mass_col_px) == (15, 35)
    assert (found.mass_height_px, found.mass_width_px, found.mass_area_px) == (10, 30, 300)
    dark, rest = 400, 40 * 60 - 30 * 30 - 400
    mean = (40 * dark + 80 * rest) / (dark + rest)
    assert found.mean_grey == pytest.approx(mean)
    assert found.contrast == pytest.approx(40 * np.sqrt(dark * rest) / (dark + rest))


def test_neither_the_mass_nor_its_shadow_is_a_grey_of_the_scan() -> None:
    scan, mask = drawn()
    before = describe_scan(scan, mask)
    scan[10:, 20:50] = 5

    assert describe_scan(scan, mask) == before


def test_a_mass_that_fills_the_picture_leaves_no_grey() -> None:
    found = describe_scan(np.full((8, 8), 9, dtype=np.uint8), np.ones((8, 8), dtype=bool))

    assert np.isnan(found.mean_grey)
    assert np.isnan(found.contrast)


def test_annotations_are_described_by_share_kind_and_place() -> None:
    marked = np.zeros((40, 60), dtype=np.uint8)
    marked[:, 50:] = ANNOTATION_KINDS["outside"]
    marked[30:34, 10:20] = ANNOTATION_KINDS["text"]

    found = describe_annotations(marked)

    assert found["annotation_share"] == pytest.approx(440 / 2400)
    assert found["annotation_text_share"] == pytest.approx(40 / 2400)
    assert found["annotation_outside_share"] == pytest.approx(400 / 2400)
    assert found["annotation_calliper_share"] == 0
    middle = found["annotation_row_share"], found["annotation_col_share"]
    assert middle == pytest.approx((32 / 40, 15 / 60))


def test_a_scan_without_annotations_has_a_share_of_0_and_no_place() -> None:
    found = describe_annotations(np.zeros((4, 6), dtype=np.uint8))

    unknown = {name for name, value in found.items() if np.isnan(value)}
    assert unknown == {"annotation_row_share", "annotation_col_share"}
    assert {found[name] for name in found.keys() - unknown} == {0.0}


def test_the_table_has_a_column_for_every_kind() -> None:
    found = describe_annotations(np.zeros((4, 6), dtype=np.uint8))

    assert set(found) <= set(ScanProperties.to_schema().columns)

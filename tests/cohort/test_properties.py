"""What a scan is beside the appearance of its mass."""

import numpy as np
import pytest

from sonolens.cohort import describe_scan


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

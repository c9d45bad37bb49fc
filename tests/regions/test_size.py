"""A mass measured in millimetres."""

import math

import numpy as np
import pytest

from sonolens.regions import measure_mass


def two_pieces() -> np.ndarray:
    """A frame of 4 x 3 pixels around a hole of 2, and a piece one pixel in size, 5 rows deeper."""
    mask = np.zeros((12, 20), dtype=bool)
    mask[2:6, 3:6] = True
    mask[3:5, 4] = False
    mask[10, 12] = True
    return mask


def test_width_runs_across_the_columns_and_height_down_the_rows() -> None:
    size = measure_mass(two_pieces(), spacing_mm=(0.1, 0.3))

    assert size.height_mm == pytest.approx(9 * 0.1)
    assert size.width_mm == pytest.approx(10 * 0.3)
    assert size.size_mm == pytest.approx(3.0)


def test_the_area_counts_holes_and_pieces_in_square_millimetres() -> None:
    assert measure_mass(two_pieces(), spacing_mm=(0.1, 0.3)).area_mm2 == pytest.approx(13 * 0.03)


def test_a_deep_mass_is_as_large_as_it_is_high() -> None:
    assert measure_mass(two_pieces(), spacing_mm=(2.0, 0.3)).size_mm == pytest.approx(18.0)


def test_without_spacing_there_is_no_size() -> None:
    size = measure_mass(two_pieces(), spacing_mm=(math.nan, math.nan))

    assert all(math.isnan(value) for value in (size.size_mm, size.area_mm2))


def test_an_empty_mask_has_no_size() -> None:
    with pytest.raises(ValueError, match="mask is empty"):
        measure_mass(np.zeros((3, 3), dtype=bool), spacing_mm=(0.1, 0.1))

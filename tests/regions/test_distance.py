import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.regions import distance_to_mass_mm, fill_mass, read_distances_at

SINGLE = np.array([[False, False, False], [False, True, False]])


def brute_force_mm(mask: np.ndarray, row_mm: float, col_mm: float) -> np.ndarray:
    mass = np.argwhere(mask) * (row_mm, col_mm)
    pixels = np.argwhere(np.ones_like(mask)) * (row_mm, col_mm)
    apart = np.linalg.norm(pixels[:, None] - mass[None], axis=2)
    return apart.min(axis=1).reshape(mask.shape)


def test_height_and_width_of_a_pixel_are_told_apart():
    distance = distance_to_mass_mm(SINGLE, spacing_mm=(3.0, 4.0))

    np.testing.assert_allclose(distance, [[5.0, 3.0, 5.0], [4.0, 0.0, 4.0]])


def test_a_hole_is_at_no_distance():
    mask = np.ones((3, 3), dtype=bool)
    mask[1, 1] = False

    assert distance_to_mass_mm(mask, spacing_mm=(1.0, 1.0)).max() == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), row_mm=st.floats(0.05, 2), col_mm=st.floats(0.05, 2))
def test_distances_equal_those_to_every_mass_pixel(seed, row_mm, col_mm):
    mask = np.random.default_rng(seed).random((9, 12)) < 0.1
    mask[4, 3] = True

    distance = distance_to_mass_mm(mask, spacing_mm=(row_mm, col_mm))

    np.testing.assert_allclose(distance, brute_force_mm(fill_mass(mask), row_mm, col_mm))


@pytest.mark.parametrize("spacing", [0.0, -0.1, np.nan, np.inf])
def test_a_pixel_without_size_is_refused_with_both_remedies(spacing):
    with pytest.raises(ValueError, match=r"spacing_col_mm is .*scans table or .*mode: relative"):
        distance_to_mass_mm(SINGLE, spacing_mm=(0.1, spacing))


def test_distances_at_points_equal_the_map_at_their_pixels():
    mask = np.zeros((20, 30), dtype=bool)
    mask[5:9, 12:20] = True
    mask[6, 14] = False
    points = np.array([[0.0, 0.0], [6.0, 14.0], [19.4, 29.4], [9.5, 10.49], [-4.0, 50.0]])
    expected = distance_to_mass_mm(mask, spacing_mm=(0.3, 0.2))

    distances = read_distances_at(mask, points, spacing_mm=(0.3, 0.2))

    rows, cols = [0, 6, 19, 10, 0], [0, 14, 29, 10, 29]
    np.testing.assert_allclose(distances, expected[rows, cols])


def test_a_missing_point_is_at_an_unknown_distance():
    points = np.array([[np.nan, np.nan], [1.0, 2.0]])

    distances = read_distances_at(SINGLE, points, spacing_mm=(1.0, 0.5))

    np.testing.assert_array_equal(distances, [np.nan, 0.5])


def test_without_spacing_every_distance_is_unknown():
    points = np.array([[1.0, 1.0], [0.0, 0.0]])

    distances = read_distances_at(SINGLE, points, spacing_mm=(np.nan, 0.5))

    assert np.isnan(distances).all()


def test_a_negative_spacing_is_not_taken_for_an_unknown_one():
    with pytest.raises(ValueError, match="spacing_row_mm is -1"):
        read_distances_at(SINGLE, np.zeros((1, 2)), spacing_mm=(-1.0, 1.0))


def test_a_place_of_which_one_coordinate_is_unknown_is_no_point():
    mask = np.array([[True, False, False]])
    points = np.array([[np.nan, 2.0], [0.0, np.nan], [0.0, 2.0]])

    distances = read_distances_at(mask, points, spacing_mm=(1.0, 0.5))

    np.testing.assert_array_equal(distances, [np.nan, np.nan, 1.0])

"""The half-pixel convention: whole numbers are pixel centres, on every grid alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sonolens.ultrasound import cell_centres, from_shares, pixels_at, rescale_points, to_shares

SHAPES = st.tuples(st.integers(1, 2000), st.integers(1, 2000))
POINTS = arrays.arrays(float, (5, 2), elements=st.floats(-3000, 3000))


@given(points=POINTS, shape=SHAPES)
def test_points_come_back_from_their_shares(points: np.ndarray, shape: tuple[int, int]) -> None:
    np.testing.assert_allclose(from_shares(to_shares(points, shape), shape), points, atol=1e-9)


@given(shares=arrays.arrays(float, (5, 2), elements=st.floats(-1, 2)), shape=SHAPES)
def test_shares_come_back_from_their_points(shares: np.ndarray, shape: tuple[int, int]) -> None:
    np.testing.assert_allclose(to_shares(from_shares(shares, shape), shape), shares, atol=1e-9)


@given(points=POINTS, shape=SHAPES, to=SHAPES)
def test_a_point_keeps_its_shares_on_another_grid(
    points: np.ndarray, shape: tuple[int, int], to: tuple[int, int]
) -> None:
    carried = rescale_points(points, shape, to=to)

    np.testing.assert_allclose(carried, from_shares(to_shares(points, shape), to), atol=1e-6)
    np.testing.assert_allclose(rescale_points(carried, to, to=shape), points, atol=1e-9)


def test_shares_run_from_the_first_edge_of_a_grid_to_its_last() -> None:
    edges = np.array([[-0.5, -0.5], [466.5, 506.5]])

    assert to_shares(edges, (467, 507)).tolist() == [[0, 0], [1, 1]]
    assert from_shares(np.array([[0.0, 0.0], [1.0, 1.0]]), (467, 507)).tolist() == edges.tolist()


def test_the_corners_of_the_square_are_the_corners_of_the_scan() -> None:
    corners = rescale_points(np.array([[-0.5, -0.5], [223.5, 223.5]]), (224, 224), to=(467, 507))

    np.testing.assert_allclose(corners, [[-0.5, -0.5], [466.5, 506.5]])


def test_rows_scale_with_the_height_and_columns_with_the_width() -> None:
    native = rescale_points(np.array([[9.5, 9.5]]), (100, 100), to=(100, 400))

    np.testing.assert_allclose(native, [[9.5, 39.5]])


def test_a_centre_on_the_edge_of_two_pixels_stays_there_exactly() -> None:
    cells = np.arange(14)

    # A cell spans 12 pixels, so its middle is the edge of two. By way of shares, cell 8 falls short.
    assert rescale_points(cells, 14, to=168).tolist() == [12 * cell + 5.5 for cell in range(14)]
    assert np.flatnonzero(from_shares(to_shares(cells, 14), 168) < 12 * cells + 5.5).tolist() == [8]


def test_cells_lie_evenly_and_row_by_row() -> None:
    centres = cell_centres((3, 4), on=(600, 800))

    assert centres[:4].tolist() == [[99.5, 99.5], [99.5, 299.5], [99.5, 499.5], [99.5, 699.5]]
    assert centres[4].tolist() == [299.5, 99.5]
    np.testing.assert_allclose(centres.mean(axis=0), [299.5, 399.5])


def test_a_point_belongs_to_the_pixel_whose_square_holds_it() -> None:
    points = np.array([[1.0, 2.0], [1.49, 1.51], [0.5, 1.5]])

    assert pixels_at(points, (5, 5)).tolist() == [[1, 2], [1, 2], [1, 2]]


def test_points_outside_the_field_belong_to_its_edge() -> None:
    points = np.array([[-0.6, 1.0], [2.5, 9.0]])

    assert pixels_at(points, (3, 6)).tolist() == [[0, 1], [2, 5]]


@pytest.mark.parametrize(("pixels", "cells"), [(6, 3), (7, 2), (5, 5), (4, 7)])
def test_along_a_line_too_a_cell_holds_the_pixels_whose_centres_lie_in_it(
    pixels: int, cells: int
) -> None:
    held = pixels_at(rescale_points(np.arange(pixels), pixels, to=cells), cells)

    # A pixel of centre c lies in cell k when k * pixels <= (c + 1/2) * cells, in whole numbers.
    assert held.tolist() == [(2 * pixel + 1) * cells // (2 * pixels) for pixel in range(pixels)]

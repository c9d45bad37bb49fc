"""Outlines of clicks: the pixels whose centres lie within, whatever the way round."""

import numpy as np
import pytest

from sonolens.reading_task.outline import fill_outline

SIZE = (20, 30)


def test_a_rectangle_between_pixels_is_filled_exactly_either_way_round() -> None:
    corners = np.array([[2.5, 4.5], [2.5, 14.5], [8.5, 14.5], [8.5, 4.5]])
    known = np.zeros(SIZE, dtype=bool)
    known[3:9, 5:15] = True

    np.testing.assert_array_equal(fill_outline(corners, SIZE), known)
    np.testing.assert_array_equal(fill_outline(corners[::-1], SIZE), known)


def test_an_outline_along_the_edges_of_the_scan_is_the_scan() -> None:
    corners = np.array([[-0.5, -0.5], [-0.5, 29.5], [19.5, 29.5], [19.5, -0.5]])

    assert fill_outline(corners, SIZE).all()


@pytest.mark.parametrize(
    ("corners", "reason"),
    [
        ([[1.0, 1.0], [5.0, 5.0]], "2 corners encloses nothing"),
        ([[1.2, 1.2], [1.2, 1.4], [1.4, 1.2]], "no pixel"),
    ],
)
def test_what_encloses_nothing_is_refused(corners: list, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        fill_outline(np.array(corners), SIZE)

"""Outlines run along pixel edges and lose no pixel."""

import numpy as np
import pytest

from sonolens.figures.outlines import outline_loops


def picture(rows: str) -> np.ndarray:
    return np.array([[cell == "#" for cell in row] for row in rows.split()])


def signed_area(loop: np.ndarray) -> float:
    """Positive for a loop that runs clockwise on the screen (y grows downward)."""
    x, y = loop.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_a_rectangle_has_its_four_corners() -> None:
    (loop,) = outline_loops(picture("..... .###. .###. ....."))

    assert loop.tolist() == [[0.5, 0.5], [3.5, 0.5], [3.5, 2.5], [0.5, 2.5], [0.5, 0.5]]


def test_a_mass_at_the_border_is_closed_along_the_border() -> None:
    (loop,) = outline_loops(picture("#. #."))

    assert loop.min() == -0.5
    assert signed_area(loop) == 2


def test_pixels_that_touch_at_a_corner_keep_their_own_loops() -> None:
    loops = outline_loops(picture("#. .#"))

    assert [signed_area(loop) for loop in loops] == [1, 1]


def test_a_hole_runs_the_other_way() -> None:
    outer, hole = sorted(outline_loops(picture("### #.# ###")), key=signed_area, reverse=True)

    assert (signed_area(outer), signed_area(hole)) == (9, -1)


def test_no_mass_has_no_outline() -> None:
    assert outline_loops(np.zeros((3, 4), dtype=bool)) == []


@pytest.mark.parametrize("seed", range(20))
def test_loops_enclose_exactly_the_pixels_of_any_mask(seed: int) -> None:
    mask = np.random.default_rng(seed).random((9, 13)) < 0.5

    loops = outline_loops(mask)

    assert sum(map(signed_area, loops)) == mask.sum()
    assert all((loop[0] == loop[-1]).all() for loop in loops)
    assert all((np.mod(loop, 1) == 0.5).all() for loop in loops)
    for loop in loops:
        steps = np.abs(np.diff(loop, axis=0))
        assert (np.count_nonzero(steps, axis=1) == 1).all()

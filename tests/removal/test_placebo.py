"""Placebo regions: the same shapes at the same depth, where there is no mass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.regions import REGIONS
from sonolens.removal import move_regions
from sonolens.removal.placebo import MOST_OVERLAP

MASS, RING, BELOW, ANNOTATION = (
    REGIONS[name] for name in ("mass", "peritumoral", "below", "annotation")
)


def draw(rows: int, cols: int, *, top: int, left: int, high: int, wide: int) -> np.ndarray:
    """An upright mass with a ring of one pixel and all that lies below it; the mass has one corner less."""
    regions = np.zeros((rows, cols), dtype=np.uint8)
    regions[max(top - 1, 0) : top + high + 1, max(left - 1, 0) : left + wide + 1] = RING
    regions[top + high + 1 :, left : left + wide] = BELOW
    regions[top : top + high, left : left + wide] = MASS
    regions[top, left] = RING
    return regions


@st.composite
def maps(draw_from: st.DrawFn) -> np.ndarray:
    rows, cols = draw_from(st.integers(8, 24)), draw_from(st.integers(8, 40))
    high, wide = draw_from(st.integers(2, 5)), draw_from(st.integers(2, cols))
    top, left = draw_from(st.integers(0, rows - high)), draw_from(st.integers(0, cols - wide))
    return draw(rows, cols, top=top, left=left, high=high, wide=wide)


def outline(region: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The rows that a region lies in, and its shape in the columns that it has."""
    rows, cols = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    return rows.tolist(), region[:, cols[0] : cols[-1] + 1] if len(cols) else region


@given(maps())
@settings(max_examples=80, deadline=None)
def test_shapes_and_depths_are_kept_and_at_most_half_of_the_mass_is_met(
    regions: np.ndarray,
) -> None:
    moved = move_regions(regions)

    mass = regions == MASS
    if moved is None:
        # No shift within the field would have left half of the mass behind.
        claimed = np.flatnonzero((regions > 0).any(axis=0))
        room = range(-int(claimed[0]), regions.shape[1] - int(claimed[-1]))
        least = min((np.roll(mass, shift, axis=1) & mass).sum() for shift in room)
        assert least > MOST_OVERLAP * mass.sum()
        return
    for code in (MASS, RING, BELOW):
        (rows, shape), (moved_rows, moved_shape) = outline(regions == code), outline(moved == code)
        assert rows == moved_rows
        assert np.array_equal(shape, moved_shape)
    assert ((moved == MASS) & mass).sum() <= MOST_OVERLAP * mass.sum()


def test_they_go_where_there_is_more_room() -> None:
    left = move_regions(draw(12, 40, top=3, left=25, high=3, wide=6))
    right = move_regions(draw(12, 40, top=3, left=8, high=3, wide=6))

    assert left is not None
    assert right is not None
    assert np.flatnonzero((left > 0).any(axis=0))[0] == 0
    assert np.flatnonzero((right > 0).any(axis=0))[-1] == 39


def test_all_else_and_the_mass_itself_are_other() -> None:
    regions = draw(12, 40, top=3, left=25, high=3, wide=6)

    moved = move_regions(regions)

    assert moved is not None
    assert (moved[regions == MASS] == REGIONS["other"]).all()
    assert (moved > 0).sum() == (regions > 0).sum()


def test_annotations_stay_and_cover_what_is_moved_upon_them() -> None:
    regions = draw(12, 40, top=3, left=25, high=3, wide=6)
    regions[4, :3] = ANNOTATION
    regions[0, 30] = ANNOTATION

    moved = move_regions(regions)

    assert moved is not None
    assert np.array_equal(moved == ANNOTATION, regions == ANNOTATION)
    assert (moved == MASS).sum() == (regions == MASS).sum() - 2


@pytest.mark.parametrize(
    "regions",
    [
        np.full((6, 8), MASS, dtype=np.uint8),
        draw(8, 9, top=2, left=1, high=3, wide=7),
        np.zeros((6, 8), dtype=np.uint8),
        np.full((6, 8), ANNOTATION, dtype=np.uint8),
    ],
    ids=["the mass fills the field", "no room beside it", "no mass", "annotations alone"],
)
def test_where_there_is_no_room_or_no_mass_there_is_no_placebo(regions: np.ndarray) -> None:
    assert move_regions(regions) is None


def test_the_map_itself_is_not_changed() -> None:
    regions = draw(12, 40, top=3, left=25, high=3, wide=6)
    before = regions.copy()

    move_regions(regions)

    assert np.array_equal(regions, before)

"""A mask in numbers, for drawings whose numbers are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.cohort.drawn_mass import describe_mass

ROWS, COLS = np.mgrid[:80, :100]
AWAY = np.hypot(ROWS - 40, COLS - 50)
DISC = AWAY <= 20
OUTLINE = DISC & (AWAY > 18)
GAP = (abs(ROWS - 40) <= 3) & (COLS > 50)


def test_a_rectangle_fills_its_hull_and_has_its_area_and_extent() -> None:
    mask = np.zeros((80, 100), dtype=bool)
    mask[10:30, 20:60] = True

    mass = describe_mass(mask, None)

    assert (mass.area_px, mass.extent_px, mass.dust_px) == (800, (20, 40), 0)
    assert (mass.hull_share, mass.piece_share) == pytest.approx((1, 1))
    assert mass.around_share == 1
    assert (mass.field_share, mass.border_share) == (0.1, 0)
    assert math.isnan(mass.echo)


@given(row=st.integers(0, 70), col=st.integers(0, 16), side=st.integers(1, 2))
@settings(max_examples=20, deadline=None)
def test_dust_changes_nothing_but_its_own_count(row: int, col: int, side: int) -> None:
    dusty = DISC.copy()
    dusty[row : row + side, col : col + side] = True

    clean, mass = describe_mass(DISC, None), describe_mass(dusty, None)

    assert (mass.dust_px, mass.dust_pieces) == (side**2, 1)
    assert (mass.area_px, mass.extent_px) == (clean.area_px, clean.extent_px)
    assert mass.hull_share == clean.hull_share


def test_an_open_outline_is_thin_and_lies_all_around() -> None:
    closed, opened = describe_mass(OUTLINE, None), describe_mass(OUTLINE & ~GAP, None)

    assert closed.area_px == DISC.sum()
    assert closed.around_share == 1
    assert opened.hull_share < 0.25
    assert 0.85 < opened.around_share < 1


def test_a_crescent_is_thin_and_lies_on_one_side() -> None:
    crescent = DISC & (np.hypot(ROWS - 40, COLS - 62) > 22)

    mass = describe_mass(crescent, None)

    assert mass.hull_share < 0.7
    assert mass.around_share < 0.7


def test_two_masses_fill_their_own_hulls() -> None:
    two = (np.hypot(ROWS - 40, COLS - 20) <= 8) | (np.hypot(ROWS - 40, COLS - 80) <= 8)

    mass = describe_mass(two, None)

    assert mass.hull_share < 0.5
    assert mass.piece_share > 0.85
    assert mass.around_share < 0.2


def test_the_field_is_where_the_scan_has_echoes() -> None:
    scan = np.where(abs(COLS - 50) <= 25, 100, 0).astype(np.uint8)
    scan[35:45, 45:55] = 0  # a cyst is in the field

    mass = describe_mass(abs(COLS - 50) <= 20, scan)

    assert mass.field_share == pytest.approx(41 / 51)


@pytest.mark.parametrize(("inside", "sign"), [(20, -1), (200, 1)])
def test_the_echo_is_compared_with_what_is_around(inside: int, sign: int) -> None:
    scan = np.where(DISC, inside, 90).astype(np.uint8)
    scan[:, 75:] = 0  # black is not tissue

    assert describe_mass(DISC, scan).echo == pytest.approx(inside - 90)


def test_only_the_same_drawing_on_the_same_grid_has_the_same_pixels() -> None:
    same = describe_mass(DISC.copy(), None).pixels

    assert describe_mass(DISC, None).pixels == same
    assert describe_mass(DISC[:, ::-1], None).pixels != same
    assert describe_mass(np.pad(DISC, ((0, 1), (0, 0))), None).pixels != same

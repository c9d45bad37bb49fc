import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.regions import fill_mass, find_dust


def picture(rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows.split()])


def test_a_hole_belongs_to_the_mass():
    filled = fill_mass(picture(".###. .#.#. .###. ....."))

    np.testing.assert_array_equal(filled, picture(".###. .###. .###. ....."))


def test_a_bay_that_opens_sideways_is_no_hole():
    mask = picture(".###. .#... .###.")

    np.testing.assert_array_equal(fill_mass(mask), mask)


def test_a_bay_that_opens_at_the_edge_of_the_field_is_no_hole():
    mask = picture("#.#. #.#. ###.")

    np.testing.assert_array_equal(fill_mass(mask), mask)


def test_a_gap_closed_only_by_corners_is_a_hole():
    filled = fill_mass(picture("..... ..#.. .#.#. ..#.. ....."))

    np.testing.assert_array_equal(filled, picture("..... ..#.. .###. ..#.. ....."))


@given(
    side=st.integers(10, 20),
    speck=st.integers(1, 8),
    hole=st.booleans(),
    at=st.tuples(st.integers(0, 50), st.integers(40, 70)),
)
@settings(max_examples=30, deadline=None)
def test_pieces_are_dust_up_to_a_fiftieth_of_the_mass_or_four_pixels(
    side: int, speck: int, at: tuple[int, int], *, hole: bool
) -> None:
    mass = np.zeros((60, 80), dtype=bool)
    mass[5 : 5 + side, 5 : 5 + side] = True
    drawn = mass.copy()
    drawn[at[0] : at[0] + speck, at[1] : at[1] + speck] = True
    beside = drawn & ~mass
    if hole:
        drawn[7, 7] = False
    is_dust = beside.sum() <= max(4, side**2 / 50)

    filled = fill_mass(drawn)

    np.testing.assert_array_equal(filled, mass if is_dust else mass | beside)
    np.testing.assert_array_equal(find_dust(drawn), beside & is_dust)
    np.testing.assert_array_equal(fill_mass(filled), filled)


def drawn_beside(side: tuple[int, int], pixels: list[tuple[int, int]]) -> np.ndarray:
    mask = np.zeros((60, 60), dtype=bool)
    mask[2 : 2 + side[0], 2 : 2 + side[1]] = True
    for row, col in pixels:
        mask[40 + row, 40 + col] = True
    return mask


ROW = [(0, col) for col in range(9)]
DIAGONAL = [(step, step) for step in range(9)]


@pytest.mark.parametrize(
    ("side", "pixels", "is_dust"),
    [
        ((20, 20), ROW[:8], True),  # exactly a fiftieth
        ((20, 20), ROW, False),
        ((20, 20), DIAGONAL, False),  # nine pixels that touch by corners are one piece
        ((5, 5), ROW[:4], True),  # the smallest mass that has specks
        ((4, 6), ROW[:1], False),
    ],
)
def test_where_dust_ends(
    side: tuple[int, int], pixels: list[tuple[int, int]], *, is_dust: bool
) -> None:
    assert find_dust(drawn_beside(side, pixels)).sum() == (len(pixels) if is_dust else 0)


def test_a_speck_alone_is_no_dust() -> None:
    mask = picture("..... .#... ...#. .....")

    np.testing.assert_array_equal(fill_mass(mask), mask)


def test_every_piece_of_a_mass_is_kept_and_not_bridged():
    mask = picture("#...# ..... ..#..")

    np.testing.assert_array_equal(fill_mass(mask), mask)


def test_filling_leaves_the_input_alone():
    mask = picture("### #.# ###")

    fill_mass(mask)

    assert not mask[1, 1]


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match=r"has no ring.*drop normal scans"):
        fill_mass(np.zeros((4, 5), dtype=bool))

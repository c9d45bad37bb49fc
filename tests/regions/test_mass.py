import numpy as np
import pytest

from sonolens.regions import fill_mass


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

"""Foci: where they may lie, and how far one reaches."""

import numpy as np
import pytest

from sonolens.ultrasound.foci import FOCI_SITES, add_foci, find_site
from sonolens.ultrasound.mass import PIXEL_MM


def square_mass() -> np.ndarray:
    """A mass of 41 x 41 pixels in a field of 300 x 300, its last row the 120th."""
    mask = np.zeros((300, 300), dtype=bool)
    mask[80:121, 130:171] = True
    return mask


def test_a_focus_in_the_mass_keeps_clear_of_its_border() -> None:
    site = find_site(square_mass(), site="mass")

    # 0.9 mm are 12 pixels of 0.075 mm: the 13th from the outside is the first that is farther.
    assert PIXEL_MM == 0.075
    rows, cols = (np.flatnonzero(site.any(axis=axis)) for axis in (1, 0))
    assert (rows[0], rows[-1], cols[0], cols[-1]) == (92, 108, 142, 158)


def test_a_focus_below_lies_in_the_columns_of_the_mass_past_the_ring() -> None:
    rows, cols = np.nonzero(find_site(square_mass(), site="below"))

    # 5 mm are 66.7 pixels: row 187 is the first past the ring, and 12 more keep clear of its border.
    assert rows.min() == 187 + 12
    assert rows.max() == 299 - 12
    assert (cols.min(), cols.max()) == (142, 158)


def test_the_sites_share_no_pixel() -> None:
    sites = [find_site(square_mass(), site=site) for site in FOCI_SITES]

    assert np.sum(sites, axis=0).max() == 1
    assert all(site.any() for site in sites)


def test_one_focus_reaches_six_tenths_of_a_millimetre_to_each_side() -> None:
    mask = np.zeros((60, 60), dtype=bool)
    mask[10:35, 20:45] = True  # only the middle pixel is farther than 12 pixels from the outside
    nothing = np.zeros((4 * 60, 60), dtype=np.float32)

    bright = add_foci(
        np.random.default_rng(0), nothing, mask, count=1, site="mass", samples_per_row=4
    )

    assert np.argwhere(find_site(mask, site="mass")).tolist() == [[22, 32]]
    # Eight pixels of 0.075 mm and the one in the middle; four samples are one row.
    rows, cols = (np.flatnonzero((bright != 0).any(axis=axis)) for axis in (1, 0))
    assert cols.tolist() == list(range(24, 41))
    assert rows.tolist() == list(range(4 * 14, 4 * 31))


def test_without_foci_nothing_changes_and_unknown_sites_are_refused() -> None:
    still = np.ones((4 * 300, 300), dtype=np.float32)
    rng = np.random.default_rng(0)

    same = add_foci(rng, still, square_mass(), count=0, site="mass", samples_per_row=4)

    assert same is still
    with pytest.raises(ValueError, match="'skin' is unknown; choose from mass"):
        find_site(square_mass(), site="skin")
    with pytest.raises(ValueError, match="'below' has no room"):
        find_site(square_mass()[:190], site="below")

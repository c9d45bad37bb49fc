"""Places that are followed through rings lie where each ring's own region map has them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.pointing import (
    find_drawn,
    measure_region_shares,
    region_bits_at,
    tally_cells,
)
from sonolens.evaluation.pointing.ring_growth import follow_places, tally_places
from sonolens.regions import REGIONS, Below, GrowingRegions, RegionRule, Ring, grow_regions
from sonolens.tables.vocabulary import REGION_NAMES

SPACING = (0.3, 0.2)
WIDTHS = (0.3, 0.7, 1.0, 2.0)


def grow(seed: int, *, exclude_ring: bool) -> GrowingRegions:
    rng = np.random.default_rng(seed)
    mask = np.zeros((17, 23), dtype=bool)
    top, left = rng.integers(1, 9, size=2)
    mask[top : top + 5, left : left + 6] = True
    marked = (rng.random(mask.shape) > 0.9).astype(np.uint8)
    rule = RegionRule(
        ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=1.0, outer_radii=0.5),
        below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=exclude_ring),
    )
    rings = [rule.ring.widened(mm) for mm in WIDTHS]
    return grow_regions(rule, mask, rings, spacing_mm=SPACING, scan_id="s", annotations=marked)


cases = given(seed=st.integers(0, 10_000), exclude_ring=st.booleans())


@pytest.mark.parametrize("tolerance_mm", [0.0, 0.5])
@settings(max_examples=15, deadline=None)
@cases
def test_a_place_lies_in_the_regions_that_are_read_with_every_ring(
    tolerance_mm: float, seed: int, exclude_ring: bool
) -> None:
    growing = grow(seed, exclude_ring=exclude_ring)
    asked = {"tolerance_mm": tolerance_mm, "spacing_mm": SPACING}
    points = np.argwhere(growing.parts < 9)[::7].astype(float)

    mass, ring_from, below_until = follow_places(growing, points, **asked).T

    for ring in range(growing.rings):
        bits = region_bits_at(growing.with_ring(ring), points, **asked)
        np.testing.assert_array_equal(mass > 0, bits & 1 > 0)
        np.testing.assert_array_equal(ring_from <= ring, bits & 2 > 0)
        np.testing.assert_array_equal(ring < below_until, bits & 4 > 0)


@settings(max_examples=15, deadline=None)
@cases
def test_cells_hold_the_shares_that_are_measured_with_every_ring(
    seed: int, exclude_ring: bool
) -> None:
    growing = grow(seed, exclude_ring=exclude_ring)
    tally = np.array(tally_cells(growing, (5, 7), tolerance_mm=0.0, spacing_mm=SPACING))
    mass, ring_from, below_until, weight = tally.T
    drawn_mass, drawn_from, drawn_until = find_drawn(growing)

    assert weight.sum() == 35
    for ring in range(growing.rings):
        shares = {
            each["region"]: each
            for each in measure_region_shares(growing.with_ring(ring), (5, 7), spacing_mm=SPACING)
        }
        inside = (mass > 0, ring_from <= ring, ring < below_until)
        drawn = (drawn_mass > 0, drawn_from <= ring, ring < drawn_until)
        for name, held, is_drawn in zip(REGION_NAMES, inside, drawn, strict=True):
            assert weight[held].sum() / 35 == pytest.approx(shares[name]["cell_share"])
            assert is_drawn == (shares[name]["area_share"] > 0)


def test_a_mass_under_an_annotation_is_not_drawn() -> None:
    nothing = GrowingRegions(
        parts=np.full((2, 2), REGIONS["annotation"], dtype=np.uint8),
        reach=np.full((2, 2), 3, dtype=np.uint8),
        rings=3,
    )

    assert find_drawn(nothing) == (0, 3, 0)


def test_places_that_fare_alike_add_up_what_they_weigh() -> None:
    places = np.array([[0, 3, 3], [1, 9, 0], [0, 3, 3]])

    assert tally_places(places, [0.5, 0.75, 0.125]) == [(0, 3, 3, 0.625), (1, 9, 0, 0.75)]


def test_a_tolerance_is_measured_in_the_millimetres_of_each_axis() -> None:
    growing = grow(3, exclude_ring=True)
    wide = {"tolerance_mm": 0.5, "spacing_mm": (0.3, 0.2)}
    other = {"tolerance_mm": 0.5, "spacing_mm": (0.2, 0.3)}

    assert tally_cells(growing, (17, 23), **wide) != tally_cells(growing, (17, 23), **other)

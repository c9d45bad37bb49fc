"""Regions for many rings at once are those that are drawn ring by ring."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.regions import Below, RegionRule, Ring, grow_regions
from sonolens.regions.growth import MOST_RINGS

WIDTHS = (0.3, 0.7, 1.0, 1.5, 3.0)


def rule_of(
    *,
    mode: str = "millimetres",
    inner: float = 0.0,
    exclude_ring: bool = True,
    depth: float | None = None,
) -> RegionRule:
    return RegionRule(
        ring=Ring(mode=mode, inner_mm=inner, outer_mm=1.0, outer_radii=0.5),
        below=Below(lateral_trim=0.1, max_depth_mm=depth, exclude_ring=exclude_ring),
    )


def draw_mask(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = rng.random((17, 23)) > 0.93
    mask[rng.integers(17), rng.integers(23)] = True
    return mask


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    mode=st.sampled_from(["millimetres", "relative"]),
    inner=st.sampled_from([0.0, 0.2]),
    exclude_ring=st.booleans(),
    depth=st.sampled_from([None, 0.6, 1.2]),
    spacing=st.sampled_from([(0.1, 0.1), (0.3, 0.2), (0.05, 0.4)]),
)
def test_with_every_ring_they_are_those_that_are_drawn_with_it(
    *,
    seed: int,
    mode: str,
    inner: float,
    exclude_ring: bool,
    depth: float | None,
    spacing: tuple[float, float],
) -> None:
    inner = 0.0 if mode == "relative" else inner
    depth = None if mode == "relative" else depth
    rule = rule_of(mode=mode, inner=inner, exclude_ring=exclude_ring, depth=depth)
    mask = draw_mask(seed)
    marked = (np.random.default_rng(seed + 1).random(mask.shape) > 0.9).astype(np.uint8)
    rings = [rule.ring.widened(mm) for mm in WIDTHS]
    told = {"spacing_mm": spacing, "scan_id": "s1", "annotations": marked}

    growing = grow_regions(rule, mask, rings, **told)

    for number, ring in enumerate(rings):
        drawn = RegionRule(ring=ring, below=rule.below).partition(mask, **told)
        np.testing.assert_array_equal(growing.with_ring(number), drawn)


def test_a_relative_ring_grows_on_scans_without_spacing() -> None:
    rule, mask = rule_of(mode="relative"), draw_mask(3)
    nothing = {"spacing_mm": (np.nan, np.nan), "scan_id": "s1"}

    growing = grow_regions(rule, mask, [rule.ring], **nothing)

    np.testing.assert_array_equal(growing.with_ring(0), rule.partition(mask, **nothing))


@pytest.mark.parametrize(
    "widths", [[], [1.0, 1.0], [2.0, 1.0], [0.1 * step for step in range(1, MOST_RINGS + 2)]]
)
def test_rings_that_do_not_grow_are_refused(widths: list[float]) -> None:
    rule = rule_of()
    rings = [rule.ring.widened(mm) for mm in widths]

    with pytest.raises(ValueError, match="cannot grow into each other"):
        grow_regions(rule, draw_mask(0), rings, spacing_mm=(0.1, 0.1), scan_id="s1")


def test_as_many_rings_grow_as_may_be_asked_for_and_their_number_is_told() -> None:
    rule, mask = rule_of(), draw_mask(0)
    rings = [rule.ring.widened(0.1 * step) for step in range(1, MOST_RINGS + 1)]

    growing = grow_regions(rule, mask, rings, spacing_mm=(0.1, 0.1), scan_id="s1")

    assert growing.rings == MOST_RINGS
    assert growing.reach.dtype == growing.parts.dtype == np.uint8
    assert growing.reach[mask].tolist() == [MOST_RINGS] * mask.sum()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"spacing_mm": (np.nan, 0.1)}, "spacing"),
        ({"annotations": np.zeros((3, 3), np.uint8)}, "annotations"),
    ],
)
def test_what_cannot_be_drawn_names_the_scan(changed: dict, reason: str) -> None:
    told = {"spacing_mm": (0.1, 0.1), "scan_id": "scan 7"} | changed

    with pytest.raises(ValueError, match=rf"{reason}.*'scan 7'|'scan 7'.*{reason}"):
        grow_regions(rule_of(), draw_mask(0), [rule_of().ring], **told)

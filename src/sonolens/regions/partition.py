"""The four disjoint regions of a scan: mass, peritumoral ring, what lies below, other."""

import math

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask, RegionMap
from sonolens.regions.distance import check_spacing
from sonolens.regions.mass import bounding_box, fill_mass

REGIONS = {"other": 0, "mass": 1, "peritumoral": 2, "below": 3}
"""Code of each region in a region map."""

ROUNDING = 1 + 1e-9  # a pixel at exactly 5 mm belongs to a 5 mm ring, however its distance rounds


def partition_scan(
    mask: Mask,
    *,
    spacing_row_mm: float,
    spacing_col_mm: float,
    ring_inner_mm: float,
    ring_outer_mm: float,
    below_lateral_trim: float,
    below_max_depth_mm: float | None,
    below_exclude_ring: bool,
) -> RegionMap:
    """Give every pixel of a scan exactly one region.

    *Mass* is the filled mask. *Peritumoral* is what lies outside the mass at a Euclidean distance
    above `ring_inner_mm` and up to `ring_outer_mm`. *Below* is, in every column of the mass, what
    is deeper than its deepest mass pixel there. Columns between two pieces of a mass are nobody's.
    Where claims overlap, mass goes before peritumoral and peritumoral before below; the rest is
    *other*. Regions end where the field of view ends.

    Args:
        mask: True inside the mass; row 0 is the skin side.
        spacing_row_mm: Pixel height. All lengths share its unit, so a study without spacing may
            pass pixels throughout (`sonolens.regions.Ring` does).
        spacing_col_mm: Pixel width.
        ring_inner_mm: Distance at which the ring begins, 0 for the edge of the mass. What lies
            nearer is not part of the ring and may be below.
        ring_outer_mm: Distance at which the ring ends, that distance included.
        below_lateral_trim: Share of the mass's width to leave out on each side, 0 to below 0.5,
            in whole columns.
        below_max_depth_mm: How far the region below reaches under the deepest mass pixel of its
            column, that depth included; None for the end of the field of view.
        below_exclude_ring: Whether the ring keeps its pixels under the mass. If not, the region
            below takes them and the ring is open towards the depth.

    Returns:
        The codes of `REGIONS` on the grid of the mask.

    Raises:
        ValueError: If the mask is empty or a parameter is out of its range.

    References:
        Regions of Byra et al. (2022), J Ultrason 22:70-75, whose ring was drawn with morphological
        operations; this one is exact for pixels that are not square. Trimming a sixth on each side
        follows Horsch et al. (2002).
    """
    check_spacing(spacing_row_mm=spacing_row_mm, spacing_col_mm=spacing_col_mm)
    _check_extents(ring_inner_mm, ring_outer_mm, below_lateral_trim, below_max_depth_mm)
    mass = fill_mass(mask)
    ring = _ring(mass, (spacing_row_mm, spacing_col_mm), ring_inner_mm, ring_outer_mm)
    max_rows = math.inf if below_max_depth_mm is None else below_max_depth_mm / spacing_row_mm
    below = _below(mass, below_lateral_trim, max_rows)
    claims = [("below", below), ("peritumoral", ring)]
    if not below_exclude_ring:
        claims.reverse()
    regions = np.zeros(mass.shape, dtype=np.uint8)
    for name, claimed in [*claims, ("mass", mass)]:  # the last claim on a pixel stands
        regions[claimed] = REGIONS[name]
    return regions


def check_ring(*, inner: float, outer: float, unit: str) -> None:
    """Refuse a ring that is empty by definition.

    Raises:
        ValueError: Unless 0 <= `inner` < `outer` and both are finite.
    """
    if not (math.isfinite(outer) and 0 <= inner < outer):
        raise ValueError(
            f"the ring from {inner} to {outer} {unit} is no ring; "
            f"give 0 <= inner < outer, for example 0 to {'5 mm' if unit == 'mm' else f'1 {unit}'}"
        )


def _check_extents(
    ring_inner_mm: float,
    ring_outer_mm: float,
    below_lateral_trim: float,
    below_max_depth_mm: float | None,
) -> None:
    check_ring(inner=ring_inner_mm, outer=ring_outer_mm, unit="mm")
    if not 0 <= below_lateral_trim < 0.5:  # noqa: PLR2004 - half on each side leaves nothing
        raise ValueError(
            f"below_lateral_trim is {below_lateral_trim}, but it is the share of the mass's width "
            "cut off on each side; give 0 or more and less than 0.5"
        )
    if below_max_depth_mm is not None and not below_max_depth_mm > 0:
        raise ValueError(
            f"below_max_depth_mm is {below_max_depth_mm}, which leaves nothing below the mass; "
            "give a positive depth, or null for the end of the field of view"
        )


def _ring(mass: Mask, pixel_mm: tuple[float, float], inner_mm: float, outer_mm: float) -> Mask:
    """Mark the ring, measuring distances only as far around the mass as the ring can reach."""
    window = tuple(
        _widened(extent, reach_px=math.ceil(outer_mm / mm) + 1, length=length)
        for extent, mm, length in zip(bounding_box(mass), pixel_mm, mass.shape, strict=True)
    )
    distance_mm = ndimage.distance_transform_edt(~mass[window], sampling=pixel_mm)
    ring = np.zeros_like(mass)
    ring[window] = (distance_mm > inner_mm * ROUNDING) & (distance_mm <= outer_mm * ROUNDING)
    return ring


def _widened(extent: slice, *, reach_px: int, length: int) -> slice:
    return slice(max(0, extent.start - reach_px), min(length, extent.stop + reach_px))


def _below(mass: Mask, lateral_trim: float, max_rows: float) -> Mask:
    """Mark what is deeper than the deepest mass pixel of its column, at most `max_rows` deeper."""
    _, extent = bounding_box(mass)
    width = extent.stop - extent.start
    trim = int(lateral_trim * width * ROUNDING)
    kept = slice(extent.start + trim, extent.stop - trim)
    # A column between two pieces counts as deepest at the very bottom: nothing lies below it.
    deepest = mass.shape[0] - 1 - np.argmax(mass[::-1, kept], axis=0)
    rows_deeper = np.arange(mass.shape[0])[:, None] - deepest
    below = np.zeros_like(mass)
    below[:, kept] = (rows_deeper > 0) & (rows_deeper <= max_rows * ROUNDING)
    return below

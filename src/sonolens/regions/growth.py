"""The regions of a scan for rings of many widths at once, from one measurement of distances."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from scipy import ndimage

from sonolens.arrays import AnnotationMap, Mask, RegionMap
from sonolens.regions.distance import ROUNDING
from sonolens.regions.mass import fill_mass
from sonolens.regions.partition import REGIONS, RegionRule, check_grid
from sonolens.regions.ring import Ring

MOST_RINGS = 63
"""So many widths, and no width at all, fit beside the code of a region into one grey level."""


@dataclass(frozen=True, eq=False)
class GrowingRegions:
    """The regions of one scan, however far its ring reaches.

    Attributes:
        parts: What every pixel is where there is no ring: mass, below, annotation or other.
        reach: Number of the narrowest ring that holds the pixel; `rings` where none does.
        rings: How many rings there are, from the narrowest on.
    """

    parts: RegionMap
    reach: UInt8[np.ndarray, "rows cols"]
    rings: int

    def with_ring(self, ring: int) -> RegionMap:
        """Return the region map that has the ring of this number."""
        return np.where(self.reach <= ring, np.uint8(REGIONS["peritumoral"]), self.parts)


def grow_regions(
    rule: RegionRule,
    mask: Mask,
    rings: Sequence[Ring],
    *,
    spacing_mm: tuple[float, float],
    scan_id: str,
    annotations: AnnotationMap | None = None,
) -> GrowingRegions:
    """Draw the regions of a scan for rings of several widths.

    With each ring they are those of `RegionRule.partition`, whose arguments these are.

    Args:
        rule: How regions are drawn; its own ring is not looked at but for where it begins.
        rings: Rings of one mode, beginning where the rule's does, the narrowest first; at most `MOST_RINGS`.

    Raises:
        ValueError: As `RegionRule.partition`, or if there are too many rings or one is not wider than the last.
    """
    pixel_mm = rule.measure_pixel(spacing_mm, scan_id)
    mass = fill_mass(mask)
    ends = np.array([ring.measure_end(mass, pixel_mm) for ring in rings])
    if not 0 < len(rings) <= MOST_RINGS or (np.diff(ends) <= 0).any():
        raise ValueError(
            f"{len(rings)} rings cannot grow into each other; name 1 to {MOST_RINGS}, each wider than the last"
        )
    below = rule.below.draw(mass, pixel_mm[0])
    parts = np.zeros(mass.shape, dtype=np.uint8)
    parts[below] = REGIONS["below"]
    parts[mass] = REGIONS["mass"]
    if annotations is not None:
        check_grid(annotations, mask, scan_id)
        parts[annotations > 0] = REGIONS["annotation"]
    distance = ndimage.distance_transform_edt(~mass, sampling=pixel_mm)
    reach = np.searchsorted(ends * ROUNDING, distance).astype(np.uint8)
    kept = distance <= rule.ring.inner_mm * ROUNDING
    kept |= (parts == REGIONS["mass"]) | (parts == REGIONS["annotation"])
    if not rule.below.exclude_ring:
        kept |= parts == REGIONS["below"]
    reach[kept] = len(rings)
    return GrowingRegions(parts, reach, len(rings))

"""Placebo regions: the shapes of a scan's regions where there is no mass."""

import numpy as np
from jaxtyping import Bool

from sonolens.arrays import RegionMap
from sonolens.regions import REGIONS

MOST_OVERLAP = 0.5
"""A placebo mass that keeps more of the mass than this is none."""


def move_regions(region_map: RegionMap) -> RegionMap | None:
    """Move mass, ring and what lies below sideways, as far from the mass as the field allows.

    They keep their depth, which shadows and gain depend on, and their shape: they go to the edge of the
    field that is further away and are not wrapped around it. Annotations stay where they are; everything
    else, the mass included, is *other*. The moved ring and strip may lie on the mass, and then carry what it
    carries, so that comparing with them is rather hard on a region than kind to it.

    Args:
        region_map: Codes of `REGIONS`.

    Returns:
        The codes on the same grid; None where the field has no room, so that more than half of the moved
        mass would lie in the mass, or where it has no mass.

    Examples:
        >>> move_regions(np.array([[2, 1, 2, 0, 0, 0]], dtype=np.uint8)).tolist()
        [[0, 0, 0, 2, 1, 2]]
    """
    shapes = _moving(region_map)
    mass = region_map == REGIONS["mass"]
    if not mass.any():
        return None
    cols = np.flatnonzero(shapes.any(axis=0))
    to_left, to_right = -int(cols[0]), shapes.shape[1] - 1 - int(cols[-1])
    shift = to_right if to_right >= -to_left else to_left
    moved = np.zeros_like(region_map)
    rows_from, cols_from = np.nonzero(shapes)
    moved[rows_from, cols_from + shift] = region_map[rows_from, cols_from]
    annotated = region_map == REGIONS["annotation"]
    moved[annotated] = REGIONS["annotation"]
    placebo = moved == REGIONS["mass"]
    if not placebo.any() or (placebo & mass).sum() > MOST_OVERLAP * placebo.sum():
        return None
    return moved


def _moving(region_map: RegionMap) -> Bool[np.ndarray, "rows cols"]:
    still = (REGIONS["other"], REGIONS["annotation"])
    return ~np.isin(region_map, still)

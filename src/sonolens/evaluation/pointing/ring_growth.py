"""What must be known of points and cells to play the pointing game with a ring of any width."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from sonolens.arrays import Points
from sonolens.evaluation.pointing.region_lookup import EDGE_PX, PLACE_DECIMALS, region_bits_at
from sonolens.regions import REGIONS, GrowingRegions
from sonolens.tables.vocabulary import REGION_NAMES
from sonolens.ultrasound import cell_centres, from_shares, pixels_at

Places: TypeAlias = Int[np.ndarray, "places 3"]
"""Per place: 1 in the mass or 0, the number of the narrowest ring that it is in, and how many of the narrowest
rings leave it below the mass. It is in the ring from the first number on, and below until the second."""

Tally: TypeAlias = list[tuple[int, int, int, float]]
"""Places that fare alike, and how much they weigh together; sorted."""

MASS, RING, BELOW = (1 << bit for bit in range(len(REGION_NAMES)))


def follow_places(
    growing: GrowingRegions,
    points: Points,
    *,
    tolerance_mm: float,
    spacing_mm: tuple[float, float],
) -> Places:
    """Tell for each point with which rings it lies in each region; `region_bits_at` for all rings at once.

    Args:
        points: Native (row, column).
        tolerance_mm: Distance that still counts as inside; costs distances anew for every ring.
        spacing_mm: Height and width of a pixel; may be NaN when there is no tolerance.
    """
    if tolerance_mm > 0:
        bits = np.stack(
            [
                region_bits_at(
                    growing.with_ring(ring),
                    points,
                    tolerance_mm=tolerance_mm,
                    spacing_mm=spacing_mm,
                )
                for ring in range(growing.rings)
            ]
        )
        in_ring, is_below = bits & RING > 0, bits & BELOW > 0
        ring_from = np.where(in_ring.any(axis=0), in_ring.argmax(axis=0), growing.rings)
        return np.column_stack([bits[0] & MASS, ring_from, is_below.sum(axis=0)]).astype(int)
    rows, cols = pixels_at(points, growing.parts.shape).T
    return _follow(growing.parts[rows, cols], growing.reach[rows, cols])


def follow_shares(
    growing: GrowingRegions,
    shares: Float[np.ndarray, "places 2"],
    *,
    tolerance_mm: float,
    spacing_mm: tuple[float, float],
) -> Places:
    """Follow places that are told as shares of the field of view, to the pixel that `look_up_regions` reads."""
    points = from_shares(np.round(shares, PLACE_DECIMALS), growing.parts.shape) + EDGE_PX
    return follow_places(growing, points, tolerance_mm=tolerance_mm, spacing_mm=spacing_mm)


def tally_cells(
    growing: GrowingRegions,
    cells: tuple[int, int],
    *,
    tolerance_mm: float,
    spacing_mm: tuple[float, float],
) -> Tally:
    """Count the cells of a map that fare alike: what blind points hit with any ring.

    Args:
        cells: Rows and columns of the map.
    """
    centres = cell_centres(cells, on=growing.parts.shape)
    places = follow_places(growing, centres, tolerance_mm=tolerance_mm, spacing_mm=spacing_mm)
    return tally_places(places, np.ones(len(places)))


def tally_places(places: Places, weights: ArrayLike) -> Tally:
    """Add up the weights of places that fare alike.

    Examples:
        >>> tally_places(np.array([[0, 3, 3], [1, 9, 0], [0, 3, 3]]), [0.25, 0.5, 0.25])
        [(0, 3, 3, 0.5), (1, 9, 0, 0.5)]
    """
    kinds, kind_of = np.unique(places, axis=0, return_inverse=True)
    total = np.bincount(kind_of.ravel(), weights=np.asarray(weights, float), minlength=len(kinds))
    return [
        (int(mass), int(ring), int(below), float(weight))
        for (mass, ring, below), weight in zip(kinds.tolist(), total, strict=True)
    ]


def find_drawn(growing: GrowingRegions) -> tuple[int, int, int]:
    """Tell with which rings each region has a pixel: as a place that lies wherever any pixel does."""
    below = growing.reach[growing.parts == REGIONS["below"]]
    return (
        int((growing.parts == REGIONS["mass"]).any()),
        int(growing.reach.min()),
        int(below.max(initial=0)),
    )


def _follow(parts: Sequence[int] | np.ndarray, reach: np.ndarray) -> Places:
    """A pixel that is below stays so until a ring takes it; one that no ring takes keeps its part."""
    below_until = np.where(np.equal(parts, REGIONS["below"]), reach, 0)
    return np.column_stack([np.equal(parts, REGIONS["mass"]), reach, below_until]).astype(int)

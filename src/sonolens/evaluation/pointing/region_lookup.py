"""Which regions lie under the places that maps point at, on every scan they might be laid on."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import ArrayLike
from scipy import ndimage

from sonolens.arrays import Points, RegionMap
from sonolens.regions import REGIONS
from sonolens.regions.distance import ROUNDING
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable
from sonolens.tables.vocabulary import PLAYED_REGIONS, REGION_NAMES, Unions
from sonolens.ultrasound import cell_centres, from_shares, pixels_at, to_shares

MARKED = (*REGION_NAMES, "annotation")
"""What has a bit of its own, in their order."""

BIT_PATTERNS = 2 ** len(MARKED)
"""Every sum of bits. At a single place that of annotations stands alone, but not where two places are taken together."""

PLACE_DECIMALS = 12
"""Shares of the field of view that agree so far are one place."""

FIXED_GRID = (21, 21)
"""Rows and columns of the places, the same on every scan, among which a location prior is chosen: as many
for maps of any resolution, and the cell centres of a 7 x 7 map are among them."""

EDGE_PX = 1e-6
"""A place on the edge of two pixels belongs to the next one, however its share was rounded."""


RegionBits = UInt8[np.ndarray, " points"]


@dataclass(frozen=True)
class RegionLookup:
    """The regions under every place on every scan.

    Attributes:
        scan_ids: The scans.
        places: (row, column) as shares of the field of view, 0 at its top and left edge; sorted.
        region_bits: Per scan and place a sum: 1 in the mass, 2 in the ring, 4 below, 0 elsewhere; 8 alone on an
            annotation.
        fixed_bits: The same of the places of `FIXED_GRID`, row by row.
        tolerance_mm: A place as near as this to a region counts as inside.
        regions: The regions that play.
    """

    scan_ids: tuple[str, ...]
    places: Points
    region_bits: UInt8[np.ndarray, "scans places"]
    fixed_bits: UInt8[np.ndarray, "scans fixed"]
    tolerance_mm: float
    regions: Unions

    def find_places(self, points: pd.DataFrame) -> Int[np.ndarray, " points"]:
        """Return the number of the place of every row of a table with `row_share` and `col_share`.

        Raises:
            ValueError: If a place was not read.
        """
        known = pd.MultiIndex.from_arrays(list(self.places.T))
        numbers = known.get_indexer(pd.MultiIndex.from_arrays(list(_rounded(points).T)))
        if (numbers < 0).any():
            lost = points.loc[numbers < 0, ["row_share", "col_share"]].iloc[0]
            raise ValueError(
                f"no region was read at {lost['row_share']:.4f} of a scan's height and "
                f"{lost['col_share']:.4f} of its width; read the regions for these extreme points"
            )
        return numbers

    def find_scans(self, scan_ids: ArrayLike) -> Int[np.ndarray, " scans"]:
        """Return the number of every scan.

        Raises:
            ValueError: If a scan was not read.
        """
        asked = np.asarray(scan_ids, dtype=object)
        numbers = pd.Index(self.scan_ids).get_indexer(pd.Index(asked))
        if (numbers < 0).any():
            raise ValueError(
                f"no region was read on scan {asked[numbers < 0][0]!r}; read every scan's region mask"
            )
        return numbers


def region_bits_at(
    region_map: RegionMap,
    points: Points,
    *,
    tolerance_mm: float = 0.0,
    spacing_mm: tuple[float, float],
) -> RegionBits:
    """Mark which regions hold each point.

    With a tolerance, every region also holds what lies as near to it as that, from pixel centre to
    pixel centre, so that a point may lie in several. A point on an annotation lies in no other region,
    however near.

    Args:
        points: Native (row, column); each reads the pixel whose square holds it.
        tolerance_mm: Distance that still counts as inside.
        spacing_mm: Height and width of a pixel; may be NaN when there is no tolerance.

    Returns:
        Per point a sum of 1 for the mass, 2 for the ring and 4 for below, or 8 on an annotation. An
        empty region holds no point.

    Raises:
        ValueError: If the tolerance is negative, or the scan has no spacing to measure it with.

    Examples:
        >>> scan = np.array([[1, 0, 3]], dtype=np.uint8)
        >>> every = np.argwhere(scan < 9) * 1.0
        >>> region_bits_at(scan, every, tolerance_mm=2.0, spacing_mm=(1.0, 2.0))
        array([1, 5, 4], dtype=uint8)
    """
    _check_tolerance(tolerance_mm, spacing_mm)
    rows, cols = pixels_at(points, region_map.shape).T
    codes = region_map[rows, cols]
    region_bits = np.zeros(len(points), dtype=np.uint8)
    for bit, name in enumerate(REGION_NAMES):
        inside = codes == REGIONS[name]
        if tolerance_mm > 0:
            outside_map = region_map != REGIONS[name]
            if outside_map.all():  # the distance to nothing is undefined
                continue
            distance_mm = ndimage.distance_transform_edt(outside_map, sampling=spacing_mm)[
                rows, cols
            ]
            inside = distance_mm <= tolerance_mm * ROUNDING
        region_bits |= inside.astype(np.uint8) << np.uint8(bit)
    alone = np.uint8(1 << MARKED.index("annotation"))
    return np.where(codes == REGIONS["annotation"], alone, region_bits)


def regions_of_bits(regions: Unions) -> Bool[np.ndarray, "patterns regions"]:
    """Tell which of the regions that play each sum of bits lies in; ``other`` is a sum of 0.

    Examples:
        >>> regions_of_bits({"ring": ["peritumoral"], "rest": ["below", "other"]})[:3]
        array([[False,  True],
               [False, False],
               [ True, False]])
    """
    of_one = {name: np.arange(BIT_PATTERNS) >> bit & 1 > 0 for bit, name in enumerate(MARKED)} | {
        "other": np.arange(BIT_PATTERNS) == 0
    }
    return np.column_stack(
        [np.logical_or.reduce([of_one[name] for name in union]) for union in regions.values()]
    )


def look_up_regions(
    extreme_points: ExtremePointsTable,
    mean_extremes: MeanMapExtremesTable,
    scans: ScansTable,
    region_maps: Mapping[str, Callable[[], object]],
    *,
    tolerance_mm: float = 0.0,
    regions: Unions = PLAYED_REGIONS,
    without_maps: Iterable[str] = (),
) -> RegionLookup:
    """Read the regions of every scan at every place that any map points at, and at fixed ones.

    This is all that must be known of regions to lay each map on each other's scan. Maps of 7x7 cells
    point at 49 places at most; for maps of single pixels there are about two places per scan, and one
    byte per scan and place.

    Args:
        extreme_points: An `ExtremePoints` table; only its scans are read.
        scans: The `Scans` table with the pixel spacing.
        region_maps: What reads each scan's region map; read one after the other, once.
        tolerance_mm: A place as near as this to a region counts as inside.
        regions: The regions that play.
        without_maps: Further scans to be read: training scans, whose masks alone are known.

    Raises:
        ValueError: If a scan has no region map, or a tolerance no spacing to be measured with.
    """
    scan_ids = sorted({*extreme_points["scan_id"].unique(), *without_maps})
    missing = [scan_id for scan_id in scan_ids if scan_id not in region_maps]
    if missing:
        raise ValueError(
            f"scan {missing[0]!r} and {len(missing) - 1} more have extreme points but no region mask; "
            "draw the region masks of every scan"
        )
    tables = (extreme_points.dropna(subset=["row_share", "col_share"]), mean_extremes)
    places = np.unique(np.concatenate([_rounded(table) for table in tables]), axis=0)
    fixed = to_shares(cell_centres(FIXED_GRID, on=FIXED_GRID), FIXED_GRID)
    spacing = scans.set_index("scan_id")[["spacing_row_mm", "spacing_col_mm"]].astype(float)
    region_bits = np.zeros((len(scan_ids), len(places) + len(fixed)), dtype=np.uint8)
    for number, scan_id in enumerate(scan_ids):
        region_map = np.asarray(region_maps[scan_id](), dtype=np.uint8)
        region_bits[number] = region_bits_at(
            region_map,
            from_shares(np.concatenate([places, fixed]), region_map.shape) + EDGE_PX,
            tolerance_mm=tolerance_mm,
            spacing_mm=tuple(spacing.loc[scan_id].tolist()),
        )
    return RegionLookup(
        scan_ids=tuple(scan_ids),
        places=places,
        region_bits=region_bits[:, : len(places)],
        fixed_bits=region_bits[:, len(places) :],
        tolerance_mm=float(tolerance_mm),
        regions=regions,
    )


def _rounded(points: pd.DataFrame) -> Float[np.ndarray, "points 2"]:
    shares = points[["row_share", "col_share"]].to_numpy(dtype=float)
    return np.round(shares, PLACE_DECIMALS)


def _check_tolerance(tolerance_mm: float, spacing_mm: tuple[float, float]) -> None:
    if not 0 <= tolerance_mm < math.inf:
        raise ValueError(f"tolerance_mm is {tolerance_mm}; give 0 or a distance in millimetres")
    if tolerance_mm > 0 and not all(side_mm > 0 for side_mm in spacing_mm):
        raise ValueError(
            f"tolerance_mm is {tolerance_mm:g} but the pixels measure {spacing_mm[0]} x "
            f"{spacing_mm[1]} mm; give spacing in the scans table or set tolerance_mm to 0"
        )

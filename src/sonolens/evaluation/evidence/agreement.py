"""Whether methods say the same of the same scans."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Points
from sonolens.evaluation.evidence.averages import average_over_scans
from sonolens.evaluation.evidence.similarity import correlate_ranks, share_grid
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.cohort import ScansTable
from sonolens.tables.evidence import MapAgreementTable
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES

PAIR = ["first", "second", "run", "measure"]


@dataclass(frozen=True)
class Extreme:
    """One extreme of one map.

    Attributes:
        points_mm: Where it lies, one row per cell that ties; NaN without spacing.
        region_share: How much of it lies in each region.
    """

    points_mm: Points
    region_share: dict[str, float]


def compare_methods(
    maps: Mapping[str, Float[np.ndarray, "scans _ _"]],
    extreme_points: ExtremePointsTable,
    scans: ScansTable,
    *,
    run: str,
    scan_ids: Sequence[str],
) -> pd.DataFrame:
    """Compare the maps that every two methods draw of the same scans of one run.

    ``rank_correlation`` is Spearman's at the coarser of the two grids. The distance of two extremes lies
    between their points; where cells tie, it is the mean distance from each point to the nearest of the
    other method, both ways averaged. ``same_region`` is the share of the extremes that lie in the same
    region; *other* is one too.

    Args:
        maps: By method, one map per scan at the method's own resolution.
        scans: The `Scans` table with the pixel spacing.
        run: The run whose maps these are.
        scan_ids: The scan of every map.

    Returns:
        A `MapAgreement` table. Without spacing there is no distance, with a constant map nothing.

    Raises:
        ValueError: If a map has no extreme points.
    """
    extremes = _read_extremes(extreme_points[extreme_points["run"] == run], scans)
    rows: list[dict[str, object]] = []
    for first, second in itertools.combinations(maps, 2):
        correlation = correlate_ranks(*share_grid(maps[first], maps[second]))
        for number, scan_id in enumerate(scan_ids):
            found = {"rank_correlation": float(correlation[number])}
            for extreme in EXTREMES:
                pair = [
                    _extreme_of(extremes, method, scan_id, extreme) for method in (first, second)
                ]
                found[f"{extreme}_distance_mm"] = _distance_mm(*pair)
                found[f"{extreme}_same_region"] = _same_region(*pair)
            key = {"first": first, "second": second, "run": run, "scan_id": scan_id}
            rows += [key | {"measure": name, "value": value} for name, value in found.items()]
    return pd.DataFrame(rows, columns=[*PAIR[:3], "scan_id", "measure", "value"])


def summarise_agreement(
    map_agreement: MapAgreementTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    same_as_cam: Collection[str],
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average the agreement of every two methods over the scans of a partition.

    Args:
        partition: Whose scans count.
        same_as_cam: Methods whose maps are those of CAM by construction, CAM among them. Two of them
            agree whatever the network has learned.

    Returns:
        A `MethodAgreement` table; see `average_over_scans`.

    Raises:
        ValueError: If no scan of the partition was compared.
    """
    table = average_over_scans(
        map_agreement, decisions, by=PAIR, partition=partition, bootstrap=bootstrap
    )
    same = table["first"].isin(list(same_as_cam)) & table["second"].isin(list(same_as_cam))
    return table.assign(same_by_construction=same)


def _read_extremes(
    extreme_points: ExtremePointsTable, scans: ScansTable
) -> dict[tuple[str, str, str], Extreme]:
    """Return every extreme by method, scan and name; a constant map's has no points."""
    spacing = scans.set_index("scan_id")[["spacing_row_mm", "spacing_col_mm"]].astype(float)
    pixel_mm = spacing.loc[extreme_points["scan_id"]].to_numpy()
    points = extreme_points[["row_px", "col_px"]].to_numpy(dtype=float) * pixel_mm
    regions, shares = extreme_points["region"].to_numpy(), extreme_points["share"].to_numpy()
    extremes: dict[tuple[str, str, str], Extreme] = {}
    key = ["method", "scan_id", "extreme"]
    for rows in extreme_points.groupby(key, sort=False).indices.values():
        there = rows[regions[rows] != "none"]
        region_share: dict[str, float] = {}
        for row in there:
            region_share[regions[row]] = region_share.get(regions[row], 0.0) + float(shares[row])
        method, scan_id, extreme = extreme_points.iloc[rows[0]][key]
        extremes[method, scan_id, extreme] = Extreme(points[there], region_share)
    return extremes


def _extreme_of(
    extremes: Mapping[tuple[str, str, str], Extreme], method: str, scan_id: str, extreme: str
) -> Extreme:
    try:
        return extremes[method, scan_id, extreme]
    except KeyError:
        raise ValueError(
            f"the {extreme} of scan {scan_id!r}, method {method!r}, has not been located; locate the "
            "extreme points of the methods that are compared"
        ) from None


def _distance_mm(first: Extreme, second: Extreme) -> float:
    if not len(first.points_mm) or not len(second.points_mm):
        return float("nan")
    apart = first.points_mm[:, None] - second.points_mm[None]
    distances = np.hypot(apart[..., 0], apart[..., 1])
    return float((distances.min(axis=0).mean() + distances.min(axis=1).mean()) / 2)


def _same_region(first: Extreme, second: Extreme) -> float:
    if not first.region_share or not second.region_share:
        return float("nan")
    both = first.region_share.keys() & second.region_share.keys()
    return sum((min(first.region_share[name], second.region_share[name]) for name in both), 0.0)

"""The pointing game with another ring: the same points, the same scans, other regions."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sonolens.evaluation.pointing.extreme_points import read_regions_at
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import COMPARED_RULES

SWEPT_SUBSETS = ("correct", "all")
P_VALUES = ["p_value", "p_low", "p_high", "p_adjusted", "permutations"]


def score_ring(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    *,
    mean_extremes: MeanMapExtremesTable,
    lookup: RegionLookup,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Play the pointing game with another ring than that of the maps' own region masks.

    A point stays where it is, whatever the ring; only the region under it may change its name. All else is
    `score_pointing_game`, with the resamples of its seed, so that a ring of the same width gives the
    same numbers.

    Args:
        extreme_points: An `ExtremePoints` table with regions named anew, from `name_regions`.
        region_shares: A `RegionShares` table of the same maps, measured with the same ring.
        lookup: The regions at every place that a map points at, with the same ring.
        partition: Whose scans are scored.

    Returns:
        The columns of a `RingSweep` table but the widths: rules ``decision`` and ``either``, subsets
        ``correct`` and ``all``, every label.

    Raises:
        ValueError: If the tables do not fit together; see `score_pointing_game`.
    """
    game = score_pointing_game(
        extreme_points,
        region_shares,
        decisions,
        mean_extremes=mean_extremes,
        lookup=lookup,
        partition=partition,
        permutations=1,  # the fewest: a p value per width would only invite to pick one
        bootstrap=bootstrap,
    )
    swept = game["rule"].isin(COMPARED_RULES) & game["subset"].isin(SWEPT_SUBSETS)
    return game[swept].drop(columns=P_VALUES).reset_index(drop=True)


def name_regions(
    extreme_points: ExtremePointsTable,
    region_maps: Mapping[str, Callable[[], object]],
    *,
    ring: str,
) -> pd.DataFrame:
    """Name the region under every extreme point anew.

    Args:
        extreme_points: An `ExtremePoints` table; constant maps keep their region ``none``.
        region_maps: What reads the region map of every scan with points; read once each.
        ring: How the ring of `region_maps` was measured.

    Returns:
        The table with other values in `region` and `ring`.
    """
    region = extreme_points["region"].to_numpy(dtype=object, copy=True)
    points = extreme_points[["row_px", "col_px"]].to_numpy(dtype=float)
    somewhere = ~np.isnan(points).any(axis=1)
    for scan_id, rows in extreme_points.groupby("scan_id").indices.items():
        there = rows[somewhere[rows]]
        region_map = np.asarray(region_maps[str(scan_id)](), dtype=np.uint8)
        region[there] = read_regions_at(region_map, points[there])
    return extreme_points.assign(region=region, ring=ring)

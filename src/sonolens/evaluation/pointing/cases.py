"""Every scored scan with its call, where its map points and whether that is a hit, in the order of a reader's interest."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sonolens.evaluation.pointing.region_lookup import RegionLookup, regions_of_bits
from sonolens.evaluation.pointing.scored_maps import explained_decisions, read_ring
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES, LABELS, OUTCOMES, REGION_NAMES

KEY = ["method", "run", "scan_id"]
PLACED = {
    "region": "region",
    "distance_to_mass_mm": "distance_mm",
    "row_px": "row_px",
    "col_px": "col_px",
    "value": "value",
}
"""What is told of the first point of an extreme, and by which name."""


def tabulate_cases(
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    lookup: RegionLookup,
    *,
    partition: str,
) -> pd.DataFrame:
    """Set out every scored map with the call of its scan; see the contract `Cases` for the order.

    Args:
        lookup: The regions at every place that a map of these scans points at.
        partition: Whose scans are scored.

    Returns:
        The columns of a `Cases` table that calls and maps can tell.

    Raises:
        ValueError: If the partition has no map, a map no decision, or rings of several kinds are mixed.
    """
    decided = explained_decisions(extreme_points, decisions, partition=partition)
    points = extreme_points[extreme_points["scan_id"].isin(decided["scan_id"])]
    maps = points[KEY].drop_duplicates()
    cases = maps.merge(decided, on=["run", "scan_id"])
    for name, placed in _place_extremes(points, lookup).items():
        cases = cases.merge(placed.add_prefix(f"{name}_").reset_index(), on=KEY)
    called = cases["called"].to_numpy(dtype=bool)
    at_max, at_min = (cases[f"{name}_inside"].to_numpy(dtype=float) for name in EXTREMES)
    return _order(
        cases.assign(
            outcome=_name_outcomes(cases["label"], called),
            silent=cases["max_region"] == "none",
            hit_either=1 - (1 - at_max) * (1 - at_min),
            hit_decision=np.where(called, at_max, at_min),
            ring=read_ring(points),
            tolerance_mm=lookup.tolerance_mm,
        )
    ).drop(columns=[f"{name}_inside" for name in EXTREMES])


def describe_cases(
    cases: pd.DataFrame, notes: pd.DataFrame, *, of: str, by: str, told: str
) -> pd.DataFrame:
    """Add a column in which all notes of a scan stand one after the other; empty where there is none.

    Args:
        notes: Rows with `scan_id` and the columns `by` and `told`; rows that tell nothing are left out.
        of: Name of the new column.
        by: What a note is about.
        told: What it says; where it is `by` itself, that is all it says.
    """
    said = notes.dropna(subset=told)
    words = said[by] if told == by else said[by] + ": " + said[told].astype(str)
    joined = words.astype(str).groupby(said["scan_id"]).agg(lambda each: "; ".join(sorted({*each})))
    return cases.assign(**{of: cases["scan_id"].map(joined)})


def _place_extremes(points: pd.DataFrame, lookup: RegionLookup) -> Mapping[str, pd.DataFrame]:
    """By extreme and map: its first point, and how much of the extreme lies in any region; NaN of constant maps."""
    any_region = regions_of_bits({"any": REGION_NAMES})[:, 0]
    inside = np.full(len(points), np.nan)
    there = points["row_share"].notna().to_numpy()
    at = points[there]
    bits = lookup.region_bits[lookup.find_scans(at["scan_id"]), lookup.find_places(at)]
    inside[there] = any_region[bits] * at["share"]
    found = points.assign(inside=inside)
    placed = {}
    for name in EXTREMES:
        maps = found[found["extreme"] == name].groupby(KEY, sort=False)
        first = pd.DataFrame(maps[list(PLACED)].nth(0))
        first.index = pd.MultiIndex.from_frame(found.loc[first.index, KEY])
        total = maps["inside"].sum(min_count=1).clip(upper=1)
        placed[name] = first.rename(columns=PLACED).assign(inside=total)
    return placed


def _name_outcomes(labels: "pd.Series[str]", called: np.ndarray) -> np.ndarray:
    malignant = (labels == LABELS[1]).to_numpy(dtype=bool)
    missed, alarm, found, spared = OUTCOMES
    return np.where(
        malignant, np.where(called, found, missed), np.where(called, alarm, spared)
    ).astype(object)


def _order(cases: pd.DataFrame) -> pd.DataFrame:
    """Missed cancers, false alarms, right calls whose map hits less, the rest; the surest call first."""
    wrong = cases["outcome"].map(dict(zip(OUTCOMES, (0, 1, 2, 2), strict=True)))
    hit = cases["hit_either"].fillna(0).where(wrong == 2, 0)  # noqa: PLR2004 - right calls
    sure = (cases["probability"] - cases["threshold"].clip(upper=1)).abs()
    order = pd.DataFrame({"wrong": wrong, "hit": hit, "sure": -sure, "scan_id": cases["scan_id"]})
    keys = ["wrong", "hit", "sure", "scan_id"]
    return cases.loc[order.sort_values(keys, kind="stable").index].reset_index(drop=True)

"""How often maps point at what is no tissue, beside what blind points would hit of it."""

import numpy as np
import pandas as pd

from sonolens.evaluation.pointing.scored_maps import explained_decisions
from sonolens.evaluation.statistics.intervals import Bootstrap, bootstrap_rates
from sonolens.tables.pointing import AnnotationHits, ExtremePointsTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import EXTREMES, Unions

ANNOTATION: Unions = {"annotation": ("annotation",)}
"""The region that is asked for here: no tissue, so it plays in no game."""

MAP = ["method", "run", "scan_id"]


def score_annotation_hits(
    extreme_points: ExtremePointsTable,
    annotation_shares: RegionSharesTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Count, of every method and run, the scans with an extreme on an annotation.

    A scan scores `1 - (1 - max) (1 - min)`, the shares of its tied maxima and minima that lie on annotations; blind
    points score the same of the share of cells there. Counted are the partition's scans that the run called correctly,
    whether they have annotations or not; a constant map has no extreme and does not count.

    Args:
        extreme_points: An `ExtremePoints` table.
        annotation_shares: The shares of `ANNOTATION` of the same maps, as in a `RegionShares` table.
        partition: Whose scans are scored.
        bootstrap: How patients are resampled.

    Returns:
        An `AnnotationHits` table; a row that counts nothing stays, without a rate.

    Raises:
        ValueError: If the partition has no map, or a map no decision or no share.
    """
    decided = explained_decisions(extreme_points, decisions, partition=partition)
    maps = _read_maps(extreme_points, annotation_shares, decided)
    rows = [
        {"method": method, "run": run} | _count(of_run[of_run["counts"]], bootstrap=bootstrap)
        for (method, run), of_run in maps.groupby(["method", "run"], sort=False)
    ]
    if not rows:
        return AnnotationHits.empty()
    return pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)


def _read_maps(
    extreme_points: pd.DataFrame, annotation_shares: pd.DataFrame, decided: pd.DataFrame
) -> pd.DataFrame:
    """Tell of every map of a decided scan whether it counts, what it hits and what blind points would."""
    on = extreme_points["share"] * (extreme_points["region"] == "annotation")
    points = extreme_points.assign(on=on, pointing=extreme_points["region"] != "none")
    missed = 1 - points.groupby([*MAP, "extreme"], sort=False)["on"].sum()
    found = pd.DataFrame(
        {
            "hit": 1 - missed.groupby(MAP, sort=False).prod(),
            "pointing": points.groupby(MAP, sort=False)["pointing"].all(),
        }
    )
    maps = found.reset_index().merge(decided[["run", "scan_id", "patient_id", "correct"]])
    maps = maps.merge(annotation_shares[[*MAP, "cell_share", "area_share"]], how="left")
    unknown = maps.loc[maps["cell_share"].isna(), "scan_id"]
    if len(unknown):
        raise ValueError(
            f"scan {unknown.iloc[0]!r} has extreme points but no share of annotations, so chance is unknown; "
            "measure the shares of every map"
        )
    return maps.assign(
        blind=1 - (1 - maps["cell_share"]) ** len(EXTREMES),
        counts=maps["pointing"] & maps["correct"].astype(bool),
    )


def _count(maps: pd.DataFrame, *, bootstrap: Bootstrap) -> dict[str, float | int]:
    rates = bootstrap_rates(
        maps[["hit"]].to_numpy(dtype=float),
        np.ones((len(maps), 1)),
        maps["patient_id"].to_numpy(),
        bootstrap=bootstrap,
    )
    return {
        "n": len(maps),
        "n_annotated": int((maps["area_share"] > 0).sum()),
        "hits": float(maps["hit"].sum()),
        "rate": float(rates.value[0]),
        "ci_low": float(rates.ci_low[0]),
        "ci_high": float(rates.ci_high[0]),
        "chance": float(maps["blind"].mean()),
    }

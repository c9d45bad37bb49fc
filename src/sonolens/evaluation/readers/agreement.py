"""How alike readers are on the scans that both read, with intervals from resampled patients: the ceiling for a network."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import RegionMap
from sonolens.evaluation.evidence.averages import mean_limits
from sonolens.evaluation.pointing import read_regions_at
from sonolens.evaluation.readers.likeness import (
    RANKS,
    centroid_distance_mm,
    dice,
    surface_distance_mm,
    weighted_kappa,
)
from sonolens.evaluation.readers.scan_readings import ScanReadings
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_rates,
    count_patients,
    resampled_sums,
)
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.cohort import ScansTable
from sonolens.tables.readers import ReaderAgreement
from sonolens.tables.vocabulary import READER_MEASURES, STUDY_READER

KAPPA = "birads_kappa"
SHARES = {"same_region", "same_birads"}
NO_POINTS = {"point_distance_mm", "same_region"}
"""What cannot be asked of the study, which points at nothing."""


def compare_scan(scan: ScanReadings, region_map: RegionMap) -> list[dict[str, Any]]:
    """Compare every two readers of one scan, the study as the first of them.

    Returns:
        `scan_id`, `first`, `second`, the measures of `READER_MEASURES` but kappa, and `first_rank` and `second_rank` of
        the categories; NaN where one of the two lacks what is compared.
    """
    region_of = {
        reader: read_regions_at(region_map, point[None])[0] for reader, point in scan.points.items()
    }
    return [
        {"scan_id": scan.scan_id, "first": first, "second": second}
        | dict(_compare_drawings(scan, first, second))
        | dict(_compare_points(scan, region_of, first, second))
        | dict(_compare_birads(scan, first, second))
        for first, second in combinations(scan.readers, 2)
    ]


def score_agreement(
    compared: Sequence[dict[str, Any]], scans: ScansTable, *, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Average what was compared over the scans that both of two readers read.

    Args:
        compared: The rows of `compare_scan`, of all scans.
        scans: The `Scans` table, for its patients.
        bootstrap: How patients are resampled.

    Returns:
        A `ReaderAgreement` table; without rows where nobody else read a scan. Points of the study are not asked for.
    """
    if not compared:
        return ReaderAgreement.empty()
    table = pd.DataFrame(compared).merge(scans[["scan_id", "patient_id"]], on="scan_id")
    order = [STUDY_READER, *sorted(set(table["second"]))]
    rows = [
        {"first": first, "second": second, "measure": measure} | found
        for first, second in combinations(order, 2)
        for measure, found in _score_pair(
            table[(table["first"] == first) & (table["second"] == second)],
            measures=[
                each for each in READER_MEASURES if first != STUDY_READER or each not in NO_POINTS
            ],
            bootstrap=bootstrap,
        )
    ]
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _score_pair(
    pairs: pd.DataFrame, *, measures: Sequence[str], bootstrap: Bootstrap
) -> Iterator[tuple[str, dict[str, float | int]]]:
    if pairs.empty:
        return
    for measure in measures:
        column = "same_birads" if measure == KAPPA else measure
        known = pairs.dropna(subset=column)
        limits = (np.nan, np.nan, np.nan)
        if len(known):
            take = _take_kappa if measure == KAPPA else _take_mean
            limits = take(known, column, bootstrap)
        counted = {"n": len(known), "n_left_out": len(pairs) - len(known)}
        yield measure, counted | dict(zip(("value", "ci_low", "ci_high"), limits, strict=True))


def _take_mean(
    known: pd.DataFrame, measure: str, bootstrap: Bootstrap
) -> tuple[float, float, float]:
    values = known[measure].to_numpy(dtype=float)
    if measure in SHARES:
        rates = bootstrap_rates(
            values[:, None], np.ones((len(values), 1)), known["patient_id"], bootstrap=bootstrap
        )
        return float(rates.value[0]), float(rates.ci_low[0]), float(rates.ci_high[0])
    return float(values.mean()), *mean_limits(values, known["patient_id"], bootstrap=bootstrap)


def _take_kappa(known: pd.DataFrame, _: str, bootstrap: Bootstrap) -> tuple[float, float, float]:
    """Take kappa of all scans, and of every resample of the patients."""
    ranks = max(RANKS.values()) + 1
    given = known[["first_rank", "second_rank"]].to_numpy(dtype=int)
    cells = np.eye(ranks**2)[given[:, 0] * ranks + given[:, 1]]
    (kappa,) = weighted_kappa(cells.sum(axis=0).reshape(1, ranks, ranks)).tolist()
    drawn = resampled_sums(cells, known["patient_id"], bootstrap=bootstrap)
    kappas = weighted_kappa(drawn.reshape(-1, ranks, ranks))
    moved = kappas[~np.isnan(kappas)]
    if not moved.size or not np.ptp(moved) > 0:
        return kappa, np.nan, np.nan
    patients = count_patients(known["patient_id"])
    return kappa, *resampled_interval(kappas, patients=patients, confidence=bootstrap.confidence)


def _compare_drawings(scan: ScanReadings, first: str, second: str) -> Iterator[tuple[str, float]]:
    names = ("dice", "centroid_distance_mm", "surface_distance_mm")
    if first not in scan.masks or second not in scan.masks:
        yield from dict.fromkeys(names, np.nan).items()
        return
    one, other = scan.masks[first], scan.masks[second]
    yield names[0], dice(one, other)
    yield names[1], centroid_distance_mm(one, other, spacing_mm=scan.spacing_mm)
    yield names[2], surface_distance_mm(one, other, spacing_mm=scan.spacing_mm)


def _compare_points(
    scan: ScanReadings, region_of: dict[str, str], first: str, second: str
) -> Iterator[tuple[str, float]]:
    if first not in scan.points or second not in scan.points:
        yield from dict.fromkeys(("point_distance_mm", "same_region"), np.nan).items()
        return
    apart = (scan.points[first] - scan.points[second]) * np.array(scan.spacing_mm)
    yield "point_distance_mm", float(np.linalg.norm(apart))
    yield "same_region", float(region_of[first] == region_of[second])


def _compare_birads(scan: ScanReadings, first: str, second: str) -> Iterator[tuple[str, float]]:
    if first not in scan.birads or second not in scan.birads:
        yield from dict.fromkeys(("same_birads", "first_rank", "second_rank"), np.nan).items()
        return
    one, other = scan.birads[first], scan.birads[second]
    yield "same_birads", float(one == other)
    yield "first_rank", float(RANKS[one])
    yield "second_rank", float(RANKS[other])

"""How well a run tells malignant from benign, per scan and per lesion."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonolens.arrays import Labels
from sonolens.evaluation.intervals import bootstrap_rates, limits_of
from sonolens.evaluation.roc import (
    RocPoints,
    Scores,
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
    roc_points,
)
from sonolens.tables import LEVELS, PARTITIONS

PROPORTIONS = ("accuracy", "sensitivity", "specificity")


def choose_operating_points(predictions: pd.DataFrame, *, chosen_on: str) -> pd.DataFrame:
    """Fix the threshold of every run, per scan and per lesion, on one partition.

    Args:
        predictions: A `Predictions` table.
        chosen_on: The partition that chooses; ``validation`` keeps the test scans out of it,
            ``test`` repeats what the paper did.

    Returns:
        An `OperatingPoints` table, rule ``closest_to_corner``.

    Raises:
        ValueError: If a run lacks a class in that partition.
    """
    rows = []
    for (run, level, partition), cases in _groups(predictions):
        if partition != chosen_on:
            continue
        malignant = _malignant(cases)
        if malignant.all() or not malignant.any():
            raise ValueError(
                f"run {run!r} has {malignant.sum()} malignant of {len(cases)} {level}s in "
                f"{chosen_on}, so no operating point can be chosen there; enlarge that partition "
                "or choose on another"
            )
        rows.append(
            {
                "run": run,
                "level": level,
                "rule": "closest_to_corner",
                "chosen_on": chosen_on,
                "threshold": closest_to_corner(malignant, _probabilities(cases)),
            }
        )
    return pd.DataFrame(rows, columns=["run", "level", "rule", "chosen_on", "threshold"])


def score_classification(
    predictions: pd.DataFrame,
    scans: pd.DataFrame,
    operating_points: pd.DataFrame,
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Score every run on every partition, per scan and per lesion, with patients resampled.

    A lesion's probability is the mean over its scans in the partition. `n` counts the cases a
    metric speaks of: the malignant ones for sensitivity, the benign ones for specificity. `chance`
    is what calls at the same rate `q`, made blindly, would score: `q` for sensitivity, `1 - q` for
    specificity, and 0.5 for the AUC. A metric without cases is empty.

    Intervals are percentiles over resamples of the patients, the same for all runs. Resamples that
    lack a class have no AUC, and no sensitivity or specificity of that class, and are left out.
    Where resampling cannot move a metric, as at 0 or 1, the interval is Wilson's with the patients
    it speaks of as `n`; for the AUC these are the patients of the rarer class, because the AUC's
    variance is at most `auc (1 - auc) / min(malignant, benign)` (Birnbaum and Klose 1957).

    Args:
        predictions: A `Predictions` table.
        scans: The `Scans` table that names the patients.
        operating_points: The thresholds, from `choose_operating_points`.
        resamples: How many times patients are resampled.
        confidence: Coverage of the intervals.
        seed: Seed of the resamples.

    Returns:
        A `ClassificationMetrics` table with stratum ``all``.

    Raises:
        ValueError: If a scan or an operating point is missing, or a lesion has two labels.
    """
    cases_of = dict(_groups(_with_patients(predictions, scans)))
    thresholds = threshold_of(operating_points)
    rows = []
    for run in predictions["run"].unique():
        for level in LEVELS:
            if (run, level) not in thresholds:
                raise ValueError(
                    f"run {run!r} has no operating point for {level}s; choose one for every run "
                    "and level first"
                )
            for partition in PARTITIONS:
                scored = _score_cases(
                    cases_of.get((run, level, partition)),
                    thresholds[run, level],
                    resamples=resamples,
                    confidence=confidence,
                    seed=seed,
                )
                key = {"run": run, "level": level, "partition": partition, "stratum": "all"}
                rows += [key | row for row in scored]
    return pd.DataFrame(rows)


def trace_roc(predictions: pd.DataFrame) -> pd.DataFrame:
    """Trace the ROC curve of every run, level and partition.

    Points in the middle of a straight piece are left out; they change nothing that is drawn. A
    partition in which a class is missing has no curve and no rows; its AUC in the
    `ClassificationMetrics` table is empty.

    Args:
        predictions: A `Predictions` table.

    Returns:
        A `RocCurve` table, each curve from (0, 0) to (1, 1).
    """
    curves = []
    for (run, level, partition), cases in _groups(predictions):
        malignant = _malignant(cases)
        if malignant.all() or not malignant.any():
            continue
        curve = roc_points(malignant, _probabilities(cases))
        kept = _corners(curve)
        curves.append(
            pd.DataFrame(
                {
                    "run": run,
                    "level": level,
                    "partition": partition,
                    "threshold": curve.thresholds[kept],
                    "false_positive_rate": curve.false_positive_rate[kept],
                    "true_positive_rate": curve.true_positive_rate[kept],
                }
            )
        )
    columns = ["run", "level", "partition", "threshold", "false_positive_rate", "true_positive_rate"]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)

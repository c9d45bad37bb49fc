"""How well a run tells malignant from benign, per scan and per lesion."""

import itertools
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
    cases_of = dict(_groups(predictions))
    rows = []
    for run, level in itertools.product(predictions["run"].unique(), LEVELS):
        cases = cases_of.get((run, level, chosen_on), predictions.iloc[:0])
        malignant = _malignant(cases)
        if malignant.all() or not malignant.any():
            raise ValueError(
                f"run {run!r} has {malignant.sum()} malignant of {len(cases)} {level}s in "
                f"{chosen_on}, so no operating point can be chosen there; give that partition both "
                "classes or choose on another"
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
    return pd.DataFrame(rows)


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
    variance is at most `auc (1 - auc) / min(malignant, benign)` (van Dantzig 1951, cited by
    Birnbaum and Klose 1957, Ann Math Stat 28:933-945).

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
    rows = []
    for run, level, partition in itertools.product(predictions["run"].unique(), LEVELS, PARTITIONS):
        scored = _score_cases(
            cases_of.get((run, level, partition)),
            threshold_of(operating_points, run=run, level=level),
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        )
        key = {"run": run, "level": level, "partition": partition, "stratum": "all"}
        rows += [key | row for row in scored]
    return pd.DataFrame(rows).assign(confidence=confidence)


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
    columns = [
        "run",
        "level",
        "partition",
        "threshold",
        "false_positive_rate",
        "true_positive_rate",
    ]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)


def threshold_of(operating_points: pd.DataFrame, *, run: str, level: str) -> float:
    """Look up the threshold of a run at one level.

    Raises:
        ValueError: If the `OperatingPoints` table has none.
    """
    chosen = (operating_points["run"] == run) & (operating_points["level"] == level)
    if not chosen.any():
        raise ValueError(
            f"run {run!r} has no operating point for {level}s; choose one for every run and level"
        )
    return float(operating_points.loc[chosen, "threshold"].iloc[0])


def patients_of(scan_ids: "pd.Series[str]", scans: pd.DataFrame) -> "pd.Series[str]":
    """Look up the patient of every scan.

    Raises:
        ValueError: If a scan is not in the `Scans` table.
    """
    known = scans.set_index("scan_id")["patient_id"]
    unknown = scan_ids[~scan_ids.isin(known.index)]
    if len(unknown):
        raise ValueError(
            f"scan {unknown.iloc[0]!r} and {len(unknown) - 1} more rows are not in the scans table, "
            "so their patients are unknown; use the scans table that the predictions were made from"
        )
    return scan_ids.map(known)


def _with_patients(predictions: pd.DataFrame, scans: pd.DataFrame) -> pd.DataFrame:
    return predictions.assign(patient_id=patients_of(predictions["scan_id"], scans))


def _groups(predictions: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    """Yield the cases of every run, level and partition that has any."""
    for level, cases in (("scan", predictions), ("lesion", _lesions(predictions))):
        for (run, partition), group in cases.groupby(["run", "partition"], sort=False):
            yield (str(run), level, str(partition)), group


def _lesions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Average the probability over the scans of every lesion."""
    labels = predictions[["lesion_id", "label"]].drop_duplicates()
    contradicted = labels.loc[labels["lesion_id"].duplicated(), "lesion_id"]
    if len(contradicted):
        raise ValueError(
            f"lesion {contradicted.iloc[0]!r} has benign and malignant scans, so it has no label; "
            "correct its label in the study"
        )
    grouped = predictions.groupby(["run", "partition", "lesion_id"], sort=False)
    kept = {column: "first" for column in ("label", "patient_id") if column in predictions}
    return grouped.agg({"probability": "mean"} | kept).reset_index()


def _malignant(cases: pd.DataFrame) -> Labels:
    return (cases["label"] == "malignant").to_numpy(dtype=bool)


def _probabilities(cases: pd.DataFrame) -> Scores:
    return cases["probability"].to_numpy(dtype=float)


def _score_cases(
    cases: pd.DataFrame | None,
    threshold: float,
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> list[dict[str, object]]:
    """Score one run on one partition at one level; without cases every value is NaN."""
    if cases is None:
        return [
            _row(name, value=math.nan, limits=(math.nan, math.nan), chance=math.nan, n=0)
            for name in ("auc", *PROPORTIONS)
        ]
    malignant, probabilities = _malignant(cases), _probabilities(cases)
    patients = cases["patient_id"].to_numpy()
    called = call_malignant(probabilities, threshold)
    right = called == malignant
    counts = np.column_stack([np.ones_like(malignant), malignant, ~malignant]).astype(float)
    rates = bootstrap_rates(
        counts * right[:, None],
        counts,
        patients,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    area = auc(malignant, probabilities)
    limits = limits_of(
        area,
        bootstrap_aucs(malignant, probabilities, patients, resamples=resamples, seed=seed),
        patients=min(len(set(patients[malignant])), len(set(patients[~malignant]))),
        confidence=confidence,
    )
    chances = _blind_chances(malignant, called)
    return [
        _row("auc", value=area, limits=limits, chance=0.5, n=len(cases)),
        *(
            _row(
                name,
                value=rates.value[column],
                limits=(rates.ci_low[column], rates.ci_high[column]),
                chance=chances[name],
                n=int(counts[:, column].sum()),
            )
            for column, name in enumerate(PROPORTIONS)
        ),
    ]


def _blind_chances(malignant: Labels, called: Labels) -> dict[str, float]:
    """Return what as many malignant calls would score if they were dealt out blindly."""
    share_called, prevalence = float(called.mean()), float(malignant.mean())
    right = share_called * prevalence + (1 - share_called) * (1 - prevalence)
    return {"accuracy": right, "sensitivity": share_called, "specificity": 1 - share_called}


def _row(
    metric: str, *, value: float, limits: tuple[float, float], chance: float, n: int
) -> dict[str, object]:
    low, high = limits
    return {
        "metric": metric,
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "chance": chance,
        "n": n,
    }


def _corners(curve: RocPoints) -> Labels:
    """Mark the ends of the straight pieces of a curve."""
    right, up = np.diff(curve.false_positive_rate), np.diff(curve.true_positive_rate)
    turns = np.abs(right[:-1] * up[1:] - right[1:] * up[:-1]) > 1e-15  # noqa: PLR2004 - rounding
    return np.concatenate([[True], turns, [True]])

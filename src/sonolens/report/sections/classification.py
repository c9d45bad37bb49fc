"""How well runs separate the test cases: the area under the curve, and calls at every threshold."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sonolens.report.numerals import NOTHING, amount
from sonolens.report.scores import JUDGED_BY, Score, ScoreSheet
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS, OPERATING_RULES

RULES = {
    "closest_to_corner": "closest to corner",
    "youden": "Youden",
    "sensitivity_90": "sensitivity 90 %",
    "sensitivity_95": "sensitivity 95 %",
}
"""The rules as a page names them."""

FEWEST_CASES = 20
"""A stratum of fewer cases than this is marked as small."""


@dataclass(frozen=True)
class Area:
    """The area under a ROC curve with the interval over patients, and with DeLong's."""

    run: str
    level: str
    resampled: Score
    delong: Score


@dataclass(frozen=True)
class Calls:
    """What one threshold makes of the test cases; `scores` has every call metric by name."""

    run: str
    level: str
    rule: str
    chosen_on: str
    threshold: str
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class Stratum:
    """How a run does on the test cases of one kind; `caution` says why little can be made of it."""

    run: str
    level: str
    name: str
    auc: Score
    sensitivity: Score
    specificity: Score
    caution: str


@dataclass(frozen=True)
class Clustering:
    """How many scans and patients the test partitions of all folds have."""

    scans: int
    patients: int


def list_areas(scores: ScoreSheet) -> list[Area]:
    """List the area under the curve of every run and level with both its intervals."""
    return [
        Area(
            run=run,
            level=level,
            resampled=scores.look_up(run=run, level=level, metric="auc"),
            delong=scores.look_up(run=run, level=level, metric="auc_delong"),
        )
        for run, level in scores.cases
    ]


def list_calls(operating_points: pd.DataFrame, scores: ScoreSheet) -> list[Calls]:
    """List what every threshold makes of the test cases, the paper's rule first.

    Runs keep their order in the `OperatingPoints` table; scans stand before lesions. A threshold
    without test scores is listed with dashes.
    """
    listed = operating_points.assign(
        place=operating_points.groupby("run", sort=False).ngroup(),
        depth=operating_points["level"].map(LEVELS.index),
        turn=operating_points["rule"].map(OPERATING_RULES.index),
    ).sort_values(["place", "depth", "turn"], kind="stable")
    return [
        Calls(
            run=row["run"],
            level=row["level"],
            rule=RULES[row["rule"]],
            chosen_on=row["chosen_on"],
            threshold=_threshold(row["threshold"]),
            scores={
                metric: scores.look_up(
                    run=row["run"], level=row["level"], rule=row["rule"], metric=metric
                )
                for metric in CALL_METRICS
            },
        )
        for row in listed.to_dict(orient="records")
    ]


def list_strata(scores: ScoreSheet) -> list[Stratum]:
    """List the scores of every run, level and stratum, at the threshold the paper's rule chose.

    Strata that a run lacks are left out.
    """
    listed = []
    for run, level in scores.cases:
        for name in scores.strata:
            auc = scores.look_up(run=run, level=level, stratum=name, metric="auc")
            sensitivity, specificity = (
                scores.look_up(run=run, level=level, stratum=name, rule=JUDGED_BY, metric=metric)
                for metric in ("sensitivity", "specificity")
            )
            if auc.n or sensitivity.n or specificity.n:
                caution = _caution(auc, sensitivity, specificity)
                listed.append(Stratum(run, level, name, auc, sensitivity, specificity, caution))
    return listed


def count_clustering(scans: pd.DataFrame, splits: pd.DataFrame) -> Clustering:
    """Count the scans and patients that are tested in any fold."""
    tested = scans[scans["scan_id"].isin(splits.loc[splits["partition"] == "test", "scan_id"])]
    return Clustering(scans=len(tested), patients=tested["patient_id"].nunique())


def _threshold(value: float) -> str:
    return "∞ (nothing is called)" if math.isinf(value) else amount(value)


def _caution(auc: Score, sensitivity: Score, specificity: Score) -> str:
    reasons = []
    if auc.n < FEWEST_CASES:
        reasons.append(f"fewer than {FEWEST_CASES} cases")
    if NOTHING in {auc.text, sensitivity.text, specificity.text}:
        reasons.append("one class only")
    return ", ".join(reasons)

"""How well a run tells malignant from benign, per scan and per lesion, in all cases and in strata."""

import itertools
from collections.abc import Iterator, Sequence

import pandas as pd

from sonolens.evaluation.classification.case_scores import (
    CaseScore,
    score_calibration,
    score_calls,
    score_ranking,
    score_ranking_delong,
)
from sonolens.evaluation.classification.case_strata import Categories, Strata, stratify_cases
from sonolens.evaluation.classification.cases import (
    Cases,
    LesionProbability,
    as_arrays,
    form_cases,
    group_cases,
)
from sonolens.evaluation.classification.operating_points import JUDGED_BY, threshold_of
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LEVELS, OPERATING_RULES, PARTITIONS

STRATUM_METRICS = ("accuracy", "sensitivity", "specificity")
"""What a stratum is scored by beside its AUC."""


def score_classification(
    decisions: DecisionsTable,
    scans: ScansTable,
    operating_points: OperatingPointsTable,
    *,
    lesion_probability: LesionProbability,
    size_bounds_mm: Sequence[float],
    bins: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every run on every partition, per scan and per lesion, with patients resampled.

    Every partition is scored by all `METRICS`, and the test partition also by stratum: there by the AUC and,
    at the threshold ``closest_to_corner``, by accuracy, sensitivity and specificity. A metric without
    cases is empty; a stratum without cases has no row. `chance` is what calls at the same rate, made
    blindly, would score (`blind_chances`), 0.5 for the AUC, and for the Brier score that of always
    telling the prevalence.

    Intervals are expanded percentiles over resamples of the patients, the same for all metrics of the same
    cases, or Wilson's where resampling moves nothing (`bootstrap_rates`, `score_ranking`). Resamples
    that lack a class have no AUC, and no sensitivity or specificity of that class, and are left
    out. Three have their own: `auc_delong` (`delong_interval`), calibration slope and intercept
    (Wald's with patients as clusters, `calibration_slope`) and the calibration error
    (`estimate_calibration_error`).

    Args:
        scans: The `Scans` table that parts the strata; a column `size_mm` is welcome.
        operating_points: The thresholds, from `choose_operating_points`.
        size_bounds_mm: Lesion sizes at which strata part; see `stratify_cases`.
        bins: Bins of equal number in the calibration error.

    Returns:
        A `ClassificationMetrics` table.

    Raises:
        ValueError: If an operating point is missing, or a lesion has two labels.
    """
    cases = form_cases(decisions, lesion_probability=lesion_probability)
    strata = _strata_of_tested(decisions, scans, size_bounds_mm=size_bounds_mm)
    groups = group_cases(cases)
    rows: list[dict[str, object]] = []
    for run, level, partition in itertools.product(decisions["run"].unique(), LEVELS, PARTITIONS):
        found = groups.get((run, level, partition), cases.iloc[:0])
        thresholds = {
            rule: threshold_of(operating_points, run=run, level=level, rule=rule)
            for rule in OPERATING_RULES
        }
        key = {"run": run, "level": level, "partition": partition}
        scores = _score_all(as_arrays(found), thresholds, bins=bins, bootstrap=bootstrap)
        rows += [key | {"stratum": "all"} | vars(score) for score in scores]
        if partition == "test":
            scored = _score_strata(found, strata[level], thresholds[JUDGED_BY], bootstrap=bootstrap)
            rows += [key | {"stratum": stratum} | vars(score) for stratum, score in scored]
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _score_all(
    cases: Cases, thresholds: dict[str, float], *, bins: int, bootstrap: Bootstrap
) -> list[CaseScore]:
    return [
        score_ranking(cases, bootstrap=bootstrap),
        score_ranking_delong(cases, confidence=bootstrap.confidence),
        *score_calls(cases, thresholds, bootstrap=bootstrap),
        *score_calibration(cases, bins=bins, bootstrap=bootstrap),
    ]


def _strata_of_tested(
    decisions: DecisionsTable, scans: ScansTable, *, size_bounds_mm: Sequence[float]
) -> Strata:
    """Stratify the scans that any run tests, so that all runs share their strata."""
    tested = decisions.loc[decisions["partition"] == "test", "scan_id"]
    return stratify_cases(scans[scans["scan_id"].isin(tested)], size_bounds_mm=size_bounds_mm)


def _score_strata(
    cases: pd.DataFrame,
    properties: Sequence[Categories],
    threshold: float,
    *,
    bootstrap: Bootstrap,
) -> Iterator[tuple[str, CaseScore]]:
    """Score every stratum that has cases; each resamples its own patients."""
    for stratum_of in properties:
        strata = stratum_of.reindex(cases["case_id"])
        for stratum in stratum_of.cat.categories:
            inside = as_arrays(cases[(strata == stratum).to_numpy()])
            if len(inside.malignant) == 0:
                continue
            yield stratum, score_ranking(inside, bootstrap=bootstrap)
            calls = score_calls(inside, {JUDGED_BY: threshold}, bootstrap=bootstrap)
            yield from ((stratum, score) for score in calls if score.metric in STRATUM_METRICS)

"""The 2 x 2 table of every run and threshold: cases called malignant and benign, rightly and wrongly."""

import itertools

import pandas as pd

from sonolens.evaluation.classification.cases import (
    LesionProbability,
    form_cases,
    group_cases,
)
from sonolens.evaluation.classification.operating_points import threshold_of
from sonolens.evaluation.classification.roc import call_malignant
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LEVELS, OPERATING_RULES, PARTITIONS


def count_calls(
    decisions: DecisionsTable,
    operating_points: OperatingPointsTable,
    *,
    lesion_probability: LesionProbability,
) -> pd.DataFrame:
    """Count what every frozen threshold makes of scans and lesions, in every partition.

    They are the counts behind sensitivity and specificity of `score_classification`.

    Args:
        operating_points: The thresholds, from `choose_operating_points`.
        lesion_probability: Whether a lesion has the mean or the largest probability of its scans.

    Returns:
        A `CallCounts` table.

    Raises:
        ValueError: If an operating point is missing, or a lesion has two labels.
    """
    cases = form_cases(decisions, lesion_probability=lesion_probability)
    groups = group_cases(cases)
    rows = []
    orders = (decisions["run"].unique(), LEVELS, OPERATING_RULES)
    for run, level, rule in itertools.product(*orders):
        threshold = threshold_of(operating_points, run=run, level=level, rule=rule)
        key = {"run": run, "level": level, "rule": rule, "threshold": threshold}
        for partition in PARTITIONS:
            found = groups.get((run, level, partition), cases.iloc[:0])
            rows.append(key | {"partition": partition} | _count(found, threshold))
    return pd.DataFrame(rows)


def _count(cases: pd.DataFrame, threshold: float) -> dict[str, int]:
    malignant = cases["malignant"].to_numpy(dtype=bool)
    called = call_malignant(cases["probability"].to_numpy(dtype=float), threshold)
    groups = {
        "true_positive": called & malignant,
        "false_positive": called & ~malignant,
        "false_negative": ~called & malignant,
        "true_negative": ~called & ~malignant,
    }
    return {name: int(inside.sum()) for name, inside in groups.items()}

"""How a network decides, as it was fixed in its own study, and how well that went there."""

import pandas as pd

from sonolens.evaluation.classification import LesionProbability
from sonolens.tables.classification import ClassificationMetricsTable, OperatingPointsTable
from sonolens.tables.conformal import ConformalThresholdsTable
from sonolens.tables.training import DecisionsTable
from sonolens.travel.card import FrozenDecisions, OperatingPoint, Performance, SetRule

JUDGED_ON = "test"
"""The partition that says how well a network did: the only one that neither fitted nor chose it."""


def freeze_decisions(
    decided: DecisionsTable,
    operating_points: OperatingPointsTable,
    classification_metrics: ClassificationMetricsTable,
    conformal_thresholds: ConformalThresholdsTable,
    *,
    lesion_probability: LesionProbability,
) -> FrozenDecisions:
    """Tell by which temperature and thresholds one run decides.

    Args:
        decided: Its `Decisions`.
        operating_points: Its `OperatingPoints`.
        classification_metrics: Its `ClassificationMetrics`; test scans of all strata together are told.
        conformal_thresholds: Its `ConformalThresholds`.
        lesion_probability: How a lesion's probability comes from its scans.

    Raises:
        ValueError: The run has more than one temperature.
    """
    temperatures = sorted(set(decided["temperature"].astype(float)))
    if len(temperatures) != 1:
        raise ValueError(
            f"run {decided['run'].iloc[0]!r} has {len(temperatures)} temperatures; take all decisions from one run"
        )
    judged = classification_metrics[
        (classification_metrics["partition"] == JUDGED_ON)
        & (classification_metrics["stratum"] == "all")
    ]
    told_of_metrics = list(Performance.model_fields)
    told = ["level", "rule", "chosen_on", "threshold"]
    return FrozenDecisions(
        temperature=temperatures[0],
        lesion_probability=lesion_probability,
        operating_points=tuple(
            OperatingPoint.model_validate(point)
            for point in operating_points[told].to_dict(orient="records")
        ),
        sets=tuple(
            SetRule.model_validate(rule)
            for rule in conformal_thresholds.drop(columns="run").to_dict(orient="records")
        ),
        performance=tuple(
            Performance.model_validate({name: _known(row[name]) for name in told_of_metrics})
            for row in judged.to_dict(orient="records")
        ),
    )


def _known(value: object) -> object:
    return None if pd.isna(value) else value  # type: ignore[call-overload]

"""The decisions of a run, and whether the map of each points at something relevant."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import REGION_NAMES

POINTS_THERE = 0.5
"""A map whose extremes tie points at the relevant regions when at least half of them lie there."""


@dataclass(frozen=True)
class ExplainedDecisions:
    """The decisions of one run as one method explains them; made by `explain_decisions`.

    Attributes:
        method: Name of the explainer.
        run: Name of the network.
        partition: Whose scans are decided.
        relevant: The regions that a map should point at.
        wrong: Whether each call is wrong.
        pointing: Whether the extreme that argues for the call lies in a relevant region.
        certainty: How far the probability lies from the threshold.
        malignant: Whether each scan is malignant.
        probability: Of malignancy.
        patient_ids: The patient of every scan.
    """

    method: str
    run: str
    partition: str
    relevant: tuple[str, ...]
    wrong: Bool[np.ndarray, " scans"]
    pointing: Bool[np.ndarray, " scans"]
    certainty: Float[np.ndarray, " scans"]
    malignant: Bool[np.ndarray, " scans"]
    probability: Float[np.ndarray, " scans"]
    patient_ids: np.ndarray


def explain_decisions(
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    relevant: Collection[str],
) -> list[ExplainedDecisions]:
    """Gather the decisions of every method and run, in the order of their scans' ids.

    What argues for a call is the maximum of a scan called malignant, the minimum of one called
    benign. A constant map points nowhere.

    Args:
        partition: Whose scans are decided.
        relevant: The regions that a map should point at, of mass, peritumoral and below.

    Raises:
        ValueError: If no decision of the partition has a map, or a region is unknown.
    """
    unknown = [region for region in relevant if region not in REGION_NAMES]
    if unknown or not relevant:
        raise ValueError(
            f"a map cannot be asked to point at {unknown[0] if unknown else 'no region'!r}; choose "
            f"from {', '.join(REGION_NAMES)}"
        )
    decided = decisions[decisions["partition"] == partition]
    points = extreme_points.merge(decided, on=["run", "scan_id"])
    if points.empty:
        raise ValueError(
            f"no scan of the {partition} partition has extreme points; explain its scans first, "
            "or choose another partition"
        )
    argued = points[points["extreme"] == np.where(points["called"], "max", "min")]
    inside = argued["share"] * argued["region"].isin(list(relevant))
    cases = argued.assign(inside=inside).groupby(["method", "run", "scan_id"], sort=True)
    columns = ["patient_id", "correct", "probability", "threshold", "label"]
    kept = cases[columns].first().assign(inside=cases["inside"].sum())
    return [
        ExplainedDecisions(
            method=str(method),
            run=str(run),
            partition=partition,
            relevant=tuple(relevant),
            wrong=~decided["correct"].to_numpy(dtype=bool),
            pointing=decided["inside"].to_numpy() >= POINTS_THERE,
            certainty=(decided["probability"] - decided["threshold"]).abs().to_numpy(dtype=float),
            malignant=(decided["label"] == "malignant").to_numpy(dtype=bool),
            probability=decided["probability"].to_numpy(dtype=float),
            patient_ids=decided["patient_id"].to_numpy(),
        )
        for (method, run), decided in kept.groupby(["method", "run"])
    ]

"""The probability from which on a run calls malignant, chosen by several rules."""

import itertools
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import LesionProbability, form_cases, group_cases
from sonolens.evaluation.classification.roc import (
    Scores,
    closest_to_corner,
    reach_sensitivity,
    youden,
)
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.training import PredictionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import LEVELS, OPERATING_RULES

JUDGED_BY = "closest_to_corner"
"""The paper's rule, by which a scan is called right or wrong."""

CHOOSERS: dict[str, Callable[[Labels, Scores], float]] = {
    "closest_to_corner": closest_to_corner,
    "youden": youden,
    "sensitivity_90": partial(reach_sensitivity, sensitivity=0.90),
    "sensitivity_95": partial(reach_sensitivity, sensitivity=0.95),
}
"""How each rule finds its threshold."""

CHOSEN_ON = {"rigorous": "validation", "paper": "test"}
"""The partition on which each protocol chooses."""


def choose_operating_points(
    predictions: PredictionsTable,
    training_runs: TrainingRunsTable,
    *,
    lesion_probability: LesionProbability,
) -> pd.DataFrame:
    """Fix the thresholds of every run, per scan and per lesion, by every rule.

    A rigorous run's are chosen on its validation scans, so that test scans have no say; a run of
    the paper's protocol chooses on its test scans, as the paper did. Of equally good thresholds
    ``closest_to_corner`` and ``youden`` take the lowest, which misses the fewest malignant cases;
    ``sensitivity_90`` and ``sensitivity_95`` take the highest that finds that share of them, and so
    call as few benign ones malignant as they can.

    Args:
        training_runs: A `TrainingRuns` table, for the protocols.

    Returns:
        An `OperatingPoints` table.

    Raises:
        ValueError: If a run lacks a class in that partition, or is not among the training runs.
    """
    groups = group_cases(form_cases(predictions, lesion_probability=lesion_probability))
    protocols = protocols_of(predictions, training_runs)
    rows = []
    for run, level in itertools.product(protocols, LEVELS):
        chosen_on = CHOSEN_ON[protocols[run]]
        cases = groups.get((run, level, chosen_on))
        malignant = np.zeros(0, dtype=bool) if cases is None else cases["malignant"].to_numpy()
        if cases is None or malignant.all() or not malignant.any():
            raise ValueError(
                f"run {run!r} has {malignant.sum()} malignant of {len(malignant)} {level}s in "
                f"{chosen_on}, so no operating point can be chosen there; give that partition both "
                "classes"
            )
        probability = cases["probability"].to_numpy(dtype=float)
        key = {"run": run, "level": level, "chosen_on": chosen_on}
        rows += [
            key | {"rule": rule, "threshold": CHOOSERS[rule](malignant, probability)}
            for rule in OPERATING_RULES
        ]
    return pd.DataFrame(rows, columns=["run", "level", "rule", "chosen_on", "threshold"])


def threshold_of(
    operating_points: OperatingPointsTable, *, run: str, level: str, rule: str = JUDGED_BY
) -> float:
    """Look up a threshold of a run at one level.

    Raises:
        ValueError: If the `OperatingPoints` table has none.
    """
    chosen = (
        (operating_points["run"] == run)
        & (operating_points["level"] == level)
        & (operating_points["rule"] == rule)
    )
    if not chosen.any():
        raise ValueError(
            f"run {run!r} has no operating point for {level}s by the rule {rule}; choose one for "
            "every run, level and rule"
        )
    return float(operating_points.loc[chosen, "threshold"].iloc[0])


def protocols_of(predicted: pd.DataFrame, training_runs: TrainingRunsTable) -> dict[str, str]:
    """Look up the protocol of every run that predicted, in the order of the predictions.

    Raises:
        ValueError: If a run is not in the `TrainingRuns` table.
    """
    known = training_runs.set_index("run")["protocol"].to_dict()
    runs = [str(run) for run in predicted["run"].unique()]
    unknown = [run for run in runs if run not in known]
    if unknown:
        raise ValueError(
            f"run {unknown[0]!r} has predictions but is not among the {len(known)} training runs; "
            "use the tables of one and the same training"
        )
    return {run: known[run] for run in runs}

"""What a run called each scan at its frozen threshold, and whether that is right: decided once."""

import itertools

import numpy as np
import pandas as pd
from jaxtyping import Bool

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import patients_of
from sonolens.evaluation.classification.operating_points import threshold_of
from sonolens.evaluation.classification.roc import call_malignant
from sonolens.tables.classification import OperatingPointsTable
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable, PredictionsTable
from sonolens.tables.vocabulary import COUNTED_LABELS, SUBSETS

GROUPS = tuple(itertools.product(SUBSETS, COUNTED_LABELS))
"""(subset, label) of every group, in the order of `mark_groups`."""


def decide_scans(
    predictions: PredictionsTable, scans: ScansTable, operating_points: OperatingPointsTable
) -> pd.DataFrame:
    """Call every scan of every run at the run's frozen scan-level threshold.

    Args:
        scans: The `Scans` table that names the patients.
        operating_points: An `OperatingPoints` table with scan-level thresholds.

    Returns:
        A `Decisions` table: the rows and columns of the predictions, `patient_id`, `threshold`, `called`
        (malignant) and `correct`.

    Raises:
        ValueError: If a scan has no patient or a run no operating point.
    """
    probability = predictions["probability"].to_numpy(dtype=float)
    threshold = np.full(len(predictions), np.nan)
    called = np.zeros(len(predictions), dtype=bool)
    for run, rows in predictions.groupby("run").indices.items():
        threshold[rows] = threshold_of(operating_points, run=str(run), level="scan")
        called[rows] = call_malignant(probability[rows], float(threshold[rows[0]]))
    return predictions.assign(
        patient_id=patients_of(predictions["scan_id"], scans),
        threshold=threshold,
        called=called,
        correct=called == (predictions["label"] == "malignant").to_numpy(dtype=bool),
    )


def mark_groups(decisions: DecisionsTable) -> Bool[np.ndarray, "scans groups"]:
    """Mark which decisions belong to each of `GROUPS`.

    Args:
        decisions: Rows of a `Decisions` table.
    """
    malignant: Labels = (decisions["label"] == "malignant").to_numpy(dtype=bool)
    correct: Labels = decisions["correct"].to_numpy(dtype=bool)
    always = np.ones(len(decisions), dtype=bool)
    of_subset = {"correct": correct, "wrong": ~correct, "all": always}
    of_label = {"benign": ~malignant, "malignant": malignant, "both": always}
    return np.column_stack([of_subset[subset] & of_label[label] for subset, label in GROUPS])

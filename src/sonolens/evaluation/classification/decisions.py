"""What a run calls each scan at its frozen scan-level threshold, and whether that is right."""

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.cases import patients_of
from sonolens.evaluation.classification.operating_points import threshold_of
from sonolens.evaluation.classification.roc import call_malignant


def judge_scans(
    predictions: pd.DataFrame,
    scans: pd.DataFrame,
    operating_points: pd.DataFrame,
    *,
    partition: str,
) -> pd.DataFrame:
    """Judge every prediction of one partition.

    Args:
        predictions: A `Predictions` table.
        scans: The `Scans` table that names the patients.
        operating_points: An `OperatingPoints` table with scan-level thresholds.
        partition: Whose scans are judged.

    Returns:
        `run`, `scan_id`, `patient_id`, `malignant`, `called` (malignant), `correct`, `probability`
        and `threshold` per run and scan, in the order of the predictions.

    Raises:
        ValueError: If a scan has no patient or a run no operating point.
    """
    judged = predictions.loc[
        predictions["partition"] == partition, ["run", "scan_id", "label", "probability"]
    ].reset_index(drop=True)
    probability = judged["probability"].to_numpy(dtype=float)
    threshold = np.full(len(judged), np.nan)
    called = np.zeros(len(judged), dtype=bool)
    for run, rows in judged.groupby("run").indices.items():
        threshold[rows] = threshold_of(operating_points, run=str(run), level="scan")
        called[rows] = call_malignant(probability[rows], float(threshold[rows[0]]))
    malignant = (judged["label"] == "malignant").to_numpy(dtype=bool)
    return judged[["run", "scan_id"]].assign(
        patient_id=patients_of(judged["scan_id"], scans),
        malignant=malignant,
        called=called,
        correct=called == malignant,
        probability=probability,
        threshold=threshold,
    )

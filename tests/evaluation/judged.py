"""Studies judged by runs, as small as a test needs them."""

import pandas as pd
from scipy.special import logit

from sonolens.evaluation.classification import decide_scans


def study(*rows: tuple[str, str, str, float], partition="test", run="net") -> pd.DataFrame:
    """Predictions of one run from (scan, lesion, label, probability); nothing is scaled."""
    table = pd.DataFrame(rows, columns=["scan_id", "lesion_id", "label", "probability"])
    logits = logit(table["probability"].to_numpy(dtype=float))
    return table.assign(run=run, partition=partition, logit=logits, temperature=1.0)


def judged(malignant, probability, *, partition="test", run="net", prefix="s") -> pd.DataFrame:
    """Predictions for scans that are lesions of their own."""
    rows = [
        (f"{prefix}{place:04d}", f"{prefix}{place:04d}", label, float(value))
        for place, (label, value) in enumerate(
            zip(["malignant" if yes else "benign" for yes in malignant], probability, strict=True)
        )
    ]
    return study(*rows, partition=partition, run=run)


def scans_of(predictions: pd.DataFrame) -> pd.DataFrame:
    """Scans in which every lesion is a patient of its own."""
    scans = predictions[["scan_id", "lesion_id", "label"]].drop_duplicates("scan_id")
    return scans.assign(patient_id="patient of " + scans["lesion_id"])


def decide(predictions: pd.DataFrame, points: pd.DataFrame | None = None) -> pd.DataFrame:
    """Decisions on the scans of `scans_of`; where no threshold is told, each run decides at 0.5."""
    if points is None:
        points = pd.concat([thresholds(0.5, 0.5, run=run) for run in predictions["run"].unique()])
    return decide_scans(predictions, scans_of(predictions), points)


def runs_of(*runs: dict) -> pd.DataFrame:
    """Training runs; what is not told is that of the run ``net``."""
    usual = {
        "run": "net",
        "configuration": "small-full",
        "network": "small",
        "adaptation": "full",
        "protocol": "rigorous",
        "seed": 0,
        "fold": 0,
        "start": "none",
        "labels": "given",
        "annotations": "as framed",
        "output_stride": 32,
    }
    return pd.DataFrame([usual | run for run in runs])


def thresholds(scan: float, lesion: float, *, run="net", **by_rule: float) -> pd.DataFrame:
    """Operating points of one run: one threshold for all rules, or by rule another."""
    rules = ("closest_to_corner", "youden", "sensitivity_90", "sensitivity_95")
    return pd.DataFrame(
        [
            {
                "run": run,
                "level": level,
                "rule": rule,
                "chosen_on": "validation",
                "threshold": float(by_rule.get(rule, threshold)),
            }
            for level, threshold in (("scan", scan), ("lesion", lesion))
            for rule in rules
        ]
    )

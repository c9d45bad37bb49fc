"""Detection power: the smallest share and strength of a plant at which an explanation finds it, and false alarms at none."""

import math

import pandas as pd

from sonolens.evaluation.classification.roc import EVEN
from sonolens.evaluation.statistics.intervals import wilson_interval
from sonolens.tables.planted import DetectionLimits, DetectionPower

CURVE = ["plant", "network", "method"]
DOSE = [*CURVE, "share", "strength"]
FULL = 1.0
MOST = 0.5
"""A dose is found where more than this share of the fits find the plant."""


def score_detection_power(planted_evidence: pd.DataFrame) -> pd.DataFrame:
    """Count at every dose the fits whose maps, or whose reliance, find the plant, and those whose AUC tells of it.

    A fit finds the plant where hits of region ``planted`` are surely more than chance: the interval of their rate lies
    above it, and the p value is at most 1 less the confidence. Either alone is not enough: a map that always points into
    the middle of the scan beats blind points, and no exchange of maps tells it apart. A fit cannot be asked where no
    malignant scan was called so, or where there is no chance level, as of reliance without a placebo.

    Args:
        planted_evidence: A `PlantedEvidence` table with `plant`, `share` and `strength` of every row.

    Returns:
        A `DetectionPower` table. `rate` is the mean over fits; its limits are of one fit its interval over patients, of
        several the least and the largest, which are no interval. `power` is the share of the fits asked that find the plant,
        and `accuracy_power` that of all fits whose AUC surely exceeds 0.5, both with Wilson's interval over fits.
    """
    shown = planted_evidence[planted_evidence["region"] == "planted"]
    rows = [
        dict(zip(DOSE, dose, strict=True)) | _score_dose(fits)
        for dose, fits in shown.groupby(DOSE, sort=False)
    ]
    columns = list(DetectionPower.to_schema().columns)
    return pd.DataFrame(rows)[columns] if rows else DetectionPower.empty()


def find_detection_limits(detection_power: pd.DataFrame) -> pd.DataFrame:
    """Find for every plant, network and method the smallest share and strength that it finds, and what came before.

    The smallest is the one from which on all larger doses are found too, by more than half of the fits.

    Args:
        detection_power: A `DetectionPower` table.

    Returns:
        A `DetectionLimits` table. `smallest_share` is among doses of full strength, `smallest_strength` among those borne
        by all; empty where not even the largest is found, or where the axis was not asked. `accuracy_share` and
        `accuracy_strength` are the same of the network's AUC. `false_alarms` counts the fits at none that found something,
        of those that could be asked.
    """
    rows = [
        dict(zip(CURVE, curve, strict=True)) | _find_limits(doses)
        for curve, doses in detection_power.groupby(CURVE, sort=False)
    ]
    columns = list(DetectionLimits.to_schema().columns)
    return pd.DataFrame(rows)[columns] if rows else DetectionLimits.empty()


def _score_dose(fits: pd.DataFrame) -> dict[str, float | int]:
    confidence = float(fits["confidence"].iloc[0])
    asked = fits["rate"].notna() & fits["chance"].notna()
    found = (fits["ci_low"] > fits["chance"]) & (fits["p_value"] <= 1 - confidence)
    learnt = fits["auc_ci_low"] > EVEN
    one = len(fits) == 1
    told: dict[str, float | int] = {
        "fits": len(fits),
        "asked": int(asked.sum()),
        "found": int(found.sum()),
        "learnt": int(learnt.sum()),
    }
    for name, hits, of in (
        ("power", int(found.sum()), int(asked.sum())),
        ("accuracy_power", int(learnt.sum()), len(fits)),
    ):
        low, high = wilson_interval(hits, of, confidence=confidence)
        told |= {name: hits / of if of else math.nan, f"{name}_low": low, f"{name}_high": high}
    return told | {
        "n": int(fits["n"].sum()),
        "rate": fits["rate"].mean(),
        "rate_low": fits["ci_low" if one else "rate"].min(),
        "rate_high": fits["ci_high" if one else "rate"].max(),
        "chance": fits["chance"].mean(),
        "auc": fits["auc"].mean(),
        "auc_low": fits["auc_ci_low" if one else "auc"].min(),
        "auc_high": fits["auc_ci_high" if one else "auc"].max(),
        "confidence": confidence,
    }


def _find_limits(doses: pd.DataFrame) -> dict[str, float | int]:
    null = doses[doses["share"] == 0]
    # Full strength borne by all stands on both axes.
    shares = doses[(doses["share"] > 0) & (doses["strength"] == FULL)]
    strengths = doses[doses["share"] == FULL]
    return {
        "smallest_share": _smallest(shares, "share", "power"),
        "smallest_strength": _smallest(strengths, "strength", "power"),
        "accuracy_share": _smallest(shares, "share", "accuracy_power"),
        "accuracy_strength": _smallest(strengths, "strength", "accuracy_power"),
        "asked": int(doses.loc[doses["share"] > 0, "asked"].sum()),
        "fits_at_none": int(null["fits"].sum()),
        "asked_at_none": int(null["asked"].sum()),
        "false_alarms": int(null["found"].sum()),
        "accuracy_false_alarms": int(null["learnt"].sum()),
    }


def _smallest(doses: pd.DataFrame, axis: str, power: str) -> float:
    """Find the smallest dose from which on all are found; NaN where the largest is not."""
    smallest = float("nan")
    for dose in doses.sort_values(axis, ascending=False).to_dict(orient="records"):
        if not dose[power] > MOST:
            break
        smallest = dose[axis]
    return smallest

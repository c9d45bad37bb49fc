"""Conformal sets of studies as small as a test needs them."""

import numpy as np
import pandas as pd
from judged import judged, scans_of

from sonolens.evaluation.classification import calibrate_sets, form_sets
from sonolens.tables.conformal import ConformalSets, ConformalThresholds


def calibrate(predictions, scans=None, *, alphas=(0.1,), least_patients=5):
    scans = scans_of(predictions) if scans is None else scans
    table = calibrate_sets(
        predictions,
        scans,
        lesion_probability="mean",
        alphas=alphas,
        least_patients=least_patients,
    )
    return ConformalThresholds.validate(table)


def form(predictions, scans=None, **calibration):
    scans = scans_of(predictions) if scans is None else scans
    thresholds = calibrate(predictions, scans, **calibration)
    return ConformalSets.validate(
        form_sets(predictions, scans, thresholds, lesion_probability="mean")
    )


def mixed(rng, validation: int, test: int, *, skill: float = 1.0) -> pd.DataFrame:
    """Validation and test lesions of one kind; without skill the probability knows nothing of the label."""
    parts = []
    for partition, n in (("validation", validation), ("test", test)):
        malignant = rng.random(n) < 0.4
        logit = rng.normal(size=n) + skill * (malignant - 0.5)
        parts.append(
            judged(malignant, 1 / (1 + np.exp(-logit)), partition=partition, prefix=partition[0])
        )
    return pd.concat(parts, ignore_index=True)

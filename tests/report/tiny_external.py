"""A network at home and away, written down by hand."""

from typing import Any

import pandas as pd

from sonolens.tables.external import Drift, HomeAndAway, RegionsHomeAndAway

NAN = float("nan")


def of_areas(**changes: Any) -> pd.DataFrame:
    """AUC 0.90 [0.85, 0.94] at home and 0.80 [0.74, 0.85] here, per lesion."""
    row = {
        "run": "net",
        "home_study": "A",
        "level": "lesion",
        "rule": "none",
        "metric": "auc",
        "home": 0.9,
        "home_low": 0.85,
        "home_high": 0.94,
        "home_n": 50,
        "away": 0.8,
        "away_low": 0.74,
        "away_high": 0.85,
        "away_n": 120,
        "chance": 0.5,
        "difference": -0.1,
        "difference_low": -0.16,
        "difference_high": -0.03,
        "partition": "test",
        "confidence": 0.95,
    }
    return HomeAndAway.validate(pd.DataFrame([row | changes]))


def of_regions(**changes: Any) -> pd.DataFrame:
    """Of scans called rightly 70 % are hit at home, by chance 40 %, and 60 % here, by chance 50 %."""
    row = {
        "run": "net",
        "question": "pointing",
        "asked_by": "cam",
        "measure": "either",
        "region": "any",
        "subset": "correct",
        "label": "both",
        "drawn": "ring 0-5 mm",
        "home_drawn": "ring 0-5 mm",
        "home": 0.7,
        "home_expected": 0.4,
        "home_n": 40,
        "home_above": 0.3,
        "home_above_low": 0.2,
        "home_above_high": 0.4,
        "away": 0.6,
        "away_expected": 0.5,
        "away_n": 90,
        "away_above": 0.1,
        "away_above_low": 0.02,
        "away_above_high": 0.18,
        "difference": -0.2,
        "difference_low": -0.33,
        "difference_high": -0.07,
        "partition": "test",
        "confidence": 0.95,
    }
    return RegionsHomeAndAway.validate(pd.DataFrame([row | changes]))


def of_drift(**changes: Any) -> pd.DataFrame:
    row = {
        "run": "net",
        "property": "depth_mm",
        "median": 44.0,
        "n": 100,
        "n_unknown": 3,
        "trained_low": 20.0,
        "trained_median": 30.0,
        "trained_high": 40.0,
        "beyond": 0.6,
        "beyond_low": 0.5,
        "beyond_high": 0.69,
        "expected": 0.01,
    }
    return Drift.validate(pd.DataFrame([row | changes]))

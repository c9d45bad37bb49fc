"""Conformal scores, and BI-RADS beside the network, written down by hand: 30 benign and 20 malignant lesions, one run unless told otherwise."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from tiny_scores import NAN, RUN

from sonolens.tables import vocabulary
from sonolens.tables.classification import BiradsComparison
from sonolens.tables.conformal import ConformalScores

SIZES = {"all": 50, "benign": 30, "malignant": 20, "birads=3": 10, "birads=4": 40}
COUNTS = {"coverage": 45, "singleton": 30, "both": 20, "empty": 0}
ONLY_BENIGN = {"all": 13, "benign": 12, "malignant": 1, "birads=3": 8, "birads=4": 5}


def conformal_table(runs: Sequence[str] = (RUN,), **values: Any) -> pd.DataFrame:
    """Of benign lesions 12 of 30 are benign for sure, of malignant ones 1 of 20; BI-RADS 3 fell back."""
    rows = [
        _row(stratum, measure) | {"run": run, "level": level, "taxonomy": taxonomy, "alpha": alpha}
        for run in runs
        for level in vocabulary.LEVELS
        for taxonomy in vocabulary.SET_TAXONOMIES
        for alpha in (0.1, 0.05)
        for stratum in SIZES
        for measure in vocabulary.SET_MEASURES
        if stratum == "all" or measure != "spared_beyond_missed"
    ]
    table = pd.DataFrame(rows).assign(partition="test", confidence=0.95)
    return ConformalScores.validate(table.assign(**values))


def _row(stratum: str, measure: str) -> dict[str, Any]:
    n = SIZES[stratum]
    count = min(n, COUNTS.get(measure, ONLY_BENIGN[stratum]))
    value = 0.35 if measure == "spared_beyond_missed" else count / n
    promised = measure == "coverage" and stratum in {"all", "birads=4"}
    fell_back = n if stratum == "birads=3" else 0
    return {
        "stratum": stratum,
        "measure": measure,
        "value": value,
        "ci_low": max(0.0, value - 0.1),
        "ci_high": min(1.0, value + 0.1),
        "chance": 0.909 if promised else 0.26 if measure == "only_benign" else NAN,
        "chance_low": 0.78 if promised else NAN,
        "chance_high": 0.98 if promised else NAN,
        "p_value": 0.41 if promised else NAN,
        "count": count,
        "n": n,
        "n_patients": n,
        "n_calibrated": 32,
        "n_fell_back": fell_back,
    }


def birads_table(runs: Sequence[str] = (RUN,), **values: Any) -> pd.DataFrame:
    """BI-RADS tells 0.92 where the network tells 0.85; two cases have no category."""
    rows = [
        {
            "run": run,
            "level": level,
            "partition": "test",
            "n": 48,
            "n_malignant": 20,
            "n_left_out": 2,
            "auc": 0.85,
            "ci_low": 0.75,
            "ci_high": 0.93,
            "birads_auc": 0.92,
            "birads_low": 0.84,
            "birads_high": 0.97,
            "difference": -0.07,
            "difference_low": -0.15,
            "difference_high": 0.01,
            "p_value": 0.08,
            "p_delong": 0.07,
            "confidence": 0.95,
        }
        for run in runs
        for level in vocabulary.LEVELS
    ]
    return BiradsComparison.validate(pd.DataFrame(rows).assign(**values))

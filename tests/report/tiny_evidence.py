"""Tables of evidence written down by hand: one small run and CAM alone unless told otherwise."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from tiny_scores import NAN, RUN

from sonolens.tables import evidence

PARTITION = {"partition": "test", "confidence": 0.95}

LOCALIZED = {
    ("energy", "mass"): (0.31, 0.12),
    ("energy", "any"): (0.77, 0.52),
    ("average_precision", "mass"): (0.43, 0.21),
    ("distance_mm", "mass"): (4.24, 9.16),
}
"""Mean and chance by score and region, of the evidence for the call on correctly classified scans."""


def localization_table(
    methods: Sequence[str] = ("cam",), runs: Sequence[str] = (RUN,), **values: Any
) -> pd.DataFrame:
    """Beside each row that counts stands one of other evidence, subset and label that must not."""
    rows = [
        {
            "method": method,
            "run": run,
            "score": score,
            "region": region,
            "evidence": evidence,
            "subset": subset,
            "label": label,
            "n": 4,
            "mean": mean if counts else 0.99,
            "ci_low": 0.9 * mean,
            "ci_high": 1.1 * mean,
            "chance": chance,
            "ceiling": 1.0,
            "mean_mask": chance + 0.03,
            "beyond_mean_mask": mean - chance - 0.03,
            "beyond_mean_mask_low": 0.9 * mean - chance - 0.03,
            "beyond_mean_mask_high": 1.1 * mean - chance - 0.03,
            "n_left_out": 0,
            **PARTITION,
        }
        for method in methods
        for run in runs
        for (score, region), (mean, chance) in LOCALIZED.items()
        for evidence, subset, label, counts in (
            ("absolute", "correct", "both", False),
            ("called", "all", "both", False),
            ("called", "correct", "malignant", False),
            ("called", "correct", "both", True),
        )
    ]
    return evidence.LocalizationScores.validate(pd.DataFrame(rows).assign(**values))


def abstention_table(
    methods: Sequence[str] = ("cam",), runs: Sequence[str] = (RUN,), **values: Any
) -> pd.DataFrame:
    """Three of eight kept: by the map 20 % wrong, by certainty 25 %, at random 40 %."""
    limits = {
        "map": (0.2, NAN, NAN, NAN),
        "certainty": (0.25, -0.05, -0.22, 0.12),
        "random": (0.4, -0.2, -0.31, -0.08),
    }
    rows = [
        {
            "method": method,
            "run": run,
            "relevant": "mass, peritumoral, below",
            "measure": measure,
            "suspended_by": strategy,
            "coverage": 0.375,
            "value": value + (0.03 if measure == "aurc" else 0.0),
            "ci_low": value - 0.1,
            "ci_high": value + 0.1,
            "difference": difference,
            "difference_low": low,
            "difference_high": high,
            "n": 8,
            "n_kept": 3,
            **PARTITION,
        }
        for method in methods
        for run in runs
        for measure in ("risk", "aurc")
        for strategy, (value, difference, low, high) in limits.items()
    ]
    return evidence.AbstentionScores.validate(pd.DataFrame(rows).assign(**values))


def gain_table(
    methods: Sequence[str] = ("cam",), runs: Sequence[str] = (RUN,), **values: Any
) -> pd.DataFrame:
    """A tenth and a half suspended; the map adds 4 points, more than these eight decisions can tell from nothing."""
    rows = [
        {
            "method": method,
            "run": run,
            "relevant": "mass, peritumoral, below",
            "measure": measure,
            "suspended": suspended,
            "learnt_on": "validation",
            "n_learnt": 6,
            "map_worth": 0.25,
            "with_map": 0.84,
            "alone": 0.8,
            "difference": 0.04,
            "difference_low": -0.06,
            "difference_high": 0.16,
            "p_value": 0.4,
            "p_adjusted": 0.8,
            "n": 8,
            **PARTITION,
        }
        for method in methods
        for run in runs
        for suspended in (0.5, 0.1)
        for measure in ("accuracy", "auc")
    ]
    return evidence.AbstentionGain.validate(pd.DataFrame(rows).assign(**values))


def faithfulness_table(
    methods: Sequence[str] = ("cam",), runs: Sequence[str] = (RUN,), **values: Any
) -> pd.DataFrame:
    rows = [
        {
            "method": method,
            "run": run,
            "test": test,
            "fill": "mean",
            "n": 12,
            "area": 0.6,
            "chance": 0.5,
            "gain": gain,
            "ci_low": gain - 0.05,
            "ci_high": gain + 0.05,
            "n_left_out": 0,
            **PARTITION,
        }
        for method in methods
        for run in runs
        for test, gain in (("deletion", 0.021), ("insertion", 0.113))
    ]
    return evidence.FaithfulnessScores.validate(pd.DataFrame(rows).assign(**values))


def sanity_table(
    methods: Sequence[str] = ("cam",),
    runs: Sequence[str] = (RUN,),
    *,
    parts: int = 2,
    **values: Any,
) -> pd.DataFrame:
    """A likeness of 1, then 0.5, then less; the deepest first, so that order cannot be relied on."""
    rows = [
        {
            "method": method,
            "run": run,
            "depth": depth,
            "measure": measure,
            "n": 12,
            "mean": 0.5**depth if depth < parts else left,
            "ci_low": -0.05,
            "ci_high": 1.0,
            "n_left_out": 0,
            **PARTITION,
        }
        for method in methods
        for run in runs
        for depth in reversed(range(parts + 1))
        for measure, left in (
            ("rank_correlation", 0.07),
            ("absolute_rank_correlation", 0.19),
            ("ssim", 0.3),
        )
    ]
    return evidence.SanityChecks.validate(pd.DataFrame(rows).assign(**values))

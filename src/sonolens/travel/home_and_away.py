"""Home and away: what a network scored on its own study's test scans, beside what it scores on another."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.evaluation.statistics import independent_difference
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.travel.card import NetworkCard, Performance

KEYS = ["level", "rule", "metric"]
NUMBERS = ["value", "ci_low", "ci_high"]


def compare_home_and_away(
    card: NetworkCard, classification_metrics: ClassificationMetricsTable, *, partition: str
) -> pd.DataFrame:
    """Set every metric that a card tells beside the same metric here.

    Args:
        card: What the network scored at home; on its own test scans only, which chose nothing.
        classification_metrics: What it scores here, and nothing of other runs.
        partition: Whose scans are scored here.

    Returns:
        Rows of a `HomeAndAway` table without the run; none where the card tells no metric.
    """
    whole = classification_metrics["stratum"] == "all"
    scored = classification_metrics[whole & (classification_metrics["partition"] == partition)]
    rows = [
        _compare(told, found)
        for told in card.decisions.performance
        if told.partition == "test"
        for found in scored[
            (scored[KEYS] == [told.level, told.rule, told.metric]).all(axis=1)
        ].to_dict(orient="records")
    ]
    return pd.DataFrame(rows)


def _compare(told: Performance, found: Mapping[Any, Any]) -> dict[str, object]:
    home = (_number(told.value), _number(told.ci_low), _number(told.ci_high))
    away = (found["value"], found["ci_low"], found["ci_high"])
    # Intervals of unlike coverage have no difference.
    alike = math.isclose(told.confidence, found["confidence"])
    apart = independent_difference(away, home) if alike else (away[0] - home[0], math.nan, math.nan)
    return {
        "level": told.level,
        "rule": told.rule,
        "metric": told.metric,
        **dict(zip(("home", "home_low", "home_high"), home, strict=True)),
        "home_n": told.n,
        **dict(zip(("away", "away_low", "away_high"), away, strict=True)),
        "away_n": found["n"],
        "chance": found["chance"],
        **dict(zip(("difference", "difference_low", "difference_high"), apart, strict=True)),
        "partition": found["partition"],
        "confidence": found["confidence"],
    }


def _number(told: float | None) -> float:
    return math.nan if told is None else told

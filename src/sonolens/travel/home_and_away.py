"""Home and away: what a network scored on its own study's test scans, beside what it scores on another."""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd

from sonolens.evaluation.statistics import independent_difference
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.travel.card import NetworkCard, Performance
from sonolens.travel.region_scores import KEYS as KEYS_OF_REGIONS
from sonolens.travel.region_scores import read_region_scores

Limits: TypeAlias = tuple[float, float, float]
"""A number between its limits."""

ABOVE = ("above", "above_low", "above_high")
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
    return pd.DataFrame(rows).assign(home_study=card.study.name)


def find_home_auc(card: NetworkCard) -> float:
    """Find the AUC per lesion on test scans of the network's own study; NaN where its card does not tell it."""
    found = [
        told.value
        for told in card.decisions.performance
        if (told.partition, told.level, told.metric) == ("test", "lesion", "auc")
    ]
    return _number(found[0]) if found else math.nan


def compare_regions(card: NetworkCard, scores: pd.DataFrame) -> pd.DataFrame:
    """Set where a network looks here beside where it looked at home.

    Args:
        card: What it did at home.
        scores: What it does here, from `score_regions`, with a column `partition`.

    Returns:
        Rows of a `RegionsHomeAndAway` table without the run, one per score here. What was not asked at home has no home,
        and what was asked of regions that were drawn otherwise has no difference.
    """
    both = scores.merge(
        read_region_scores(card.regions), on=KEYS_OF_REGIONS, how="left", suffixes=("", "_home")
    )
    rows = []
    for row in both.to_dict(orient="records"):
        here = (row["above"], row["above_low"], row["above_high"])
        home = (row["above_home"], row["above_low_home"], row["above_high_home"])
        rows.append(
            {name: row[name] for name in KEYS_OF_REGIONS}
            | {
                **_side("home", row, "_home"),
                **_side("away", row, ""),
                **_differ_where_drawn_alike(row, here, home),
                "drawn": row["drawn"],
                "home_drawn": row["drawn_home"],
                "partition": row["partition"],
                "confidence": row["confidence"],
            }
        )
    return pd.DataFrame(rows)


def _differ_where_drawn_alike(
    row: Mapping[Any, Any], here: Limits, home: Limits
) -> dict[str, object]:
    if row["drawn"] != row["drawn_home"]:
        home = (math.nan, math.nan, math.nan)
    return _differ(here, home, alike=math.isclose(row["confidence"], row["confidence_home"]))


def _side(side: str, row: Mapping[Any, Any], suffix: str) -> dict[str, object]:
    told = {name: row[f"{name}{suffix}"] for name in ("value", "expected", *ABOVE)}
    n = row[f"n{suffix}"]
    return {
        side: told["value"],
        f"{side}_expected": told["expected"],
        **{f"{side}_{name}": told[name] for name in ABOVE},
        f"{side}_n": 0 if math.isnan(n) else int(n),
    }


def _compare(told: Performance, found: Mapping[Any, Any]) -> dict[str, object]:
    home = (_number(told.value), _number(told.ci_low), _number(told.ci_high))
    away = (found["value"], found["ci_low"], found["ci_high"])
    alike = math.isclose(told.confidence, found["confidence"])
    return {
        "level": told.level,
        "rule": told.rule,
        "metric": told.metric,
        **dict(zip(("home", "home_low", "home_high"), home, strict=True)),
        "home_n": told.n,
        **dict(zip(("away", "away_low", "away_high"), away, strict=True)),
        "away_n": found["n"],
        "chance": found["chance"],
        **_differ(away, home, alike=alike),
        "partition": found["partition"],
        "confidence": found["confidence"],
    }


def _differ(away: Limits, home: Limits, *, alike: bool) -> dict[str, object]:
    """Away less home; intervals of unlike coverage have no difference."""
    apart = independent_difference(away, home) if alike else (away[0] - home[0], math.nan, math.nan)
    return dict(zip(("difference", "difference_low", "difference_high"), apart, strict=True))


def _number(told: float | None) -> float:
    return math.nan if told is None else told

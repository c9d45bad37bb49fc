"""Configurations side by side, pair by pair, and what the paper's protocol would have reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.numerals import (
    difference_with_interval,
    p_value,
    score_with_interval,
    score_with_spread,
)
from sonolens.report.scores import JUDGED_BY, NO_RULE
from sonolens.report.sections.classification import RULES
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS

NAN = float("nan")

HEADLINES = ("auc", "accuracy", "sensitivity", "specificity")
"""The paper's metrics, which every configuration shows."""

METRIC_TITLES = {
    "auc": "AUC",
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "brier": "Brier score",
}

TESTS = {"bootstrap": "patients resampled", "delong": "DeLong"}

SOURCES = {
    "epoch_and_threshold": "epoch and threshold",
    "threshold": "threshold alone",
}
"""What the test scans chose, most first."""


@dataclass(frozen=True)
class ConfigurationScore:
    """One metric of a configuration: over its runs, and with the test cases of all folds pooled."""

    configuration: str
    protocol: str
    level: str
    rule: str
    metric: str
    runs: int
    over_runs: str
    spread_known: bool
    pooled: str
    chance: str
    n: int
    headline: bool


@dataclass(frozen=True)
class Comparison:
    """Two configurations, the difference of their AUCs, and how surprising it would be by chance."""

    first: str
    second: str
    level: str
    test: str
    first_auc: str
    second_auc: str
    difference: str
    p_value: str
    p_adjusted: str
    n: int
    differs: bool


@dataclass(frozen=True)
class Optimism:
    """A test score by the rigorous protocol, by the paper's, and the difference that this makes."""

    run: str
    level: str
    source: str
    metric: str
    rigorous: str
    paper: str
    optimism: str
    n: int


@dataclass(frozen=True)
class OptimismSpan:
    """The optimism of one metric over many runs: least, median and largest."""

    level: str
    source: str
    metric: str
    runs: int
    median: str
    least: str
    largest: str
    above_zero: int
    """Runs whose interval lies above 0."""


def list_configuration_scores(configuration_metrics: pd.DataFrame) -> list[ConfigurationScore]:
    """List the scores by level and metric, so that configurations stand below each other."""
    order = (*HEADLINES, *(name for name in CALL_METRICS if name not in HEADLINES), "brier")
    listed = configuration_metrics.assign(
        depth=configuration_metrics["level"].map(LEVELS.index),
        place=configuration_metrics["metric"].map(order.index),
        turn=configuration_metrics["rule"].map([*RULES, NO_RULE].index),
    ).sort_values(["depth", "place", "turn"], kind="stable")
    return [
        ConfigurationScore(
            configuration=row["configuration"],
            protocol=row["protocol"],
            level=row["level"],
            rule=RULES.get(row["rule"], ""),
            metric=METRIC_TITLES[row["metric"]],
            runs=int(row["runs"]),
            over_runs=score_with_spread(row["mean"], row["sd"]),
            spread_known=bool(pd.notna(row["sd"])),
            pooled=score_with_interval(row["pooled"], row["ci_low"], row["ci_high"], digits=3),
            chance=score_with_interval(row["chance"], NAN, NAN),
            n=int(row["n"]),
            headline=row["metric"] in HEADLINES and row["rule"] in {NO_RULE, JUDGED_BY},
        )
        for row in listed.to_dict(orient="records")
    ]


def list_comparisons(configuration_comparison: pd.DataFrame) -> list[Comparison]:
    """List the pairs as the table does; `differs` where Holm's p lies below 1 - confidence."""
    return [
        Comparison(
            first=row["first"],
            second=row["second"],
            level=row["level"],
            test=TESTS[row["test"]],
            first_auc=score_with_interval(row["first_auc"], NAN, NAN, digits=3),
            second_auc=score_with_interval(row["second_auc"], NAN, NAN, digits=3),
            difference=_difference(row, "difference"),
            p_value=p_value(row["p_value"]),
            p_adjusted=p_value(row["p_adjusted"]),
            n=int(row["n"]),
            # This way round, a p of 0.05 at a confidence of 0.95 is not below it by rounding.
            differs=row["confidence"] < 1 - row["p_adjusted"],
        )
        for row in configuration_comparison.to_dict(orient="records")
    ]


def list_optimism(protocol_optimism: pd.DataFrame) -> list[Optimism]:
    """List what the test scans' choice gained, the larger choice first within a run and level."""
    listed = protocol_optimism.assign(
        place=protocol_optimism.groupby("run", sort=False).ngroup(),
        depth=protocol_optimism["level"].map(LEVELS.index),
        turn=protocol_optimism["source"].map(list(SOURCES).index),
        metric_place=protocol_optimism["metric"].map(HEADLINES.index),
    ).sort_values(["place", "depth", "turn", "metric_place"], kind="stable")
    return [
        Optimism(
            run=row["run"],
            level=row["level"],
            source=SOURCES[row["source"]],
            metric=METRIC_TITLES[row["metric"]],
            rigorous=score_with_interval(row["rigorous"], NAN, NAN, digits=3),
            paper=score_with_interval(row["paper"], NAN, NAN, digits=3),
            optimism=_difference(row, "optimism"),
            n=int(row["n"]),
        )
        for row in listed.to_dict(orient="records")
    ]


def span_optimism(protocol_optimism: pd.DataFrame) -> list[OptimismSpan]:
    """Sum up the optimism over runs per level, source and metric; unknown ones are left out."""
    known = protocol_optimism.dropna(subset="optimism")
    groups = dict(list(known.groupby(["level", "source", "metric"], sort=False)))
    return [
        OptimismSpan(
            level=level,
            source=SOURCES[source],
            metric=METRIC_TITLES[metric],
            runs=len(found),
            median=_signed(found["optimism"].median()),
            least=_signed(found["optimism"].min()),
            largest=_signed(found["optimism"].max()),
            above_zero=int((found["ci_low"] > 0).sum()),
        )
        for level in LEVELS
        for source in SOURCES
        for metric in HEADLINES
        if (found := groups.get((level, source, metric))) is not None
    ]


def describe_optimism(protocol_optimism: pd.DataFrame, *, level: str) -> str:
    """Say in one sentence what choosing on the test scans gained; empty where nothing is known.

    The larger choice is told where it was measured: with the epoch, or the threshold alone.
    """
    at_level = protocol_optimism[protocol_optimism["level"] == level].dropna(subset="optimism")
    for source, words in SOURCES.items():
        found = at_level[at_level["source"] == source]
        gains = [
            f"{METRIC_TITLES[metric]} {_gain(rows)}"
            for metric in ("auc", "accuracy")
            if len(rows := found[found["metric"] == metric])
        ]
        if gains:
            return f"Measured per {level} for {words}: {', '.join(gains)}."
    return ""


def has_epoch_choice(protocol_optimism: pd.DataFrame) -> bool:
    """Say whether the paper's choice of the epoch was measured too."""
    return bool((protocol_optimism["source"] == "epoch_and_threshold").any())


def _gain(rows: pd.DataFrame) -> str:
    if len(rows) == 1:
        return _difference(rows.iloc[0].to_dict(), "optimism")
    low, high = (_signed(limit) for limit in (rows["optimism"].min(), rows["optimism"].max()))
    return f"{low} to {high} over {len(rows)} runs"


def _difference(row: Mapping[Any, Any], name: str) -> str:
    return difference_with_interval(row[name], row["ci_low"], row["ci_high"])


def _signed(value: float) -> str:
    return difference_with_interval(value, NAN, NAN)

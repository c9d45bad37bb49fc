"""Configurations side by side, and pair by pair."""

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
from sonolens.report.order import in_order
from sonolens.report.runs import confidence_of, name_rows
from sonolens.report.scores import JUDGED_BY, NO_RULE
from sonolens.report.section import Section, Tables
from sonolens.report.sections.classification import RULES
from sonolens.tables.classification import ConfigurationComparisonTable, ConfigurationMetricsTable
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS

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

NAMED = {
    "metric": "Metric",
    "rule": "Threshold rule",
    "level": "Level",
    "configuration": "Configuration",
}

TESTS = {"bootstrap": "patients resampled", "delong": "DeLong"}


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


def list_configuration_scores(
    configuration_metrics: ConfigurationMetricsTable,
) -> list[ConfigurationScore]:
    """List the scores by level and metric, so that configurations stand below each other."""
    order = (*HEADLINES, *(name for name in CALL_METRICS if name not in HEADLINES), "brier")
    orders = {"level": LEVELS, "metric": order, "rule": [*RULES, NO_RULE]}
    listed = in_order(configuration_metrics, orders)
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
            chance=score_with_interval(row["chance"]),
            n=int(row["n"]),
            headline=row["metric"] in HEADLINES and row["rule"] in {NO_RULE, JUDGED_BY},
        )
        for row in listed.to_dict(orient="records")
    ]


def list_comparisons(configuration_comparison: ConfigurationComparisonTable) -> list[Comparison]:
    """List the pairs as the table does; `differs` where Holm's p lies below 1 - confidence."""
    return [
        Comparison(
            first=row["first"],
            second=row["second"],
            level=row["level"],
            test=TESTS[row["test"]],
            first_auc=score_with_interval(row["first_auc"], digits=3),
            second_auc=score_with_interval(row["second_auc"], digits=3),
            difference=print_difference(row, "difference"),
            p_value=p_value(row["p_value"]),
            p_adjusted=p_value(row["p_adjusted"]),
            n=int(row["n"]),
            # This way round, a p of 0.05 at a confidence of 0.95 is not below it by rounding.
            differs=row["confidence"] < 1 - row["p_adjusted"],
        )
        for row in configuration_comparison.to_dict(orient="records")
    ]


def print_difference(row: Mapping[Any, Any], name: str) -> str:
    """Print the difference in column `name` with the interval of its row."""
    return difference_with_interval(row[name], row["ci_low"], row["ci_high"])


def _tell(tables: Tables) -> dict[str, Any]:
    listed = list_configuration_scores(tables["configuration_metrics"])
    headlines = [row for row in listed if row.headline]
    paper = {row.configuration for row in listed if row.protocol == "paper"}
    return {
        "one_run": sum({row.configuration: row.runs for row in listed}.values()) == 1,
        "scored_confidence": confidence_of(tables["configuration_metrics"]),
        "configuration_scores": listed,
        "headlines": headlines,
        "names": name_rows(listed, NAMED, kept=("metric",), flattered=paper),
        "headline_names": name_rows(headlines, NAMED, kept=("metric",), flattered=paper),
        "comparisons": list_comparisons(tables["configuration_comparison"]),
    }


SECTION = Section(
    "configurations",
    "Configurations",
    "configurations.html",
    needs=("configuration_metrics", "configuration_comparison"),
    tell=_tell,
)

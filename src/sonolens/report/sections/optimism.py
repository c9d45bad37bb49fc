"""What the paper's protocol, which lets the test scans choose, would have reported."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.numerals import difference_with_interval, score_with_interval
from sonolens.report.order import in_order
from sonolens.report.runs import confidence_of, name_rows, name_runs
from sonolens.report.section import Section, Tables
from sonolens.report.sections.configurations import HEADLINES, METRIC_TITLES, print_difference
from sonolens.tables.classification import ProtocolOptimismTable
from sonolens.tables.vocabulary import LEVELS

SOURCES = {
    "epoch_and_threshold": "epoch and threshold",
    "threshold": "threshold alone",
}
"""What the test scans chose, most first."""


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


def list_optimism(protocol_optimism: ProtocolOptimismTable) -> list[Optimism]:
    """List what the test scans' choice gained, the larger choice first within a run and level."""
    orders = {"level": LEVELS, "source": list(SOURCES), "metric": HEADLINES}
    listed = in_order(protocol_optimism, orders, within="run")
    return [
        Optimism(
            run=row["run"],
            level=row["level"],
            source=SOURCES[row["source"]],
            metric=METRIC_TITLES[row["metric"]],
            rigorous=score_with_interval(row["rigorous"], digits=3),
            paper=score_with_interval(row["paper"], digits=3),
            optimism=print_difference(row, "optimism"),
            n=int(row["n"]),
        )
        for row in listed.to_dict(orient="records")
    ]


def span_optimism(protocol_optimism: ProtocolOptimismTable) -> list[OptimismSpan]:
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


def describe_optimism(protocol_optimism: ProtocolOptimismTable, *, level: str) -> str:
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


def has_epoch_choice(protocol_optimism: ProtocolOptimismTable) -> bool:
    """Say whether the paper's choice of the epoch was measured too."""
    return bool((protocol_optimism["source"] == "epoch_and_threshold").any())


def _gain(rows: pd.DataFrame) -> str:
    if len(rows) == 1:
        return print_difference(rows.iloc[0].to_dict(), "optimism")
    low, high = (_signed(limit) for limit in (rows["optimism"].min(), rows["optimism"].max()))
    return f"{low} to {high} over {len(rows)} runs"


def _signed(value: float) -> str:
    return difference_with_interval(value)


NAMED = {"run": "Run", "level": "Level", "source": "Chosen on test", "metric": "Metric"}


def _tell(tables: Tables) -> dict[str, Any]:
    listed = list_optimism(tables["protocol_optimism"])
    return {
        **name_runs(tables["training_runs"]),
        "scored_confidence": confidence_of(tables["protocol_optimism"]),
        "optimism": listed,
        "names": name_rows(listed, NAMED, kept=("metric",)),
        "optimism_spans": span_optimism(tables["protocol_optimism"]),
        "epoch_choice": has_epoch_choice(tables["protocol_optimism"]),
    }


SECTION = Section(
    "optimism",
    "The paper's protocol",
    "optimism.html",
    heading="What would the paper's protocol have reported?",
    needs=("protocol_optimism", "training_runs"),
    tell=_tell,
)

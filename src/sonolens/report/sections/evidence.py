"""What each method's maps are worth: hits, evidence in the regions, faithfulness and sanity in one row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sonolens.report.cells import (
    ReportCell,
    Scale,
    difference,
    length,
    read_over_runs,
    read_p_values,
    score,
    share,
)

COLUMNS = (
    "Hits, maximum or minimum",
    "Hits, extreme for the call",
    "Evidence in the mass",
    "Evidence in any region",
    "Average precision",
    "Distance to the mass",
    "Gain by insertion",
    "Gain by deletion",
    "Likeness without learning",
)
"""Titles of the readings of a `MethodWorth`, in their order."""

SAME_AS_CAM = "CAM by construction"
KNOWS_NOTHING = "knows nothing"
CAM = "cam"


@dataclass(frozen=True)
class EvidenceTables:
    """The tables that rows are read from, as `render_report` takes them."""

    pointing_game: pd.DataFrame
    localization_scores: pd.DataFrame
    faithfulness_scores: pd.DataFrame
    sanity_checks: pd.DataFrame

    def of_runs(self, runs: Collection[str]) -> "EvidenceTables":
        """Keep the rows of some runs."""
        return EvidenceTables(
            *(
                table[table["run"].isin(list(runs))]
                for table in (
                    self.pointing_game,
                    self.localization_scores,
                    self.faithfulness_scores,
                    self.sanity_checks,
                )
            )
        )


@dataclass(frozen=True)
class Kinds:
    """What is known of methods beforehand: which see no network, and which draw the maps of CAM."""

    baselines: Collection[str]
    same_as_cam: Collection[str]

    def of(self, method: str) -> str:
        """Mark a method; an ordinary one has no mark."""
        if method in self.baselines:
            return KNOWS_NOTHING
        return SAME_AS_CAM if method in self.same_as_cam and method != CAM else ""

    def distinct(self, methods: Iterable[str]) -> list[str]:
        """Leave out know-nothings, and all but the first of those that draw the same maps."""
        told = [method for method in methods if method not in self.baselines]
        same = [method for method in told if method in self.same_as_cam]
        return [method for method in told if method not in same[1:]]

    def in_order(self, methods: Iterable[str]) -> list[str]:
        """Put the know-nothings last and keep the order otherwise."""
        return sorted(methods, key=lambda method: method in self.baselines)


@dataclass(frozen=True)
class MethodWorth:
    """What the maps of one method are worth over some runs; `readings` are titled by `COLUMNS`."""

    method: str
    kind: str
    configuration: str
    runs: int
    readings: tuple[ReportCell, ...]


def list_worth(
    tables: EvidenceTables, *, kinds: Kinds, configuration: str = ""
) -> list[MethodWorth]:
    """List what every method is worth over all runs of the tables, know-nothings last.

    Counted are correctly classified scans of both labels, as in Tab. 2 of the paper; faithfulness and
    sanity take the scans drawn for them.
    """
    methods = kinds.in_order(str(name) for name in tables.pointing_game["method"].unique())
    return [
        MethodWorth(
            method=method,
            kind=kinds.of(method),
            configuration=configuration,
            runs=int(tables.pointing_game["run"].nunique()),
            readings=_read(tables, method),
        )
        for method in methods
    ]


def list_worth_by_configuration(
    tables: EvidenceTables, training_runs: pd.DataFrame, *, kinds: Kinds
) -> list[MethodWorth]:
    """List the same per configuration; empty where there is only one."""
    scored = training_runs[training_runs["run"].isin(tables.pointing_game["run"])]
    groups = list(scored.groupby("configuration", sort=False)["run"])
    if len(groups) < 2:  # noqa: PLR2004 - one is no comparison
        return []
    return [
        row
        for name, runs in groups
        for row in list_worth(tables.of_runs(set(runs)), kinds=kinds, configuration=str(name))
    ]


def tell_evidence(
    tables: EvidenceTables, training_runs: pd.DataFrame, *, kinds: Kinds
) -> dict[str, Any]:
    """Gather what the templates of evidence ask for."""
    return {
        "worth": list_worth(tables, kinds=kinds),
        "worth_by_configuration": list_worth_by_configuration(tables, training_runs, kinds=kinds),
        "worth_columns": COLUMNS,
        "knows_nothing": KNOWS_NOTHING,
        "same_as_cam": SAME_AS_CAM,
    }


def _read(tables: EvidenceTables, method: str) -> tuple[ReportCell, ...]:
    game, localized, faithful, sane = (
        table[table["method"] == method]
        for table in (
            tables.pointing_game,
            tables.localization_scores,
            tables.faithfulness_scores,
            tables.sanity_checks,
        )
    )
    return (
        _read_hits(game, rule="either"),
        _read_hits(game, rule="decision"),
        _read_localization(localized, name="energy", region="mass", scale=share),
        _read_localization(localized, name="energy", region="any", scale=share),
        _read_localization(localized, name="average_precision", region="mass", scale=score),
        _read_localization(localized, name="distance_mm", region="mass", scale=length),
        _read_gain(faithful, test="insertion"),
        _read_gain(faithful, test="deletion"),
        _read_sanity(sane),
    )


def _read_hits(game: pd.DataFrame, *, rule: str) -> ReportCell:
    rows = _of_paper(game[(game["rule"] == rule) & (game["region"] == "any")])
    beside = {"chance": "chance", "centre prior": "centre_prior"}
    reading = read_over_runs(rows, scale=share, value="rate", beside=beside)
    return replace(reading, small=(*reading.small, *filter(None, [read_p_values(rows)])))


def _read_localization(
    localized: pd.DataFrame, *, name: str, region: str, scale: Scale
) -> ReportCell:
    named = (localized["score"] == name) & (localized["region"] == region)
    rows = _of_paper(localized[named & (localized["evidence"] == "called")])
    return read_over_runs(rows, scale=scale, value="mean", beside={"chance": "chance"})


def _of_paper(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what the paper counts: correctly classified scans of both labels."""
    return rows[(rows["subset"] == "correct") & (rows["label"] == "both")]


def _read_gain(faithful: pd.DataFrame, *, test: str) -> ReportCell:
    rows = faithful[faithful["test"] == test]
    return read_over_runs(rows, scale=difference, value="gain")


def _read_sanity(sane: pd.DataFrame) -> ReportCell:
    """Read how alike maps are once nothing learned is left: each run at its own last depth."""
    last = sane[sane["depth"] == sane.groupby("run")["depth"].transform("max")]
    reading = read_over_runs(last[last["measure"] == "rank_correlation"], scale=score, value="mean")
    unsigned = read_over_runs(
        last[last["measure"] == "absolute_rank_correlation"], scale=score, value="mean"
    )
    without_sign = [f"without sign {unsigned.text}"] if unsigned.small else []
    return replace(reading, small=(*reading.small, *without_sign))

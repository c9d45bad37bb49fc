"""What each method's maps are worth: hits, evidence in the regions, faithfulness and sanity in one row."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sonolens.evaluation.evidence import WORTH_A_WARNING
from sonolens.report.case_links import CaseLinks
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
from sonolens.report.methods import KNOWS_NOTHING, SAME_AS_CAM, baselines_last, mark
from sonolens.report.numerals import counted, percent
from sonolens.report.pictures import Caption
from sonolens.report.runs import describe_scoring, name_runs
from sonolens.report.section import Section, Tables
from sonolens.report.sections import descriptors
from sonolens.tables.evidence import MapCompletenessTable

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

LOCALIZED = (
    ("energy", "mass", share),
    ("energy", "any", share),
    ("average_precision", "mass", score),
    ("distance_mm", "mass", length),
)
"""Scores of whole maps, of which region, and how they are printed."""

READ = ("pointing_game", "localization_scores", "faithfulness_scores", "sanity_checks")
"""The tables that they are read from."""


@dataclass(frozen=True)
class MethodWorth:
    """What the maps of one method are worth over some runs; `readings` are titled by `COLUMNS`."""

    method: str
    kind: str
    configuration: str
    runs: int
    readings: tuple[ReportCell, ...]


def list_worth(
    tables: Tables, configuration: str = "", *, links: CaseLinks | None = None
) -> list[MethodWorth]:
    """List what every method is worth over all runs of the tables `READ`, baselines last.

    Counted are correctly classified scans of both labels, as in Tab. 2 of the paper; faithfulness and
    sanity take the scans drawn for them. Of a single run, what is counted leads to its cases where these are known.
    """
    methods = baselines_last(str(name) for name in tables["pointing_game"]["method"].unique())
    return [
        MethodWorth(
            method=method,
            kind=mark(method),
            configuration=configuration,
            runs=int(tables["pointing_game"]["run"].nunique()),
            readings=_read(tables, method, links),
        )
        for method in methods
    ]


def list_worth_by_configuration(tables: Tables) -> list[MethodWorth]:
    """List the same per configuration of `training_runs`; empty where there is only one."""
    training_runs = tables["training_runs"]
    scored = training_runs[training_runs["run"].isin(tables["pointing_game"]["run"])]
    groups = list(scored.groupby("configuration", sort=False)["run"])
    if len(groups) < 2:  # noqa: PLR2004 - one is no comparison
        return []
    return [
        row
        for configuration, runs in groups
        for row in list_worth(
            {name: tables[name][tables[name]["run"].isin(runs)] for name in READ},
            str(configuration),
        )
    ]


def _read(tables: Tables, method: str, links: CaseLinks | None) -> tuple[ReportCell, ...]:
    game, localized, faithful, sane = (
        tables[name][tables[name]["method"] == method] for name in READ
    )
    return (
        _read_hits(game, links, rule="either"),
        _read_hits(game, links, rule="decision"),
        *(
            _read_localization(localized, links, name=name, region=region, scale=scale)
            for name, region, scale in LOCALIZED
        ),
        _read_gain(faithful, test="insertion"),
        _read_gain(faithful, test="deletion"),
        _read_sanity(sane),
    )


def _read_hits(game: pd.DataFrame, links: CaseLinks | None, *, rule: str) -> ReportCell:
    rows = _of_paper(game[(game["rule"] == rule) & (game["region"] == "any")])
    beside = {"chance": "chance", "fixed places": "location_prior"}
    reading = read_over_runs(rows, scale=share, value="rate", beside=beside)
    told = replace(reading, small=(*reading.small, *filter(None, [read_p_values(rows)])))
    if links is None or len(rows) != 1:
        return told
    return replace(told, query=links.show_game(rows.iloc[0].to_dict())["hits"].query)


def _read_localization(
    localized: pd.DataFrame, links: CaseLinks | None, *, name: str, region: str, scale: Scale
) -> ReportCell:
    named = (localized["score"] == name) & (localized["region"] == region)
    rows = _of_paper(localized[named & (localized["evidence"] == "called")])
    beside = {"chance": "chance", "mean mask": "mean_mask"}
    reading = read_over_runs(rows, scale=scale, value="mean", beside=beside)
    if links is None or len(rows) != 1:
        return reading
    row = rows.iloc[0]
    return links.lead(reading, int(row["n"]), method=row["method"], run=row["run"], correct="true")


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


def describe_completeness(map_completeness: MapCompletenessTable) -> str:
    """Say whether the maps that share out a logit add up to it; empty where there are none."""
    if map_completeness.empty:
        return ""
    wide = map_completeness["gap"] > WORTH_A_WARNING
    told = (
        f"{wide.sum()} of {counted(len(wide), 'map')} that share out the logit miss it by more than "
        f"{percent(WORTH_A_WARNING)}, at most by {percent(map_completeness['gap'].max())}"
    )
    return f"{told}: their average along the path is too coarse." if wide.any() else f"{told}."


def _tell(tables: Tables) -> dict[str, Any]:
    return {
        **name_runs(tables["training_runs"]),
        **describe_scoring(tables["pointing_game"]),
        "worth": list_worth(tables, links=CaseLinks(tables["cases"])),
        "worth_by_configuration": list_worth_by_configuration(tables),
        "worth_columns": COLUMNS,
        "knows_nothing": KNOWS_NOTHING,
        "same_as_cam": SAME_AS_CAM,
        "completeness": describe_completeness(tables["map_completeness"]),
    }


def _tell_repeatability(tables: Tables) -> dict[str, Any]:
    listed = tables["repeatability"].groupby(["configuration", "method", "varied"], sort=False)
    return {
        "question": "Two fits of one configuration differ in nothing but the seed, or the patients they learnt from. What "
        "their maps of one scan do not share is not known of the scan.",
        "caution": "maps that repeat may repeat a mistake, and maps that see no network repeat perfectly. Only what lies "
        "above strangers is about the scan.",
        "nothing_scored": "Every configuration was fitted once, so no map has a second one to be compared with; name "
        "several training.seeds, or split the study into folds.",
        "caption": "Maps of the same scan by two fits, beside maps of two strangers' scans",
        "names": ("Configuration", "Method", "Other"),
        "columns": ("SSIM", "Rank correlation"),
        "rows": [
            {
                "names": names,
                "cells": [
                    _read_repeats(rows[rows["measure"] == measure])
                    for measure in ("ssim", "rank_correlation")
                ],
            }
            for names, rows in listed
        ],
    }


def _read_repeats(rows: pd.DataFrame) -> ReportCell:
    reading = read_over_runs(rows, scale=score, value="mean", limits=("mean", "mean"))
    (row,) = rows.to_dict(orient="records")
    above = difference(row["above_stranger"], row["ci_low"], row["ci_high"])
    beside = (f"strangers {score(row['stranger'])}", f"above them {above}")
    return replace(reading, text=score(row["mean"]), small=(*reading.small, *beside))


REPEATABILITY = Section(
    "repeatability",
    "Repeatability",
    "score.html",
    heading="Do maps stay when the network is fitted again?",
    needs=("repeatability",),
    figures=(
        Caption(
            name="repeatability_figure",
            drawn_from="repeatability",
            intervals=True,
            title="Maps of a network fitted again",
            text="How alike the maps of two fits are on the same scan (dots) and on two strangers' scans (rings).",
            alt="Chart of the similarity of maps of the same scan and of strangers' scans, one row per method.",
        ),
    ),
    tell=_tell_repeatability,
)

SECTION = Section(
    "evidence",
    "What maps are worth",
    "evidence.html",
    heading="What each method's maps are worth",
    needs=(*READ, "training_runs", "map_completeness", "cases"),
    figures=(
        Caption(
            name="agreement_figure",
            drawn_from="method_agreement",
            nothing="Only one method was drawn, so there is no other to compare its maps with.",
            intervals=True,
            title="Agreement of methods",
            text="Do two methods put the cells of the same scan in the same order, from the most against malignancy to the "
            "most for it? 1: yes, 0: unrelated, −1: in reverse.",
            alt="Table of methods by methods with the mean rank correlation of their maps and its limits.",
        ),
        Caption(
            name="faithfulness_figure",
            intervals=True,
            title="Insertion and deletion",
            text="How probable the call stays as the scan is hidden cell by cell, or becomes as it is shown. Solid: the strongest "
            "evidence for the call first. Dotted: cells in random order.",
            alt="Charts of the probability of the call against the share of the scan changed, one per method.",
        ),
        Caption(
            name="sanity_figure",
            intervals=True,
            title="Maps of a network that forgets",
            text="How alike the maps stay to those of the trained network, as more and more of its weights are drawn anew from "
            "the output backwards.",
            alt="Charts of the likeness of maps against the parts of the network drawn anew, one per method.",
        ),
    ),
    tell=_tell,
    parts=(REPEATABILITY, descriptors.SECTION),
)

"""What the radiologist saw: whether maps and reliance follow what was noted."""

from dataclasses import replace
from typing import Any

import pandas as pd

from sonolens.report.cells import (
    UNREAD,
    ReportCell,
    Scale,
    difference,
    read_over_runs,
    read_p_values,
    score,
    share,
    share_difference,
)
from sonolens.report.numerals import counted, span
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.vocabulary import DESCRIPTOR_READINGS

POINTS, SHARE, VALUE = DESCRIPTOR_READINGS
WORDS: dict[str, str] = {POINTS: "points there", SHARE: "share of reliance", VALUE: "reliance"}
SCALES: dict[str, tuple[Scale, Scale]] = {
    POINTS: (share_difference, share),
    SHARE: (share_difference, share),
    VALUE: (difference, score),
}
"""How a difference, and how the two means, are printed."""


def _tell(tables: Tables) -> dict[str, Any]:
    agreement = tables["descriptor_agreement"]
    asked = agreement[agreement["reason"].isna()]
    kinds = [
        (str(reading), str(source))
        for reading, rows in asked.groupby("reading", sort=False)
        for source in rows["source"].unique()
    ]
    listed = asked.groupby(["descriptor", "value", "region"], sort=False)
    return {
        "question": "Where somebody noted shadowing, do maps point below, and do decisions hang on what lies below? And so for "
        "every descriptor that the study tells and the region that it speaks of. Each difference is between scans of one label.",
        "caution": "an agreement says that map or decision goes with what was noted, not that it is what the network saw; a "
        "finding that keeps company with another brings that one's difference. No agreement is no proof that it was not used.",
        "nothing_scored": _say_nothing(agreement),
        "caption": "Scans where a finding was noted less scans of the same label where it was not",
        "names": ("Descriptor", "Noted", "Region"),
        "columns": [f"{source}: {WORDS[reading]}" for reading, source in kinds],
        "rows": [
            {"names": names, "cells": [_read_kind(rows, *kind) for kind in kinds]}
            for names, rows in listed
        ],
    }


def _say_nothing(agreement: pd.DataFrame) -> str:
    if agreement.empty:
        return "The study does not tell what a radiologist noted of its scans, so there is nothing to hold maps against."
    findings = agreement[["descriptor", "value"]].drop_duplicates()
    return (
        f"{counted(len(findings), 'finding')} noted, but none that can be asked among the scored scans; the column reason of "
        "descriptor_agreement says why."
    )


def _read_kind(rows: pd.DataFrame, reading: str, source: str) -> ReportCell:
    found = rows[(rows["reading"] == reading) & (rows["source"] == source)]
    if found.empty:
        return UNREAD
    of_difference, of_mean = SCALES[reading]
    cell = read_over_runs(
        found.assign(n=found["n_noted"] + found["n_not_noted"]),
        scale=of_difference,
        value="within_label",
        limits=("within_label_low", "within_label_high"),
    )
    means = (of_mean(float(found[name].mean())) for name in ("mean_noted", "mean_not_noted"))
    beside = "noted {} (n = {}), else {}".format(
        next(means), span(found["n_noted"].tolist()), next(means)
    )
    return replace(cell, small=(*cell.small, beside, *filter(None, [read_p_values(found)])))


SECTION = Section(
    "descriptors",
    "What the radiologist saw",
    "score.html",
    needs=("descriptor_agreement",),
    figures=(
        Caption(
            name="descriptors_figure",
            drawn_from="descriptor_agreement",
            intervals=True,
            title="Where the radiologist noted something",
            text="How much more maps point at a region, and decisions hang on it, on scans where something was noted there, among "
            "scans of one label.",
            alt="Dot plot of the differences with intervals, one row per finding, one panel per reading.",
        ),
    ),
    tell=_tell,
)

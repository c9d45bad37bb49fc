"""The reversed shortcut: whether guidance protects a network against marks that go with one label in training only."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sonolens.figures.experiments.reversed_shortcut import (
    GUIDANCE_NAMES,
    PLACE_NAMES,
    READING_NAMES,
)
from sonolens.report.numerals import (
    counted,
    difference_with_interval,
    p_value,
    score_with_interval,
    score_with_range,
)
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.shortcuts import ReversedShortcutTable
from sonolens.tables.vocabulary import GUIDANCES


def say_reversed(reversed_shortcut: ReversedShortcutTable) -> list[str]:
    """Say by place and configuration what the reversed marks did, and whether guidance helped."""
    told = reversed_shortcut[reversed_shortcut["reading"] == "reversed"]
    return [
        sentence
        for place, rows in told.groupby("place", sort=False)
        for sentence in _say_place(str(place), rows, reversed_shortcut)
    ]


def _say_place(place: str, rows: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    guided = rows[rows["guidance"] != GUIDANCES[0]].dropna(subset="difference")
    alone = rows[rows["guidance"] == GUIDANCES[0]]
    said = [_say_alone(place, row, table) for row in alone.to_dict(orient="records")]
    return said + [_say_guided(row) for row in guided.to_dict(orient="records")]


def _say_alone(place: str, row: Mapping[Hashable, Any], table: pd.DataFrame) -> str:
    same = table[(table["place"] == place) & (table["configuration"] == row["configuration"])]
    learnt = same[same["reading"] == "as_trained"].iloc[0]
    areas = [
        score_with_interval(each["auc"], each["ci_low"], each["ci_high"]) for each in (learnt, row)
    ]
    return (
        f"With {PLACE_NAMES[place]}, {row['configuration']} by labels alone reaches AUC {areas[0]} where marks lie as it learnt "
        f"them and {areas[1]} where they are reversed ({counted(row['n'], 'scan')}, chance {row['chance']:.2f})."
    )


def _say_guided(row: Mapping[Hashable, Any]) -> str:
    area = score_with_interval(row["auc"], row["ci_low"], row["ci_high"])
    limits = (row["difference"], row["difference_low"], row["difference_high"])
    verdict = "guidance is not shown to help or to harm"
    if row["difference_low"] > 0:
        verdict = "guidance helped"
    if row["difference_high"] < 0:
        verdict = "guidance harmed"
    return f"{row['configuration']} reaches {area} there: {verdict} (difference {difference_with_interval(*limits)})."


def _tell(tables: Tables) -> dict[str, Any]:
    table = tables["reversed_shortcut"]
    return {
        "sentences": say_reversed(table),
        "rows": [_read(row) for row in table.to_dict(orient="records")],
        "confidence": float(table["confidence"].iloc[0]),
        "runs": counted(int(table["runs"].max()), "run"),
        "one_run": int(table["runs"].max()) == 1,
    }


def _read(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {
        "place": PLACE_NAMES[row["place"]],
        "reading": READING_NAMES[row["reading"]],
        "configuration": row["configuration"],
        "guidance": GUIDANCE_NAMES[row["guidance"]],
        "n": f"{row['n']} ({row['n_malignant']} malignant, {row['n_marked']} marked)",
        "auc": score_with_interval(row["auc"], row["ci_low"], row["ci_high"]),
        "range": score_with_range(row["auc"], row["least_auc"], row["largest_auc"]),
        "difference": difference_with_interval(
            row["difference"], row["difference_low"], row["difference_high"]
        ),
        "p_value": p_value(row["p_value"]),
        "p_adjusted": p_value(row["p_adjusted"]),
    }


SECTION = Section(
    "reversed-shortcut",
    "A shortcut that turns around",
    "reversed_shortcut.html",
    needs=("reversed_shortcut",),
    figures=(
        Caption(
            name="reversed_shortcut_figure",
            intervals=True,
            title="With marks as learnt, without, and reversed",
            text="AUC on the same scans, guided and by labels alone.",
            alt="Dot plots: AUC with interval in each reading of the marks, guided and by labels alone, a panel per place.",
        ),
    ),
    tell=_tell,
)

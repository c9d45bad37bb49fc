"""Whether a map adds anything to the probability when decisions are suspended: paired, and ready to say no."""

from typing import Any

import pandas as pd

from sonolens.report.cells import (
    UNREAD,
    ReportCell,
    read_over_runs,
    read_p_values,
    score,
    share,
    share_difference,
)
from sonolens.report.methods import baselines_last, distinct, mark
from sonolens.report.numerals import NOTHING, difference_with_interval, percent
from sonolens.report.section import Section, Tables
from sonolens.tables.evidence import AbstentionGainTable

SCALES = {"accuracy": (share, share_difference), "auc": (score, difference_with_interval)}


def list_gains(abstention_gain: AbstentionGainTable) -> list[dict[str, Any]]:
    """List by method and share suspended what the kept decisions score with the map and without, baselines last."""
    rows = []
    for method in baselines_last(str(name) for name in abstention_gain["method"].unique()):
        of_method = abstention_gain[abstention_gain["method"] == method]
        for suspended, found in of_method.groupby("suspended", sort=True):
            cells = [
                cell
                for measure in SCALES
                for cell in _read(found[found["measure"] == measure], measure)
            ]
            names = (method, mark(method) or NOTHING, percent(float(str(suspended))))
            rows.append({"names": names, "cells": cells})
    return rows


def answer_gain(abstention_gain: AbstentionGainTable) -> str:
    """Say in how many comparisons the map helped or harmed, allowing for their number.

    Baselines are not counted, and of methods that draw the same maps only one is.
    """
    counted = distinct(str(name) for name in abstention_gain["method"].unique())
    told = abstention_gain[abstention_gain["method"].isin(counted)].dropna(subset="p_adjusted")
    if told.empty:
        return "No map could be asked."
    surely = told["p_adjusted"] < 1 - told["confidence"]
    more = int((surely & (told["difference"] > 0)).sum())
    less = int((surely & (told["difference"] < 0)).sum())
    answer = "No" if not more else "Yes, here and there" if more < len(told) else "Yes"
    return (
        f"{answer}: beside as many suspended by probability alone, the map left better decisions in {more} of {len(told)} "
        f"comparisons and worse ones in {less} (p adjusted below {percent(1 - told['confidence'].iloc[0])})."
    )


def _read(rows: pd.DataFrame, measure: str) -> list[ReportCell]:
    scale, difference_scale = SCALES[measure]
    if rows.empty:
        return [UNREAD, UNREAD]
    with_map = read_over_runs(
        rows,
        scale=scale,
        value="with_map",
        limits=(),
        beside={"alone": "alone"},
    )
    gain = read_over_runs(
        rows,
        scale=difference_scale,
        value="difference",
        limits=("difference_low", "difference_high"),
    )
    p_values = [words for words in (read_p_values(rows),) if words and gain != UNREAD]
    return [with_map, ReportCell(gain.text, (*gain.small, *p_values))]


def _tell(tables: Tables) -> dict[str, Any]:
    gain = tables["abstention_gain"]
    return {
        "question": "Some decisions are suspended: the least certain by probability alone, or by probability and map together, as many by "
        "either. What a map is worth beside the probability was learnt on validation scans, so that one that says nothing is not "
        f"made to speak. Are the decisions better that are kept? {answer_gain(gain)}",
        "caution": "what helps here was not read by anybody. p values allow for the shares and scores of one method and run, not for "
        "several methods or runs; an even score is no proof that maps are worthless, only that these scans do not show more.",
        "nothing_scored": "No decision was scored.",
        "caption": "Accuracy and AUC of the decisions kept, suspended by probability and map, and by probability alone",
        "names": ("Method", "Mark", "Suspended"),
        "columns": ("Accuracy, with map", "Map adds", "AUC, with map", "Map adds to AUC"),
        "rows": list_gains(gain),
    }


SECTION = Section(
    "abstention-gain",
    "Map beside probability",
    "score.html",
    heading="Does the map add anything to the probability?",
    needs=("abstention_gain",),
    tell=_tell,
)

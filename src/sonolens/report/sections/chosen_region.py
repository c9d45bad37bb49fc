"""Whether one region can be read instead of the whole scan: the answer of every run, and every choice."""

import math
from typing import Any

import pandas as pd

from sonolens.figures.reliance.regions import FILL_NAMES, REGION_NAMES
from sonolens.report.cells import (
    ReportCell,
    difference,
    read_over_runs,
    read_p_values,
    score,
    share,
    share_difference,
)
from sonolens.report.numerals import counted, score_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.reliance import ChosenRegionsTable

DIFFERENCE = ("difference", "difference_low", "difference_high")
COLUMNS = ("AUC where it was chosen", "AUC of its value", "Less that of the logit", "Right calls")


def say_chosen(chosen_regions: ChosenRegionsTable) -> list[str]:
    """Say of each run in one sentence whether reading one region tells labels better than the logit does."""
    over_all = chosen_regions.query("null == 'none' and among == 'all'")
    named = len(over_all) > 1
    placebos = chosen_regions.query("null != 'none' and among == 'all'")
    return [
        f"{row['run']}: {_tell_run(row, placebos)}" if named else _tell_run(row, placebos)
        for _, row in over_all.iterrows()
    ]


def _tell_run(row: pd.Series, placebos: pd.DataFrame) -> str:
    if row["region"] == "none":
        return f"No region could be chosen: the {counted(row['n_validation'], 'validation scan')} are all of one label."
    if pd.isna(row["auc"]):
        return f"Nothing can be said: the {counted(row['n'], 'scan')} scored are all of one label."
    beside = difference(*(float(row[name]) for name in DIFFERENCE))
    chosen = (
        f"Of {row['candidates']} values {REGION_NAMES[row['region']]}, filled by {FILL_NAMES[row['fill']]}, did best on "
        f"{counted(row['n_validation'], 'validation scan')}; on {counted(row['n'], 'other scan')} its AUC is "
        f"{score_with_interval(row['auc'], row['ci_low'], row['ci_high'])}, that of the whole logit "
        f"{score_with_interval(row['whole_auc'])} (difference {beside})"
        f"{_tell_placebos(placebos[placebos['run'] == row['run']])}"
    )
    if row["difference_low"] > 0:
        return f"Reading one region is shown to tell labels better than the logit. {chosen}."
    if row["difference_high"] < 0:
        return f"Reading one region tells labels worse than the logit. {chosen}."
    return f"Reading one region is not shown to tell labels better than the logit. {chosen}."


def _tell_placebos(placebos: pd.DataFrame) -> str:
    told = [
        score_with_interval(placebo["auc"], placebo["ci_low"], placebo["ci_high"])
        for placebo in placebos.dropna(subset="auc").to_dict(orient="records")
    ]
    return f"; of placebos chosen alike it is {' and '.join(told)}" if told else ""


def _tell(tables: Tables) -> dict[str, Any]:
    chosen = tables["chosen_regions"]
    several = len(set(chosen["run"])) > 1
    return {
        "sentences": say_chosen(chosen),
        "names": (*(("Run",) if several else ()), "Chosen among values by", "Region"),
        "columns": COLUMNS,
        "rows": [
            {"names": _name(row, several), "cells": _read(row.to_frame().T.infer_objects())}
            for _, row in chosen.iterrows()
        ],
        "confidence": float(chosen["confidence"].iloc[0]),
    }


def _name(row: pd.Series, several: bool) -> tuple[str, ...]:
    among = "any fill" if row["among"] == "all" else FILL_NAMES[row["among"]]
    null = f" ({row['null']})" if row["null"] != "none" else ""
    named = (among, REGION_NAMES.get(row["region"], "none") + null)
    return (row["run"], *named) if several else named


def _read(row: pd.DataFrame) -> list[ReportCell]:
    """Read a table of one row."""
    validation = row.assign(n=row["n_validation"], ci_low=math.nan, ci_high=math.nan)
    apart = read_over_runs(row, scale=difference, value=DIFFERENCE[0], limits=DIFFERENCE[1:])
    right = read_over_runs(
        row,
        scale=share,
        value="right",
        limits=("right_low", "right_high"),
        beside={"by the logit": "whole_right"},
    )
    more = share_difference(*(float(row[f"right_{name}"].iloc[0]) for name in DIFFERENCE))
    return [
        read_over_runs(validation, scale=score, value="validation_auc"),
        read_over_runs(row, scale=score, value="auc", beside={"whole logit": "whole_auc"}),
        ReportCell(apart.text, (read_p_values(row),)),
        ReportCell(right.text, (*right.small, more)),
    ]


SECTION = Section(
    "chosen-region",
    "Can explanations improve classification?",
    "chosen_region.html",
    needs=("chosen_regions",),
    figures=(
        Caption(
            name="chosen_regions_figure",
            intervals=True,
            title="One region read instead of the whole scan",
            text="Chosen on validation scans, judged on others; beside the whole logit, and beside a choice among placebos.",
            alt="Dot plot: per fill the AUC of the region chosen with its interval, of the whole logit, and of a placebo.",
        ),
    ),
    tell=_tell,
)

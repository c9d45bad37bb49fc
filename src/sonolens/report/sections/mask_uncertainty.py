"""How far the hits of the pointing game hang on where the annotations lie."""

from typing import Any

import pandas as pd

from sonolens.figures.reliance.regions import REGION_NAMES
from sonolens.report.cells import ReportCell, read_over_runs, share
from sonolens.report.numerals import percent, percent_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.pointing import MaskUncertaintyTable

COLUMNS = (
    "As annotated, over patients",
    "Annotations moved",
    "Both",
    "Hits decided by less than a cell",
    "Misses decided by less than a cell",
)
MAPS = ["method", "run"]


def say_uncertainty(mask_uncertainty: MaskUncertaintyTable) -> list[str]:
    """Say of every method and run how much wider the interval of its hits in any region is for the annotations."""
    told = []
    several = len(mask_uncertainty[MAPS].drop_duplicates()) > 1
    for (method, run), rows in mask_uncertainty.groupby(MAPS, sort=False):
        (row,) = rows[rows["region"] == "any"].to_dict(orient="records")
        line = (
            f"As annotated {percent_with_interval(row['rate'], row['ci_low'], row['ci_high'])} of {row['n']} rightly called scans hit a region, blind points {percent(row['chance'])}; "
            f"with annotations as another reader might have made them {percent(row['moved_rate'])}, which leaves "
            f"[{percent(row['moved_low'])}, {percent(row['moved_high'])}] open, and with patients resampled too "
            f"[{percent(row['both_low'])}, {percent(row['both_high'])}]."
        )
        told.append(f"{method}, {run}: {line}" if several else line)
    return told


def _tell(tables: Tables) -> dict[str, Any]:
    table = tables["mask_uncertainty"]
    several = len(table[MAPS].drop_duplicates()) > 1
    keys = ["method", "run", "region"]
    return {
        "sentences": say_uncertainty(table),
        "names": (*(("Method", "Run") if several else ()), "Region"),
        "columns": COLUMNS,
        "rows": [_read(rows, several) for _, rows in table.groupby(keys, sort=False)],
        "draws": int(table["draws"].iloc[0]),
        "confidence": float(table["confidence"].iloc[0]),
    }


def _read(rows: pd.DataFrame, several: bool) -> dict[str, Any]:
    """Read a table of one row."""
    row = rows.iloc[0]
    region = REGION_NAMES.get(row["region"], "any of them")
    moved = percent_with_interval(row["moved_rate"], row["moved_low"], row["moved_high"])
    both = percent_with_interval(row["rate"], row["both_low"], row["both_high"])
    return {
        "names": (row["method"], row["run"], region) if several else (region,),
        "cells": [
            read_over_runs(rows, scale=share, value="rate", beside={"chance": "chance"}),
            ReportCell(moved),
            ReportCell(both),
            ReportCell(percent(row["near_hits"])),
            ReportCell(percent(row["near_misses"])),
        ],
    }


SECTION = Section(
    "mask-uncertainty",
    "How far hits hang on the annotations",
    "mask_uncertainty.html",
    needs=("mask_uncertainty",),
    figures=(
        Caption(
            name="mask_uncertainty_figure",
            intervals=True,
            title="Hits, and what patients and annotations leave open",
            text="Black over patients, grey over contours, spacing and places in a cell drawn anew, the broad bar over both.",
            alt="Dot plot: per region the hit rate with its interval over patients, over annotations, and over both.",
        ),
    ),
    tell=_tell,
)

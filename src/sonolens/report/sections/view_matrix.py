"""Train x test: networks fitted to one view of the scans and asked of another, beside whole scans."""

import math
from typing import Any

import pandas as pd

from sonolens.evaluation.classification import EVEN
from sonolens.figures.reliance.regions import FILL_NAMES
from sonolens.figures.reliance.view_matrix import name_view
from sonolens.report.cells import ReportCell, difference, read_over_runs, read_p_values, score
from sonolens.report.numerals import counted, score_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.views import ViewMatrixTable

COLUMNS = ("AUC", "Difference to whole scans")


def say_views(view_matrix: ViewMatrixTable) -> list[str]:
    """Say of each run what networks can do that never saw a region, or nothing else."""
    told = {str(run): _tell_run(rows) for run, rows in view_matrix.groupby("run", sort=False)}
    return [f"{run}: {line}" if len(told) > 1 else line for run, line in told.items()]


def _tell_run(cells: pd.DataFrame) -> str:
    own = cells[cells["trained_on"] == cells["asked_of"]].set_index("trained_on")
    whole = own.loc[["whole"], ["auc", "ci_low", "ci_high"]].to_numpy(dtype=float)
    auc, low, high = whole[0].tolist()
    if math.isnan(auc):
        return f"Nothing can be said: the {counted(int(cells['n'].max()), 'scan')} scored are all of one label."
    area = score_with_interval(auc, low, high)
    if not low > EVEN:
        return f"The network fitted to whole scans does not tell them apart (AUC {area}), so views of them say nothing."
    parts = [_tell_view(str(view), row) for view, row in own.drop("whole").iterrows()]
    counted_scans = counted(int(cells["n"].max()), "scan")
    begun = f"Fitted to whole scans the network reaches AUC {area} on {counted_scans} (chance {EVEN:.2f})"
    return f"{begun}; fitted to and asked of {'; '.join(parts)}."


def _tell_view(view: str, row: pd.Series) -> str:
    area = score_with_interval(row["auc"], row["ci_low"], row["ci_high"])
    if not row["ci_low"] > EVEN:
        return f"scans {name_view(view)} {area}, which is not shown to be above chance"
    if row["difference_low"] > 0:
        return f"scans {name_view(view)} {area}, above chance and more than of whole scans"
    if row["difference_high"] < 0:
        return f"scans {name_view(view)} {area}, above chance and less than of whole scans"
    return (
        f"scans {name_view(view)} {area}, above chance and not shown to be less than of whole scans"
    )


def _tell(tables: Tables) -> dict[str, Any]:
    matrix = tables["view_matrix"]
    several = len(set(matrix["configuration"])) > 1
    keys = ["configuration", "trained_on", "asked_of"]
    return {
        "sentences": say_views(matrix),
        "names": (*(("Configuration",) if several else ()), "Fitted to", "Asked of"),
        "columns": COLUMNS,
        "rows": [_read(rows, several) for _, rows in matrix.groupby(keys, sort=False)],
        "fill": FILL_NAMES[matrix["fill"].iloc[0]],
        "confidence": float(matrix["confidence"].iloc[0]),
    }


def _read(rows: pd.DataFrame, several: bool) -> dict[str, Any]:
    first = rows.iloc[0]
    views = (name_view(first["trained_on"]), name_view(first["asked_of"]))
    limits = ("difference_low", "difference_high")
    apart = read_over_runs(rows, scale=difference, value="difference", limits=limits)
    small = tuple(line for line in (*apart.small, read_p_values(rows)) if line)
    return {
        "names": (*((first["configuration"],) if several else ()), *views),
        "cells": [
            read_over_runs(rows, scale=score, value="auc", beside={"chance": "chance"}),
            ReportCell(apart.text, small),
        ],
    }


SECTION = Section(
    "view-matrix",
    "Networks that never saw a region",
    "view_matrix.html",
    needs=("view_matrix",),
    figures=(
        Caption(
            name="view_matrix_figure",
            intervals=True,
            title="Fitted to one view, asked of another",
            text="AUC, and below it the difference to the network fitted to whole scans and asked of them.",
            alt="Heat table: what networks were fitted to down, what they were asked of across, AUCs inside.",
        ),
    ),
    tell=_tell,
)

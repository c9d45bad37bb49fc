"""The resolution curve in words and rows: what size of evidence, in cells of a map, it still points to."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.evaluation.classification.roc import EVEN
from sonolens.report.numerals import (
    amount,
    percent,
    percent_with_interval,
    score_with_interval,
)

COLUMNS = ("Disc, mm", "Cell, mm", "Disc over cell", "Test AUC", "Hits", "n", "Chance", "At most")


def say_resolution(resolution_curve: pd.DataFrame, *, method: str) -> list[str]:
    """Say of every network and stride what a method finds of the smallest disc that was learnt, and of the largest.

    Args:
        resolution_curve: A `ResolutionCurve` table.
        method: Of whose maps is spoken.
    """
    planted = resolution_curve[
        (resolution_curve["share"] > 0) & (resolution_curve["method"] == method)
    ]
    return [
        _say_fits(f"{network} at stride {stride}", rows.sort_values("diameter_mm"), method)
        for (network, stride), rows in planted.groupby(["network", "output_stride"], sort=False)
    ]


def list_resolution(resolution_curve: pd.DataFrame, *, method: str) -> list[dict[str, Any]]:
    """Set out the rows of a method, the null too."""
    rows = resolution_curve[resolution_curve["method"] == method]
    return [_read(row) for row in rows.to_dict(orient="records")]


def _say_fits(name: str, rows: pd.DataFrame, method: str) -> str:
    learnt = rows[rows["auc_ci_low"] > EVEN]
    cells = f"cells of {amount(float(rows['cell_mm'].mean()), digits=2)} mm"
    if learnt.empty:
        return f"{name} ({cells}): no disc was learnt, so no map had anything to find."
    shown = dict.fromkeys((learnt.index[0], learnt.index[-1]))
    told = "; ".join(_say_disc(learnt.loc[place].to_dict()) for place in shown)
    missed = sorted(set(rows["diameter_mm"]) - set(learnt["diameter_mm"]))
    silent = f"; not learnt: {', '.join(f'{each:g}' for each in missed)} mm" if missed else ""
    return f"{name} ({cells}): {method} points to {told}{silent}."


def _say_disc(row: Mapping[Any, Any]) -> str:
    wide = amount(row["diameter_per_cell"], digits=2)
    rate = percent_with_interval(row["rate"], row["ci_low"], row["ci_high"])
    return (
        f"a disc of {row['diameter_mm']:g} mm, {wide} cells wide, in {rate} of {row['n']} maps "
        f"(chance {percent(row['chance'])}, at most {percent(row['ceiling'])})"
    )


def _read(row: Mapping[Any, Any]) -> dict[str, Any]:
    dose = "nothing planted" if row["share"] == 0 else f"in {percent(row['share'])}"
    strength = "" if row["strength"] == 1 else f", strength {percent(row['strength'])}"
    return {
        "names": (
            f"{row['network']} at stride {row['output_stride']}, seed {row['seed']}",
            dose + strength,
        ),
        "cells": [
            f"{row['diameter_mm']:g}",
            amount(row["cell_mm"], digits=2),
            amount(row["diameter_per_cell"], digits=2),
            score_with_interval(row["auc"], row["auc_ci_low"], row["auc_ci_high"]),
            percent_with_interval(row["rate"], row["ci_low"], row["ci_high"]),
            row["n"],
            percent(row["chance"]),
            percent(row["ceiling"]),
        ],
    }

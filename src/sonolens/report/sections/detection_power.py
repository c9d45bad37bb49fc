"""Detection power: at which share and strength each method finds a plant, and whether accuracy gave it away."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.report.methods import choose_method, knows_nothing
from sonolens.report.numerals import NOTHING, counted, percent
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.report.sections import resolution
from sonolens.report.sections.planted import tell_area, tell_rate

UNASKED = "cannot be asked"

DRAWN_BY = "cam"
"""The maps of which one sentence speaks."""

COLUMNS = (
    "Smallest share found",
    "Smallest strength found",
    "Smallest share that the AUC tells",
    "Smallest strength that the AUC tells",
    "False alarms at none",
)


def say_limits(limits: pd.DataFrame) -> list[str]:
    """Say of every plant and network which methods find it, and what accuracy tells of it."""
    return [
        _say_plant(str(plant), str(network), rows)
        for (plant, network), rows in limits.groupby(["plant", "network"], sort=False)
    ]


def say_power(detection_power: pd.DataFrame) -> list[str]:
    """Say of every plant and network what its AUC, and one method, tell of the largest dose, beside chance and none.

    The method is the class activation map, or the first that sees the network: no choice by what was found.
    """
    return [
        _say_largest(f"{str(plant).replace('_', ' ')}, {network}", rows)
        for (plant, network), rows in detection_power.groupby(["plant", "network"], sort=False)
    ]


def _say_largest(name: str, rows: pd.DataFrame) -> str:
    method = choose_method(rows["method"], preferred=DRAWN_BY)
    doses = rows[rows["method"] == method].sort_values(["share", "strength"])
    row = doses.iloc[-1].to_dict()
    area, rate = tell_area(_as_summary(row)), tell_rate(_as_summary(row))
    if not row["learnt"]:
        return f"{name}: not learnt even at the largest dose (AUC {area}, chance 0.50), so no map had anything to find."
    told = f"{name}: at the largest dose its AUC is {area}, and {method} points to the plant in {rate} of {counted(row['n'], 'map')} (chance {percent(row['chance'])})"
    null = doses[(doses["share"] == 0) & (doses["asked"] > 0)]
    if null.empty:
        return f"{told}; at none nothing was asked."
    at_none = null.iloc[0].to_dict()
    return f"{told}; at none in {tell_rate(_as_summary(at_none))} of {at_none['n']}."


def _as_summary(row: Mapping[Any, Any]) -> dict[Any, Any]:
    limits = {"low": row["rate_low"], "high": row["rate_high"], "seeds": row["fits"]}
    return {**row, **limits}


def _say_plant(plant: str, network: str, rows: pd.DataFrame) -> str:
    name = plant.replace("_", " ")
    first = rows.iloc[0]
    if math.isnan(first["accuracy_share"]):
        return (
            f"{name}, {network}: not learnt even where all bear it, so no map had anything to find, and nothing is said of "
            "methods."
        )
    told = f"its AUC tells of it from a share of {percent(first['accuracy_share'])} on"
    blind = rows["method"].map(knows_nothing)
    # What could not be asked has missed nothing.
    seeing = rows[~blind & (rows["asked"] > 0)]
    found = seeing.dropna(subset="smallest_share")
    if found.empty:
        said = "no method that sees the network finds it"
    else:
        said = f"found by {_list(found)}"
        missed = len(seeing) - len(found)
        said += f", and not by {missed} more that see the network" if missed else ""
    alike = rows[blind].dropna(subset="smallest_share")
    beside = f"; {_list(alike)} without seeing the network" if len(alike) else ""
    return f"{name}, {network}: {told}; {said}{beside}."


def _list(found: pd.DataFrame) -> str:
    """List methods with the share from which on they find it, the smallest first."""
    ranked = found.sort_values("smallest_share", kind="stable").to_dict(orient="records")
    return ", ".join(f"{row['method']} from {percent(row['smallest_share'])}" for row in ranked)


def _tell(tables: Tables) -> dict[str, Any]:
    power, limits = tables["detection_power"], tables["detection_limits"]
    curve = tables["resolution_curve"]
    method = choose_method(curve["method"], preferred=DRAWN_BY)
    return {
        "resolution": resolution.say_resolution(curve, method=method),
        "resolution_columns": resolution.COLUMNS,
        "resolution_rows": resolution.list_resolution(curve, method=method),
        "resolution_method": method,
        "sentences": say_limits(limits),
        "columns": COLUMNS,
        "rows": [_read(row) for row in limits.to_dict(orient="records")],
        "fits": int(power["fits"].max()),
        "confidence": float(power["confidence"].iloc[0]),
        "nulls": bool((power["share"] == 0).any()),
    }


def _read(row: dict[Any, Any]) -> dict[str, Any]:
    axes = ("smallest_share", "smallest_strength", "accuracy_share", "accuracy_strength")
    cells = [NOTHING if math.isnan(row[axis]) else percent(row[axis]) for axis in axes]
    if not row["asked"]:
        cells[:2] = [UNASKED, UNASKED]
    alarms = f"{row['false_alarms']} of {counted(row['asked_at_none'], 'fit')}"
    if not row["asked_at_none"]:
        alarms = UNASKED if row["fits_at_none"] else NOTHING
    return {
        "names": (row["plant"].replace("_", " "), row["network"], row["method"]),
        "cells": [*cells, alarms],
    }


SECTION = Section(
    "detection-power",
    "Detection power",
    "detection_power.html",
    heading="What could these explanations have found?",
    needs=("detection_power", "detection_limits", "resolution_curve"),
    figures=(
        Caption(
            name="planted_sheet",
            title="What was planted",
            text="A few scans of every plant at its strongest, beside the same scans without it where there are such.",
            alt="Scans, each beside itself with a plant.",
        ),
        Caption(
            name="detection_power_figure",
            intervals=True,
            title="From none to all",
            text="Share of maps that point to the plant, by the share of masses that bear it and by its strength.",
            alt="Small panels per method: hit rate against dose, beside chance.",
        ),
        Caption(
            name="resolution_figure",
            drawn_from="resolution_curve",
            intervals=True,
            title="Pointing at what is smaller than a cell",
            text="Share of maps that point to a disc, by the disc's width in cells of the map: a line per network and stride.",
            alt="A panel per method: hit rate against the width of the disc in cells, beside chance and what cannot be exceeded.",
        ),
    ),
    tell=_tell,
)

"""Whole runs side by side: the differences of every pair with their intervals, one below the other."""

import math
from collections.abc import Hashable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN, frame, write_words
from sonolens.figures.reliance.regions import FILL_NAMES
from sonolens.figures.style import (
    BODY_PT,
    FAINT,
    HAIRLINE,
    INK,
    MUTED,
    REGION_TITLES,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
)
from sonolens.tables.run_comparison import RunComparisonTable

Row: TypeAlias = Mapping[Hashable, Any]

ROW_IN, GROUP_IN = 0.22, 0.5
HEAD_IN, FOOT_IN = 0.4, 1.0
NAMES_IN, PANEL_IN, VALUES_IN = 3.5, 3.4, 2.2

HEADINGS = {"auc": "AUC", "hit_rate": "Hit rate", "reliance_share": "Share of reliance"}
SHOWN_RULE = "decision"
LEFT_OUT = ("delong",)
"""The second test of the same difference: it stands in the table."""


@in_house_style
def draw_run_comparison(run_comparison: RunComparisonTable) -> Figure:
    """Draw the difference of two runs in every quantity, with its interval; grey where it may be none.

    Hit rates are drawn by the rule ``decision``; all rows stand in the table.
    """
    groups = list(group_rows(run_comparison))
    rows = sum(len(each) for _, each in groups)
    height_in = ROW_IN * rows + GROUP_IN * len(groups)
    width_in = 2 * MARGIN_IN + NAMES_IN + PANEL_IN + VALUES_IN
    figure = new_page(width_in=width_in, height_in=HEAD_IN + height_in + FOOT_IN)
    left_in = MARGIN_IN + NAMES_IN
    axes = place_axes(figure, left_in=left_in, top_in=HEAD_IN, size_in=(PANEL_IN, height_in))
    top_in = 0.0
    for heading, each in groups:
        name = elide(heading, width_in=width_in - 2 * MARGIN_IN, size_pt=BODY_PT, bold=True)
        write(figure, name, left_in=MARGIN_IN, top_in=HEAD_IN + top_in + 0.18, bold=True)
        top_in += GROUP_IN
        for row in each:
            _draw_row(axes, row, top_in + ROW_IN / 2)
            _write_row(figure, row, top_in=HEAD_IN + top_in + 0.05)
            top_in += ROW_IN
    _frame_rows(axes, run_comparison, height_in=height_in)
    write_words(figure, "Runs side by side", _explain(run_comparison), foot_in=FOOT_IN - 0.45)
    return figure


def name_side(row: Row, side: str) -> str:
    """Call a side by its label, or by its run where it has none."""
    label = row[f"{side}_label"]
    return str(label) if isinstance(label, str) else str(row[side])


def name_row(row: Row) -> str:
    """Say what a row compares, in words."""
    if row["quantity"] == "auc":
        return f"AUC per {row['level']}"
    if row["quantity"] == "hit_rate":
        return f"{REGION_TITLES[row['region']]}, {row['method']}"
    region = REGION_TITLES.get(
        row["region"], {"other": "all else"}.get(row["region"], row["region"])
    )
    return f"{region}, {FILL_NAMES[row['rule']]}"


def group_rows(run_comparison: pd.DataFrame) -> list[tuple[str, list[Row]]]:
    """Gather the rows that are drawn, under a heading for each pair and quantity."""
    shown = run_comparison[
        ~run_comparison["test"].isin(LEFT_OUT)
        & ((run_comparison["quantity"] != "hit_rate") | (run_comparison["rule"] == SHOWN_RULE))
        & run_comparison["difference"].notna()
    ]
    keys = ["first", "second", "first_configuration", "second_configuration", "quantity"]
    groups = []
    for _, rows in shown.groupby(keys, sort=False):
        records: list[Row] = list(rows.to_dict(orient="records"))
        first = records[0]
        names = [name_side(first, side) for side in ("first", "second")]
        configurations = {first["first_configuration"], first["second_configuration"]}
        told = f" ({', '.join(sorted(configurations))})" if len(configurations) == 1 else ""
        groups.append((f"{HEADINGS[first['quantity']]}: {' − '.join(names)}{told}", records))
    return groups


def _draw_row(axes: Axes, row: Row, height: float) -> None:
    apart = row["ci_low"] > 0 or row["ci_high"] < 0
    colour = INK if apart else FAINT
    keys = ("quantity", "level", "method", "region", "rule")
    name = "-".join(row[key] for key in keys if isinstance(row[key], str))
    axes.plot(
        [row["ci_low"], row["ci_high"]],
        [height, height],
        color=colour,
        linewidth=1.4,
        solid_capstyle="butt",
        gid=f"interval-{name}",
    )
    face = colour if row["paired"] else "white"
    axes.plot(
        row["difference"],
        height,
        "o",
        ms=5.5,
        color=colour,
        mfc=face,
        clip_on=False,
        gid=f"difference-{name}",
    )


def _write_row(figure: Figure, row: Row, *, top_in: float) -> None:
    name = elide(name_row(row), width_in=NAMES_IN - 0.3, size_pt=BODY_PT)
    write(figure, name, left_in=MARGIN_IN + 0.15, top_in=top_in)
    beside = []
    for side in ("first", "second"):
        chance = row[f"{side}_chance"]
        chance = "" if math.isnan(chance) or row["quantity"] == "auc" else f" ({chance:.2f})"
        beside.append(f"{row[f'{side}_value']:.2f}{chance}")
    counts = row["first_n"], row["second_n"]
    n = f"n {counts[0]}" if row["paired"] else f"n {counts[0]}, {counts[1]}"
    text = f"{' | '.join(beside)}   {n}"
    left_in = MARGIN_IN + NAMES_IN + PANEL_IN + 0.15
    write(figure, text, left_in=left_in, top_in=top_in, size_pt=SMALL_PT, colour=MUTED)


def _frame_rows(axes: Axes, run_comparison: pd.DataFrame, *, height_in: float) -> None:
    limits = run_comparison[["ci_low", "ci_high", "difference"]].abs().to_numpy(dtype=float)
    known = limits[~np.isnan(limits)]
    widest = min(1.0, max(0.1, 1.1 * float(known.max(initial=0.0))))
    axes.set_ylim(height_in, 0)
    axes.set_yticks([])
    axes.set_xlim(-widest, widest)
    axes.xaxis.set_major_formatter("{x:+.2g}")
    axes.axvline(0, color=INK, linewidth=0.8, zorder=0)
    axes.grid(axis="x", color=HAIRLINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    frame(axes, xlabel="first − second", ylabel="")


def _explain(run_comparison: pd.DataFrame) -> str:
    confidence = run_comparison["confidence"].iloc[0]
    return (
        f"Dots: first minus second, with {confidence:.0%} intervals over patients; full: on the scans that both runs share, "
        "hollow: either run on its own scans. Grey: the interval holds 0. Right: both values, in brackets what blind points "
        "hit or the share of the placebo; n: what is counted. Hit rates by the rule decision."
    )

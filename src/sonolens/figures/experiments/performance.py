"""Do networks that classify better point more often at the regions? One dot per run."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.figures.panels import FEW_RUNS, INKS, LEFT_IN, LEGEND_LINE_IN, frame, write_words
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_legend,
)
from sonolens.tables.experiments import PerformanceAndPointingTable, PerformanceCorrelationTable

SHOWN_REGION = "any"

MARKERS = ("o", "s", "^", "D", "v")
"""Every colour is used with every marker before a network looks like another."""

PANELS_ABREAST = 3
PANEL_IN = 2.45
GAP_IN = 0.75
TOP_IN = 0.55
ROW_IN = PANEL_IN + 1.15
WORDS_IN = 0.75
NARROWEST_IN = 6.4

Row: TypeAlias = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Dot:
    """How the runs of a network are drawn."""

    network: str
    colour: str
    marker: str


@in_house_style
def draw_performance_and_pointing(
    performance_and_pointing: PerformanceAndPointingTable,
    performance_correlation: PerformanceCorrelationTable,
) -> Figure:
    """Draw how far hit rates lie above chance against the AUC, one dot per run with both intervals.

    Shown is region ``any``; a panel per method, and per protocol where both were run. Networks have a colour;
    runs that learnt shuffled labels are hollow and leave Spearman's rho above the panel.
    """
    shown = performance_and_pointing[performance_and_pointing["region"] == SHOWN_REGION]
    correlations = {
        (row["protocol"], row["method"]): row
        for row in performance_correlation.to_dict(orient="records")
        if row["region"] == SHOWN_REGION
    }
    panels = list(shown.groupby(["protocol", "method"], sort=False))
    protocols = set(shown["protocol"])
    dots = _hand_out_dots(shown["network"].unique().tolist())
    shuffled = bool((shown["labels"] == "shuffled").any())
    abreast = min(PANELS_ABREAST, len(panels))
    below_in = TOP_IN + math.ceil(len(panels) / abreast) * ROW_IN
    legend_in = LEGEND_LINE_IN * (len(dots) + shuffled) + 0.1
    figure = new_page(
        width_in=max(NARROWEST_IN, LEFT_IN + abreast * (PANEL_IN + GAP_IN)),
        height_in=below_in + legend_in + WORDS_IN,
    )
    limits = _limits(shown)
    for place, ((protocol, method), runs) in enumerate(panels):
        row, column = divmod(place, abreast)
        left_in, top_in = LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + row * ROW_IN + 0.4
        axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=(PANEL_IN, PANEL_IN))
        _draw_runs(axes, runs, dots)
        _frame_panel(axes, limits, first=column == 0)
        title = f"{method}, {protocol} protocol" if len(protocols) > 1 else str(method)
        _write_title(figure, title, correlations[protocol, method], place_in=(left_in, top_in))
    _name_dots(figure, list(dots.values()), shuffled=shuffled, top_in=below_in)
    title = "Classifying well and pointing well"
    write_words(figure, title, _explain(shown), foot_in=WORDS_IN - 0.15)
    return figure


def _hand_out_dots(networks: Sequence[str]) -> dict[str, Dot]:
    return {
        network: Dot(
            network=network,
            colour=INKS[place % len(INKS)],
            marker=MARKERS[(place + place // len(INKS)) % len(MARKERS)],
        )
        for place, network in enumerate(networks)
    }


def _draw_runs(axes: Axes, runs: pd.DataFrame, dots: Mapping[str, Dot]) -> None:
    """Draw the runs of a panel, with fainter intervals where there are many."""
    few = len(runs) <= FEW_RUNS
    axes.axhline(0, color=HAIRLINE, linewidth=1.2, zorder=0)
    axes.axvline(0.5, color=HAIRLINE, linewidth=1.2, zorder=0)
    for run in runs.to_dict(orient="records"):
        dot, high = dots[run["network"]], run["rate_above_chance"]
        line: dict[str, Any] = {
            "color": dot.colour,
            "linewidth": 1.2 if few else 0.6,
            "alpha": 0.7 if few else 0.3,
        }
        axes.plot([run["auc_low"], run["auc_high"]], [high, high], gid=f"auc-{run['run']}", **line)
        # Chance is known, so the interval of the rate is that of what lies above it.
        limits = [run["ci_low"] - run["chance"], run["ci_high"] - run["chance"]]
        axes.plot([run["auc"]] * 2, limits, gid=f"rate-{run['run']}", **line)
        axes.plot(
            run["auc"],
            high,
            dot.marker,
            ms=6 if few else 4.5,
            color=dot.colour,
            mfc=PAGE if run["labels"] == "shuffled" else dot.colour,
            gid=f"run-{run['run']}",
        )


def _limits(shown: pd.DataFrame) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what all panels span: every interval, chance in both directions, and some room."""
    above = shown[["ci_low", "ci_high"]].sub(shown["chance"], axis=0).to_numpy(dtype=float)
    areas = shown[["auc_low", "auc_high", "auc"]].to_numpy(dtype=float)
    spans = []
    for values, chance in ((areas, 0.5), (above, 0.0)):
        known = np.append(values[~np.isnan(values)], chance)
        room = 0.05 * max(float(np.ptp(known)), 0.2)
        spans.append((float(known.min()) - room, float(known.max()) + room))
    return spans[0], spans[1]


def _frame_panel(
    axes: Axes, limits: tuple[tuple[float, float], tuple[float, float]], *, first: bool
) -> None:
    axes.set(xlim=limits[0], ylim=limits[1])
    axes.yaxis.set_major_formatter("{x:+.1f}")
    frame(axes, xlabel="AUC per scan", ylabel="hit rate − chance" if first else "")
    axes.tick_params(labelsize=SMALL_PT)


def _write_title(
    figure: Figure, title: str, correlation: Row, *, place_in: tuple[float, float]
) -> None:
    left_in, top_in = place_in
    name = elide(title, width_in=PANEL_IN, size_pt=BODY_PT, bold=True)
    write(figure, name, left_in=left_in, top_in=top_in - 0.4, bold=True)
    write(
        figure,
        _tell(correlation),
        left_in=left_in,
        top_in=top_in - 0.22,
        size_pt=SMALL_PT,
        colour=INK,
    )


def _tell(correlation: Row) -> str:
    """Write the correlation with interval, p value and number, or why there is none."""
    runs = correlation["n_runs"]
    counted = f"n = {runs} run" + ("" if runs == 1 else "s")
    if math.isnan(correlation["rho"]):
        return f"no rank correlation, {counted}"
    low, high = correlation["ci_low"], correlation["ci_high"]
    interval = "" if math.isnan(low) else f" [{low:.2f}, {high:.2f}]"
    return f"rho {correlation['rho']:.2f}{interval}, p {correlation['p_value']:.2g}, {counted}"


def _name_dots(figure: Figure, dots: Sequence[Dot], *, shuffled: bool, top_in: float) -> None:
    """Write the legend of all networks below the panels."""
    handles = [
        Line2D([], [], color=dot.colour, marker=dot.marker, ms=5, ls="none", label=dot.network)
        for dot in dots
    ]
    if shuffled:
        hollow = Line2D([], [], color=INK, marker="o", ms=5, ls="none", mfc=PAGE)
        hollow.set_label("hollow: learnt shuffled labels, left out of rho")
        handles.append(hollow)
    write_legend(figure, handles, left_in=LEFT_IN, top_in=top_in, labelspacing=0.45)


def _explain(shown: pd.DataFrame) -> str:
    return (
        f"One dot per run: all {shown['partition'].iloc[0]} scans, the extreme that argues for the call, in at least "
        "one of the three regions. Grey lines: chance. Bars: "
        f"{shown['confidence'].iloc[0]:.0%} intervals. rho: Spearman's over runs, from four on; runs share "
        "scans, so its interval and p are rather too sure."
    )

"""Calibration: how often cases were malignant beside how probable the network called it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import (
    FEW_RUNS,
    LEFT_IN,
    LEGEND_LINE_IN,
    Pen,
    frame,
    hand_out_pens,
    name_pens,
    write_heading,
)
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
)
from sonolens.tables.classification import CalibrationCurveTable
from sonolens.tables.training import TrainingRunsTable
from sonolens.tables.vocabulary import LEVELS

SCALINGS = ("before", "after")
PANEL_IN = 2.7
STRIP_IN = 0.42
GAP_IN = 0.75
TOP_IN = 0.85
ROW_IN = PANEL_IN + STRIP_IN + 0.9


@in_house_style
def draw_calibration(
    calibration_curve: CalibrationCurveTable, *, training_runs: TrainingRunsTable, partition: str
) -> Figure:
    """Draw the malignant share against the mean probability, before and after temperature scaling.

    A row of panels per level, a column per scaling; the diagonal is perfect calibration. Below each
    panel a strip counts the cases of every bin. Bars are Wilson intervals; many runs are drawn
    without, and one legend entry names each configuration.

    Args:
        partition: Whose cases are shown.

    Raises:
        ValueError: If the partition has no curve, because it has no cases.
    """
    curves = calibration_curve[calibration_curve["partition"] == partition]
    if curves.empty:
        raise ValueError(
            f"partition {partition!r} has no calibration curve; it needs scans that were predicted"
        )
    levels = [level for level in LEVELS if (curves["level"] == level).any()]
    scalings = [name for name in SCALINGS if (curves["scaling"] == name).any()]
    pens = hand_out_pens(training_runs)
    several = len(curves["run"].unique()) > 1
    legend_in = LEGEND_LINE_IN * len(set(pens.values())) if several else 0.0
    figure = new_page(
        width_in=LEFT_IN + len(scalings) * (PANEL_IN + GAP_IN),
        height_in=TOP_IN + len(levels) * ROW_IN + legend_in,
    )
    for row, level in enumerate(levels):
        for column, scaling in enumerate(scalings):
            found = curves[(curves["level"] == level) & (curves["scaling"] == scaling)]
            _draw_panel(figure, found, pens=pens, row=row, column=column)
    if several:
        name_pens(figure, pens, left_in=LEFT_IN, top_in=TOP_IN + len(levels) * ROW_IN - 0.25)
    write_heading(figure, f"Calibration, {partition} partition", _explain(curves))
    return figure


def _draw_panel(
    figure: Figure, curves: pd.DataFrame, *, pens: Mapping[str, Pen], row: int, column: int
) -> None:
    """Draw one level and scaling: the curves, and the strip of counts below them."""
    if curves.empty:
        return
    left_in, top_in = LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + row * ROW_IN
    axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=(PANEL_IN, PANEL_IN))
    axes.plot([0, 1], [0, 1], color=HAIRLINE, linewidth=1.2, gid="diagonal")
    strip = place_axes(
        figure, left_in=left_in, top_in=top_in + PANEL_IN + 0.12, size_in=(PANEL_IN, STRIP_IN)
    )
    runs = list(curves.groupby("run", sort=False))
    for run, curve in runs:
        _draw_curve(axes, strip, curve.sort_values("bin"), pen=pens[str(run)], runs=len(runs))
    level, scaling = curves["level"].iloc[0], curves["scaling"].iloc[0]
    number = f", n = {curves['n'].sum()}" if len(runs) == 1 else ""
    axes.set_title(
        f"per {level}, {scaling} scaling{number}", fontsize=BODY_PT, color=INK, loc="left"
    )
    frame(axes, xlabel="", ylabel="" if column else "malignant share")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.set_xticks(np.linspace(0, 1, 6), [])
    axes.tick_params(labelsize=SMALL_PT)
    frame(strip, xlabel="mean probability of malignancy", ylabel="" if column else "cases")
    strip.set(xlim=(-0.02, 1.02), ylim=(0, 1.15 * curves["n"].max()))
    strip.set_xticks(np.linspace(0, 1, 6))
    strip.set_yticks([0, int(curves["n"].max())])
    strip.tick_params(labelsize=SMALL_PT)


def _draw_curve(axes: Axes, strip: Axes, curve: pd.DataFrame, *, pen: Pen, runs: int) -> None:
    """Draw one run: its bins joined by a line, their intervals if few runs share the panel."""
    place = f"{curve['level'].iloc[0]}-{curve['scaling'].iloc[0]}"
    axes.plot(
        curve["mean_probability"],
        curve["malignant_share"],
        color=pen.colour,
        linestyle=pen.line,
        linewidth=pen.width,
        marker="o" if runs <= FEW_RUNS else None,
        ms=4,
        alpha=0.9 if runs <= FEW_RUNS else 0.7,
        gid=f"reliability-{place}",
    )
    if runs <= FEW_RUNS:
        axes.vlines(
            curve["mean_probability"],
            curve["ci_low"],
            curve["ci_high"],
            color=pen.colour,
            linewidth=0.9,
            alpha=0.6,
            gid=f"interval-{place}",
        )
    strip.vlines(
        curve["mean_probability"],
        0,
        curve["n"],
        color=MUTED,
        linewidth=2.0 if runs == 1 else 0.8,
        alpha=1.0 if runs == 1 else 0.5,
        gid=f"counts-{place}",
    )


def _explain(curves: pd.DataFrame) -> str:
    diagonal = "Diagonal: what was said came true."
    if curves["run"].nunique() > FEW_RUNS:
        return f"{diagonal} One line per run, without its intervals."
    return f"{diagonal} Bars: Wilson's {curves['confidence'].iloc[0]:.0%} intervals."

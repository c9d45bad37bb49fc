"""ROC curves: of one run in detail, of many in thin lines named by configuration."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import (
    LEFT_IN,
    LEGEND_LINE_IN,
    Pen,
    frame,
    hand_out_pens,
    write_heading,
)
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
)
from sonolens.tables.classification import ClassificationMetricsTable, RocCurveTable
from sonolens.tables.training import TrainingRunsTable
from sonolens.tables.vocabulary import LEVELS, OPERATING_RULES

LEVEL_LINES: Mapping[str, str] = {"scan": "solid", "lesion": "dashed"}
LEVEL_INKS: Mapping[str, str] = {"scan": INK, "lesion": "#8a5a00"}

Row: TypeAlias = Mapping[Hashable, Any]
Scores: TypeAlias = Mapping[tuple[str, str, str], Row]
"""Rows of the metrics by run, level and metric."""


@in_house_style
def draw_roc(
    roc_curve: RocCurveTable,
    classification_metrics: ClassificationMetricsTable,
    *,
    training_runs: TrainingRunsTable,
    partition: str,
) -> Figure:
    """Draw the ROC curves of one partition, per scan and per lesion.

    One run is drawn in one panel with the operating point of the paper's rule. Several runs have a
    panel per level and one legend entry per configuration, without operating points.

    Args:
        partition: Whose curves are drawn.

    Raises:
        ValueError: If the partition has no curve, because it lacks one of the labels.
    """
    curves = roc_curve[roc_curve["partition"] == partition]
    if curves.empty:
        raise ValueError(
            f"partition {partition!r} has no ROC curve; it needs benign and malignant scans"
        )
    scores = _scores(classification_metrics, partition=partition)
    if len(curves["run"].unique()) == 1:
        return _draw_one_roc(curves, scores, partition=partition)
    pens = hand_out_pens(training_runs)
    return _draw_many_rocs(curves, scores, pens=pens, partition=partition)


def _scores(classification_metrics: ClassificationMetricsTable, *, partition: str) -> Scores:
    """Look up the scores of all cases, calls by the paper's rule."""
    shown = classification_metrics[
        (classification_metrics["partition"] == partition)
        & (classification_metrics["stratum"] == "all")
        & classification_metrics["rule"].isin(["none", OPERATING_RULES[0]])
    ]
    return {(row["run"], row["level"], row["metric"]): row for row in shown.to_dict("records")}


def _draw_one_roc(curves: pd.DataFrame, scores: Scores, *, partition: str) -> Figure:
    """One panel: both levels, each with its operating point."""
    run = str(curves["run"].iloc[0])
    levels = [level for level in LEVELS if (curves["level"] == level).any()]
    figure = new_page(width_in=5.0, height_in=5.35 + LEGEND_LINE_IN * (len(levels) + 1))
    axes = place_axes(figure, left_in=LEFT_IN, top_in=0.55, size_in=(4.0, 4.0))
    _draw_chance(axes)
    for level in levels:
        curve, ink = curves[curves["level"] == level], LEVEL_INKS[level]
        axes.plot(
            curve["false_positive_rate"],
            curve["true_positive_rate"],
            color=ink,
            linestyle=LEVEL_LINES[level],
            linewidth=1.6,
            label=f"per {level}: {_area([scores[run, level, 'auc']])}",
        )
        axes.plot(
            1 - scores[run, level, "specificity"]["value"],
            scores[run, level, "sensitivity"]["value"],
            "o" if level == LEVELS[0] else "s",
            color=ink,
            mfc="white",
            ms=8,
            gid=f"operating-point-{level}",
        )
    _finish_roc(axes, size_pt=BODY_PT)
    write_heading(
        figure,
        f"ROC, {partition} partition",
        "Circle (per scan) and square (per lesion): the operating point closest to the corner.",
    )
    return figure


def _draw_many_rocs(
    curves: pd.DataFrame, scores: Scores, *, pens: Mapping[str, Pen], partition: str
) -> Figure:
    """One panel per level: every run a line, every configuration a legend entry."""
    levels = [level for level in LEVELS if (curves["level"] == level).any()]
    panel_in, gap_in, top_in = 3.2, 0.65, 0.75
    lines = len(set(pens.values())) + 1
    figure = new_page(
        width_in=LEFT_IN + len(levels) * (panel_in + gap_in),
        height_in=top_in + panel_in + 0.65 + LEGEND_LINE_IN * lines,
    )
    for place, level in enumerate(levels):
        left_in = LEFT_IN + place * (panel_in + gap_in)
        axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=(panel_in, panel_in))
        _draw_chance(axes)
        _draw_rocs(axes, curves[curves["level"] == level], scores, pens=pens, level=level)
        _finish_roc(axes, size_pt=SMALL_PT)
        axes.set_title(f"per {level}", fontsize=BODY_PT, color=INK, loc="left")
    write_heading(
        figure,
        f"ROC, {partition} partition",
        "One line per run. Of several runs the legend gives the least and the largest AUC, which is "
        "no interval.",
    )
    return figure


def _draw_rocs(
    axes: Axes, curves: pd.DataFrame, scores: Scores, *, pens: Mapping[str, Pen], level: str
) -> None:
    """Draw the runs of one level; the first of each configuration carries its legend entry."""
    areas: dict[Pen, list[Row]] = {}
    for run in curves["run"].unique():
        areas.setdefault(pens[run], []).append(scores[run, level, "auc"])
    labels = {pen: f"{pen.name}: {_area(rows)}" for pen, rows in areas.items()}
    for run, curve in curves.groupby("run", sort=False):
        pen = pens[str(run)]
        axes.plot(
            curve["false_positive_rate"],
            curve["true_positive_rate"],
            color=pen.colour,
            linestyle=pen.line,
            linewidth=pen.width,
            alpha=0.8,
            label=labels.pop(pen, None),
            gid=f"roc-{level}",
        )


def _area(rows: Sequence[Row]) -> str:
    """Write one AUC with interval and number, or the span of several."""
    if len(rows) == 1:
        (row,) = rows
        limits = f"[{row['ci_low']:.2f}, {row['ci_high']:.2f}]"
        return f"AUC {row['value']:.2f} {limits}, n = {row['n']}"
    values = [row["value"] for row in rows]
    return f"AUC {min(values):.2f} to {max(values):.2f}, {len(rows)} runs"


def _draw_chance(axes: Axes) -> None:
    axes.plot([0, 1], [0, 1], color=HAIRLINE, linewidth=1.2, label="chance: AUC 0.50")


def _finish_roc(axes: Axes, *, size_pt: float) -> None:
    frame(axes, xlabel="1 − specificity", ylabel="sensitivity")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    # Below the axes: a weak network's curve runs through every corner of them.
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.12), frameon=False, fontsize=size_pt)

"""Curves and scores: ROC, losses, and the pointing game beside its chance level."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

from sonolens.figures.published import POINTING_HITS
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    REGION_COLOURS,
    REGION_TITLES,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
    wrap,
    write,
)
from sonolens.tables import LEVELS

MARGIN_IN = 0.15
LEFT_IN = 0.75
LEVEL_LINES: Mapping[str, str] = {"scan": "solid", "lesion": "dashed"}
LEVEL_INKS: Mapping[str, str] = {"scan": INK, "lesion": "#8a5a00"}
PAPER = "Byra 2022 (other scans)"
LEGEND_LINE_IN = 0.17


@in_house_style
def draw_roc(
    roc_curve: pd.DataFrame, classification_metrics: pd.DataFrame, *, partition: str
) -> Figure:
    """Draw the ROC curves of one partition, per scan and per lesion, with their operating points.

    Args:
        roc_curve: Contract `sonolens.tables.RocCurve`.
        classification_metrics: Contract `sonolens.tables.ClassificationMetrics`.
        partition: Whose curves are drawn.

    Raises:
        ValueError: If the partition has no curve, because it lacks one of the labels.
    """
    curves = roc_curve[roc_curve["partition"] == partition]
    if curves.empty:
        raise ValueError(
            f"partition {partition!r} has no ROC curve; it needs benign and malignant scans"
        )
    groups = list(curves.groupby(["run", "level"], sort=False))
    runs = curves["run"].nunique()
    figure = new_page(width_in=5.0, height_in=5.35 + LEGEND_LINE_IN * (len(groups) + 1))
    axes = place_axes(figure, left_in=LEFT_IN, top_in=0.55, width_in=4.0, height_in=4.0)
    axes.plot([0, 1], [0, 1], color=HAIRLINE, linewidth=1.2, label="chance: AUC 0.50")
    scores = {
        (row["run"], row["level"], row["metric"]): row
        for row in classification_metrics.to_dict("records")
        if row["partition"] == partition
    }
    for (run, level), curve in groups:
        auc, sensitivity, specificity = (
            scores[run, level, metric] for metric in ("auc", "sensitivity", "specificity")
        )
        point = (1 - specificity["value"], sensitivity["value"])
        name = f"{run}, per {level}" if runs > 1 else f"per {level}"
        _draw_curve(axes, curve, auc=auc, point=point, level=str(level), name=name)
    _frame(axes, xlabel="1 − specificity", ylabel="sensitivity")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    # Below the axes: a weak network's curve runs through every corner of them.
    axes.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.12), frameon=False, fontsize=BODY_PT)
    _write_heading(
        figure,
        f"ROC, {partition} partition",
        "Circle (per scan) and square (per lesion): the operating point.",
    )
    return figure


@in_house_style
def draw_training(training_history: pd.DataFrame) -> Figure:
    """Draw the losses of every run per epoch; a circle marks the epoch whose weights were kept."""
    figure = new_page(width_in=5.6, height_in=3.4)
    axes = place_axes(figure, left_in=LEFT_IN, top_in=0.55, width_in=4.6, height_in=2.3)
    runs = training_history["run"].nunique()
    for run, history in training_history.groupby("run", sort=False):
        name = f"{run}: " if runs > 1 else ""
        epochs = history["epoch"]
        axes.plot(epochs, history["train_loss"], color=MUTED, label=f"{name}train")
        axes.plot(epochs, history["validation_loss"], color=INK, label=f"{name}validation")
        kept = history[history["best"]]
        axes.plot(
            kept["epoch"], kept["validation_loss"], "o", color=INK, mfc="white", ms=8, gid="kept"
        )
    axes.set_yscale("log")
    # Plain numbers: powers of ten with their factor are wider than the margin.
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:.3g}"))
    losses = training_history[["train_loss", "validation_loss"]].to_numpy()
    within_a_decade = losses.max() < 10 * losses.min()
    axes.yaxis.set_minor_formatter("{x:.3g}" if within_a_decade else NullFormatter())
    axes.tick_params(which="both", labelsize=SMALL_PT)
    _frame(axes, xlabel="epoch", ylabel="binary cross-entropy")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, fontsize=BODY_PT)
    _write_heading(
        figure,
        "Training",
        "Circle: the epoch with the lowest validation loss, whose weights were kept.",
    )
    return figure


@in_house_style
def draw_pointing_game(pointing_game: pd.DataFrame) -> Figure:
    """Draw how often the extremes lie in each region, beside chance and the paper's own rates.

    Shown are correctly classified scans of both labels under the rule ``either``, as in the paper;
    one panel per method and run.

    Args:
        pointing_game: Contract `sonolens.tables.PointingGame`.
    """
    shown = pointing_game.query("rule == 'either' and subset == 'correct' and label == 'both'")
    games = list(shown.groupby(["method", "run"], sort=False))
    panel_in = 1.75
    figure = new_page(width_in=6.6, height_in=0.5 + len(games) * (panel_in + 0.85))
    for place, ((method, run), game) in enumerate(games):
        top_in = 0.4 + place * (panel_in + 0.85)
        axes = place_axes(figure, left_in=1.75, top_in=top_in, width_in=4.6, height_in=panel_in)
        _draw_game(axes, game)
        write(
            figure,
            f"{method}, {run}: correctly classified scans",
            left_in=MARGIN_IN,
            top_in=top_in - 0.27,
            bold=True,
        )
    note = (
        "Dot: share of scans whose map has its maximum or minimum in the region, with its interval. "
        "Grey bar: what a map that points at random cells scores on the same scans. "
        f"Peritumoral ring: {', '.join(shown['ring'].unique())}."
    )
    text = wrap(note, width_in=6.3, size_pt=SMALL_PT)
    _, height_in = figure.get_size_inches()
    write(figure, text, left_in=MARGIN_IN, top_in=height_in - 0.36, size_pt=SMALL_PT, colour=MUTED)
    return figure


def _draw_curve(
    axes: Axes,
    curve: pd.DataFrame,
    *,
    auc: Mapping[Hashable, Any],
    point: tuple[float, float],
    level: str,
    name: str,
) -> None:
    """Draw one curve, and a marker at the operating point (1 - specificity, sensitivity)."""
    axes.plot(
        curve["false_positive_rate"],
        curve["true_positive_rate"],
        color=LEVEL_INKS[level],
        linestyle=LEVEL_LINES[level],
        linewidth=1.6,
        label=f"{name}: AUC {auc['value']:.2f} [{auc['ci_low']:.2f}, {auc['ci_high']:.2f}], "
        f"n = {auc['n']}",
    )
    axes.plot(
        *point,
        "o" if level == LEVELS[0] else "s",
        color=LEVEL_INKS[level],
        mfc="white",
        ms=8,
        gid=f"operating-point-{level}",
    )


def _draw_game(axes: Axes, game: pd.DataFrame) -> None:
    """One row per region: chance as a bar, the rate as a dot with its interval, the paper hollow."""
    for place, row in enumerate(game.to_dict("records")):
        region = row["region"]
        axes.barh(place, row["chance"], height=0.62, color=HAIRLINE, gid=f"chance-{region}")
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=INK, linewidth=1.4)
        axes.plot(
            row["rate"],
            place,
            "o",
            ms=8,
            color=REGION_COLOURS[region],
            mec=INK,
            clip_on=False,
            gid=f"rate-{region}",
        )
        axes.plot(POINTING_HITS[region], place, "D", ms=5, mfc="none", mec=MUTED, zorder=1)
    names = [
        f"{REGION_TITLES[name]}\nn = {n}" for name, n in zip(game["region"], game["n"], strict=True)
    ]
    axes.set_yticks(np.arange(len(game)), names, fontsize=BODY_PT)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 6), [f"{share:.0%}" for share in np.linspace(0, 1, 6)])
    _frame(axes, xlabel=f"hits     (hollow diamond: {PAPER})", ylabel="")


def _write_heading(figure: Figure, title: str, legend: str) -> None:
    """Write a curve's bold title, and below it what its markers mean."""
    write(figure, title, left_in=LEFT_IN, top_in=MARGIN_IN, bold=True)
    write(
        figure,
        legend,
        left_in=LEFT_IN,
        top_in=MARGIN_IN + 0.18,
        size_pt=SMALL_PT,
        colour=MUTED,
    )


def _frame(axes: Axes, *, xlabel: str, ylabel: str) -> None:
    """Name the axes and take away what carries no information."""
    axes.set_xlabel(xlabel, fontsize=BODY_PT, color=INK)
    axes.set_ylabel(ylabel, fontsize=BODY_PT, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL_PT if ylabel else BODY_PT, colors=INK)

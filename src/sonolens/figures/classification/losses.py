"""Losses per epoch: of one run in one panel, of many in thin lines named by configuration."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

from sonolens.figures.panels import (
    LEFT_IN,
    LEGEND_LINE_IN,
    Pen,
    frame,
    hand_out_pens,
    name_pens,
    write_heading,
    write_words,
)
from sonolens.figures.style import (
    BODY_PT,
    INK,
    MUTED,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
)
from sonolens.tables.training import TrainingHistoryTable, TrainingRunsTable

LOSSES = {"train_loss": "training", "validation_loss": "validation", "test_loss": "test"}
LOSS_INKS = {"train_loss": MUTED, "validation_loss": INK, "test_loss": "#8a5a00"}


@in_house_style
def draw_training(
    training_history: TrainingHistoryTable, training_runs: TrainingRunsTable
) -> Figure:
    """Draw the losses per epoch and mark the epoch whose weights were kept.

    One run is drawn in one panel. Several runs have a panel for training, validation and test
    scans and one legend entry per configuration. Test scans have a loss only where they chose the
    epoch; their panel or line is absent otherwise. Networks that were fitted elsewhere brought no epochs: that is said.
    """
    if training_history.empty:
        figure = new_page(width_in=5.6, height_in=1.0)
        write_words(figure, "Losses", "These networks brought no epochs of their fit.", foot_in=0.2)
        return figure
    known = {name: title for name, title in LOSSES.items() if training_history[name].notna().any()}
    chosen_on = dict(zip(training_runs["run"], training_runs["chosen_on"], strict=True))
    groups = {str(run): rows for run, rows in training_history.groupby("run", sort=False)}
    if len(groups) == 1:
        ((run, history),) = groups.items()
        return _draw_one_training(history, known, chosen_on=chosen_on[run])
    return _draw_many_trainings(
        groups, known, pens=hand_out_pens(training_runs), chosen_on=chosen_on
    )


def _draw_one_training(
    history: pd.DataFrame, known: Mapping[str, str], *, chosen_on: str
) -> Figure:
    """One panel: every known loss, and a circle on the one that chose the epoch."""
    figure = new_page(width_in=5.6, height_in=3.4)
    axes = place_axes(figure, left_in=LEFT_IN, top_in=0.55, size_in=(4.6, 2.3))
    for name, title in known.items():
        axes.plot(history["epoch"], history[name], color=LOSS_INKS[name], label=title)
    kept, loss = history[history["best"]], f"{chosen_on}_loss"
    axes.plot(kept["epoch"], kept[loss], "o", color=LOSS_INKS[loss], mfc="white", ms=8, gid="kept")
    _finish_losses(axes, limits=_loss_limits(history, list(known)), ylabel="binary cross-entropy")
    axes.legend(frameon=False, fontsize=BODY_PT)
    write_heading(
        figure,
        "Training",
        f"Circle: the epoch with the lowest {chosen_on} loss, whose weights were kept.",
    )
    return figure


def _draw_many_trainings(
    groups: Mapping[str, pd.DataFrame],
    known: Mapping[str, str],
    *,
    pens: Mapping[str, Pen],
    chosen_on: Mapping[str, str],
) -> Figure:
    """One panel per loss: every run a line, its epoch kept marked on the loss that chose it."""
    panel_in, gap_in, top_in, high_in = 2.35, 0.35, 0.75, 2.3
    below_in = top_in + high_in + 0.5
    figure = new_page(
        width_in=LEFT_IN + len(known) * (panel_in + gap_in),
        height_in=below_in + 0.1 + LEGEND_LINE_IN * len(set(pens.values())),
    )
    limits = _loss_limits(pd.concat(groups.values()), list(known))
    for place, (name, title) in enumerate(known.items()):
        left_in = LEFT_IN + place * (panel_in + gap_in)
        axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=(panel_in, high_in))
        for run, history in groups.items():
            kept = name == f"{chosen_on[run]}_loss"
            _draw_losses(axes, history, name, pen=pens[run], kept=kept)
        _finish_losses(axes, limits=limits, ylabel="" if place else "binary cross-entropy")
        axes.set_title(f"{title} scans", fontsize=BODY_PT, color=INK, loc="left")
    name_pens(figure, pens, left_in=LEFT_IN, top_in=below_in)
    write_heading(
        figure, "Training", "Dot: the epoch whose weights were kept, on the scans that chose it."
    )
    return figure


def _draw_losses(axes: Axes, history: pd.DataFrame, name: str, *, pen: Pen, kept: bool) -> None:
    """Draw one run's loss in its configuration's pen; `kept` marks the epoch here."""
    axes.plot(
        history["epoch"],
        history[name],
        color=pen.colour,
        linestyle=pen.line,
        linewidth=pen.width,
        alpha=0.8,
        gid=name,
    )
    if kept:
        best = history[history["best"]]
        axes.plot(best["epoch"], best[name], "o", color=pen.colour, ms=3.5, gid="kept")


def _loss_limits(history: pd.DataFrame, names: list[str]) -> tuple[float, float]:
    """Leave a twentieth of the span, on a logarithmic axis, above and below all losses."""
    losses = history[names].to_numpy(dtype=float)
    losses = losses[losses > 0]
    low, high = (losses.min(), losses.max()) if losses.size else (0.1, 1.0)
    room = max(high / low, 1.1) ** 0.05
    return float(low / room), float(high * room)


def _finish_losses(axes: Axes, *, limits: tuple[float, float], ylabel: str) -> None:
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    # Plain numbers: powers of ten with their factor are wider than the margin.
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:.3g}"))
    within_a_decade = limits[1] < 10 * limits[0]
    axes.yaxis.set_minor_formatter("{x:.3g}" if within_a_decade else NullFormatter())
    axes.tick_params(which="both", labelsize=SMALL_PT)
    frame(axes, xlabel="epoch", ylabel=ylabel)
    axes.tick_params(which="both", labelsize=SMALL_PT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))

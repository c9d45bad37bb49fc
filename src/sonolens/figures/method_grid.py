"""A grid of panels, one per method, and curves over one run or many."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.style import (
    BODY_PT,
    INK,
    MUTED,
    SMALL_PT,
    LineStyle,
    elide,
    new_page,
    place_axes,
    wrap,
    write,
    write_legend,
    write_small,
)

PER_LINE = 4
FEW_METHODS = 2
WIDE_IN, NARROW_IN = (2.9, 2.1), (1.6, 1.3)
"""Width and height of a panel, of few methods and of many."""

LEFT_IN = 0.62
PAGE_IN = LEFT_IN + PER_LINE * NARROW_IN[0] + (PER_LINE - 1) * 0.3 + 0.15
LINE_IN = 0.15
NAME_IN = 0.22
TICKS_IN = 0.55

DASHED: LineStyle = (0.0, (4.0, 1.5))
DOTTED: LineStyle = (0.0, (1.0, 1.2))

Values = Float[np.ndarray, " places"]


@dataclass(frozen=True)
class Stroke:
    """How one kind of curve is drawn in every panel, and what the legend calls it."""

    label: str
    colour: str
    line: LineStyle = "solid"


@dataclass(frozen=True)
class Trace:
    """A curve: of one run with its interval, or the mean of several from their least to their largest.

    Attributes:
        x: Where it is known, ascending.
        mean: The run's value, or the mean over runs.
        low: Lower limit of the interval, or the least run; NaN where unknown.
        high: Upper limit of the interval, or the largest run.
    """

    x: Values
    mean: Values
    low: Values
    high: Values


def trace_runs(
    curves: pd.DataFrame, *, x: str, value: str, limits: tuple[str, str] | None
) -> Trace:
    """Sum up the curves of one method and kind over their runs.

    Args:
        curves: One row per run and place, with a column `run`.
        x: Column of the places.
        value: Column of the values.
        limits: Columns of a single run's interval; None where it has none.
    """
    places = curves.groupby(x)[value]
    mean = places.mean()
    low = high = mean * np.nan
    if len(curves["run"].unique()) > 1:
        low, high = places.min(), places.max()
    elif limits is not None:
        low, high = (curves.groupby(x)[limit].first() for limit in limits)
    return Trace(
        *(
            each.to_numpy(dtype=float)
            for each in (mean.index.to_series(), mean, low.reindex(mean.index), high)
        )
    )


def draw_trace(axes: Axes, trace: Trace, stroke: Stroke, *, gid: str) -> None:
    """Draw a curve over the shade of its interval or its runs."""
    axes.fill_between(
        trace.x,
        trace.low,
        trace.high,
        color=stroke.colour,
        alpha=0.13,
        linewidth=0,
        gid=f"band-{gid}",
    )
    axes.plot(
        trace.x,
        trace.mean,
        color=stroke.colour,
        linestyle=stroke.line,
        linewidth=1.4,
        clip_on=False,
        gid=gid,
    )


def open_grid(
    methods: Sequence[str],
    *,
    title: str,
    legend: str,
    strokes: Sequence[Stroke],
    notes: Sequence[str],
) -> tuple[Figure, dict[str, Axes]]:
    """Open a page with one named panel per method, a heading and a legend.

    Args:
        methods: Names in the order of the panels.
        title: The heading.
        legend: What the panels show, in sentences; wrapped.
        strokes: The curves, one legend entry each.
        notes: Small text below each name, one per method, all of as many lines.

    Returns:
        The figure, and the panel of each method.
    """
    few = len(methods) <= FEW_METHODS
    panel_in = WIDE_IN if few else NARROW_IN
    across = FEW_METHODS if few else PER_LINE
    gap_in = (PAGE_IN - LEFT_IN - 0.15 - across * panel_in[0]) / (across - 1)
    text = wrap(legend, width_in=PAGE_IN - 2 * MARGIN_IN, size_pt=SMALL_PT)
    key_in = MARGIN_IN + 0.2 + LINE_IN * len(text.splitlines())
    head_in = key_in + 0.2 + LINE_IN * (-(-len(strokes) // 3))
    step_in = NAME_IN + LINE_IN * len(notes[0].splitlines()) + panel_in[1] + TICKS_IN
    figure = new_page(width_in=PAGE_IN, height_in=head_in + -(-len(methods) // across) * step_in)
    write(figure, title, left_in=MARGIN_IN, top_in=MARGIN_IN, bold=True)
    write_small(figure, text, left_in=MARGIN_IN, top_in=MARGIN_IN + 0.19)
    _name_strokes(figure, strokes, top_in=key_in)
    panels = {}
    for place, (method, note) in enumerate(zip(methods, notes, strict=True)):
        panels[method] = _open_panel(
            figure,
            method,
            note,
            left_in=LEFT_IN + place % across * (panel_in[0] + gap_in),
            top_in=head_in + place // across * step_in,
            panel_in=panel_in,
        )
    return figure, panels


def label_grid(panels: Collection[Axes], *, xlabel: str, ylabel: str) -> None:
    """Name the axes of a grid whose panels share their limits: numbers stand at its left edge alone."""
    lefts = [round(axes.get_position().x0, 6) for axes in panels]
    for axes, left in zip(panels, lefts, strict=True):
        axes.set_xlabel(xlabel, fontsize=SMALL_PT, color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=SMALL_PT, colors=INK)
        if left == min(lefts):
            axes.set_ylabel(ylabel, fontsize=SMALL_PT, color=INK)
        else:
            axes.tick_params(labelleft=False)


def explain_shade(runs: int, *, interval: str) -> str:
    """Say what the shade is: of one run its `interval`, of several their extent."""
    if runs == 1:
        return interval
    return (
        f"Lines: mean over {runs} runs. Shaded: from the least run to the largest, which is no "
        "interval."
    )


def span_counts(counts: pd.Series) -> str:
    """Write how many scans a run counts, or the least and the most of several runs.

    >>> span_counts(pd.Series([8, 8])), span_counts(pd.Series([8, 12]))
    ('n = 8', 'n = 8 to 12')
    """
    least, most = int(counts.min()), int(counts.max())
    return f"n = {least}" if least == most else f"n = {least} to {most}"


def _name_strokes(figure: Figure, strokes: Sequence[Stroke], *, top_in: float) -> None:
    """Write the legend in one row, or in two of up to three columns."""
    handles = [
        Line2D([], [], color=stroke.colour, linestyle=stroke.line, label=stroke.label)
        for stroke in strokes
    ]
    columns = min(3, len(handles))
    write_legend(
        figure,
        handles,
        left_in=MARGIN_IN,
        top_in=top_in,
        ncols=columns,
        borderpad=0,
        columnspacing=1.4,
    )


def _open_panel(
    figure: Figure,
    method: str,
    note: str,
    *,
    left_in: float,
    top_in: float,
    panel_in: tuple[float, float],
) -> Axes:
    """Write a method's name and note, and open its axes below them."""
    name = elide(method, width_in=panel_in[0], size_pt=BODY_PT, bold=True)
    write(figure, name, left_in=left_in, top_in=top_in, bold=True)
    write(
        figure,
        note,
        left_in=left_in,
        top_in=top_in + 0.16,
        size_pt=SMALL_PT - 0.5,
        colour=MUTED,
    )
    return place_axes(
        figure,
        left_in=left_in,
        top_in=top_in + NAME_IN + LINE_IN * len(note.splitlines()),
        size_in=panel_in,
    )

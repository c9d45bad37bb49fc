"""What panels of curves have in common: a heading, framed axes, and one pen per configuration."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.figures.style import (
    BODY_PT,
    FAINT,
    INK,
    MUTED,
    PAGE,
    SMALL_PT,
    LineStyle,
    elide,
    wrap,
    write,
    write_legend,
    write_small,
)
from sonolens.tables.training import TrainingRunsTable

MARGIN_IN = 0.15
LEFT_IN = 0.75
LEGEND_LINE_IN = 0.17
NAME_IN = 1.6
"""Longer names are shortened in a legend."""

INKS = (INK, "#8a5a00", "#0f6b5c", "#7b3fa0", "#7d838c")
LINES: tuple[LineStyle, ...] = ("solid", (0.0, (4.0, 1.5)), (0.0, (1.0, 1.2)))
"""Every ink is used with every line before a pen is used twice."""

FEW_RUNS = 6
"""More runs than this are drawn in thin lines."""


@dataclass(frozen=True)
class Pen:
    """How the runs of a configuration are drawn; runs share a pen, and a legend names it once."""

    configuration: str
    colour: str
    line: LineStyle
    width: float

    @property
    def name(self) -> str:
        """The configuration, shortened to what a legend can hold."""
        return elide(self.configuration, width_in=NAME_IN, size_pt=SMALL_PT)


def hand_out_pens(training_runs: TrainingRunsTable) -> dict[str, Pen]:
    """Give every run of a `TrainingRuns` table the pen of its configuration, in their order."""
    width = 1.3 if len(training_runs) <= FEW_RUNS else 0.6
    pens = {
        str(name): Pen(
            configuration=str(name),
            colour=INKS[place % len(INKS)],
            line=LINES[place // len(INKS) % len(LINES)],
            width=width,
        )
        for place, name in enumerate(training_runs["configuration"].unique())
    }
    return {
        row["run"]: pens[row["configuration"]] for row in training_runs.to_dict(orient="records")
    }


def name_pens(figure: Figure, pens: Mapping[str, Pen], *, left_in: float, top_in: float) -> None:
    """Write the legend of all pens, one line each, below the panels."""
    runs = Counter(pens.values())
    handles = [
        Line2D(
            [],
            [],
            color=pen.colour,
            linestyle=pen.line,
            label=f"{pen.name} ({number} run{'s' if number > 1 else ''})",
        )
        for pen, number in runs.items()
    ]
    write_legend(figure, handles, left_in=left_in, top_in=top_in, labelspacing=0.45)


def write_heading(figure: Figure, title: str, legend: str) -> None:
    """Write a figure's bold title, and below it what its markers mean."""
    write(figure, title, left_in=LEFT_IN, top_in=MARGIN_IN, bold=True)
    write_small(figure, legend, left_in=LEFT_IN, top_in=MARGIN_IN + 0.18)


def write_words(figure: Figure, title: str, text: str, *, foot_in: float) -> None:
    """Write a bold title above all panels, and in the lowest `foot_in` what they mean, as wide as the page."""
    width_in, height_in = figure.get_size_inches()
    write(figure, title, left_in=MARGIN_IN, top_in=0.12, bold=True)
    wide_in = width_in - 2 * MARGIN_IN
    write_small(figure, text, left_in=MARGIN_IN, top_in=height_in - foot_in, width_in=wide_in)


def open_panels(title: str, *, size_in: tuple[float, float], gap_in: float = 0.1) -> Figure:
    """Open a page whose panels place themselves, with a bold title above them.

    Args:
        title: What the figure shows.
        size_in: Width and height.
        gap_in: Room around every panel.
    """
    figure = Figure(figsize=size_in, facecolor=PAGE)
    figure.set_layout_engine("constrained", w_pad=gap_in, h_pad=0.8 * gap_in)
    figure.suptitle(title, x=0.012, ha="left", fontweight="bold")
    return figure


def explain_panels(figure: Figure, text: str) -> None:
    """Write below the panels of `open_panels` what they mean, as wide as the page."""
    told = wrap(text, width_in=figure.get_size_inches()[0] - 0.2, size_pt=SMALL_PT)
    figure.supxlabel(told, x=0.012, ha="left", fontsize=SMALL_PT, color=MUTED)


def write_cell(
    axes: Axes, place: tuple[int, int], *, lines: Mapping[str, str], colour: str
) -> None:
    """Write a number into a cell of a heat table, and below it in small what it is read beside.

    Args:
        axes: The table.
        place: Row and column.
        lines: One or two texts by name, the number first; parts of the figure are called ``name-row-column``.
        colour: Of the number; a faint one dims both.
    """
    row, col = place
    for first, rise, (name, text) in zip((True, False), (-0.17, 0.2), lines.items(), strict=False):
        axes.text(
            col,
            row + rise,
            text,
            ha="center",
            va="center",
            color=colour if first or colour == FAINT else MUTED,
            fontsize=BODY_PT if first else SMALL_PT,
            fontweight="bold" if first and colour == INK else "normal",
            gid=f"{name}-{row}-{col}",
        )


def frame(axes: Axes, *, xlabel: str, ylabel: str) -> None:
    """Name the axes and take away what carries no information."""
    axes.set_xlabel(xlabel, fontsize=BODY_PT, color=INK)
    axes.set_ylabel(ylabel, fontsize=BODY_PT, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=SMALL_PT if ylabel else BODY_PT, colors=INK)

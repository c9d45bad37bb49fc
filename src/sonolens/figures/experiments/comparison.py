"""Methods, networks and resolutions beside each other: how often their maps point at the regions."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN, frame, write_words
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    REGION_COLOURS,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_small,
)
from sonolens.tables.experiments import ConfigurationPointingTable

SHOWN_REGION = "any"
SHOWN_RULE = "decision"

ROW_IN = 0.24
HEAD_IN = 0.75
FOOT_IN = 1.15
NAMES_IN = 1.75
"""Width of each of the two columns of names."""

PANEL_IN = 2.9
CELL_IN = 1.0
NUMBER_IN = 0.95

Row: TypeAlias = Mapping[Hashable, Any]


@in_house_style
def draw_methods_and_networks(configuration_pointing: ConfigurationPointingTable) -> Figure:
    """Draw how often the extreme that argues for a call lies in one of the three regions.

    One row per configuration and method: a dot with its interval, chance as a tick, and beside it the size of a
    map's cell and the number of scans. Rows are grouped by configuration, or by method if there are fewer
    methods than configurations, so that what is to be compared stands one below the other.
    """
    shown = configuration_pointing[
        (configuration_pointing["region"] == SHOWN_REGION)
        & (configuration_pointing["rule"] == SHOWN_RULE)
    ]
    outer, inner = _group(shown)
    rows = [
        row
        for _, group in shown.groupby(outer, sort=False)
        for row in group.to_dict(orient="records")
    ]
    height_in = ROW_IN * (len(rows) + 0.2)
    left_in = MARGIN_IN + 2 * NAMES_IN
    width_in = left_in + PANEL_IN + CELL_IN + NUMBER_IN + MARGIN_IN
    figure = new_page(width_in=width_in, height_in=HEAD_IN + height_in + FOOT_IN)
    axes = place_axes(figure, left_in=left_in, top_in=HEAD_IN, size_in=(PANEL_IN, height_in))
    for place, row in enumerate(rows):
        _draw_row(axes, place, row)
    _frame_rows(axes, len(rows))
    _write_names(figure, axes, rows, outer=outer, inner=inner)
    _write_columns(figure, rows, left_in=left_in + PANEL_IN)
    title = "Methods, networks and resolutions"
    write_words(figure, title, _explain(rows), foot_in=FOOT_IN - 0.5)
    return figure


def _group(shown: pd.DataFrame) -> tuple[str, str]:
    """Return the column whose values head groups, and the one that tells the rows of a group apart."""
    fewer_methods = shown["method"].nunique() < shown["configuration"].nunique()
    return ("method", "configuration") if fewer_methods else ("configuration", "method")


def _draw_row(axes: Axes, place: int, row: Row) -> None:
    name = f"{row['configuration']}-{row['method']}"
    axes.plot(
        [row["ci_low"], row["ci_high"]],
        [place, place],
        color=INK,
        linewidth=1.4,
        solid_capstyle="butt",
        gid=f"interval-{name}",
    )
    axes.plot(
        [row["chance"], row["chance"]],
        [place - 0.34, place + 0.34],
        color=MUTED,
        linewidth=2.0,
        gid=f"chance-{name}",
    )
    axes.plot(
        row["rate"],
        place,
        "o",
        ms=6.5,
        color=REGION_COLOURS[SHOWN_REGION],
        mec="white",
        mew=0.8,
        clip_on=False,
        gid=f"rate-{name}",
    )


def _frame_rows(axes: Axes, rows: int) -> None:
    """Let the first row stand on top, and hits run from none to all."""
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 6), [f"{share:.0%}" for share in np.linspace(0, 1, 6)])
    axes.grid(axis="x", color=HAIRLINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    frame(axes, xlabel="hits of at least one of the three regions", ylabel="")


def _write_names(
    figure: Figure, axes: Axes, rows: Sequence[Row], *, outer: str, inner: str
) -> None:
    """Name every row, its group at the first row of the group only, and part the groups by a line."""
    fits = NAMES_IN - 0.1
    for place, row in enumerate(rows):
        top_in = _top_in(place)
        first = place == 0 or rows[place - 1][outer] != row[outer]
        if first:
            name = elide(str(row[outer]), width_in=fits, size_pt=BODY_PT, bold=True)
            write(figure, name, left_in=MARGIN_IN, top_in=top_in, bold=True)
        if first and place:
            axes.axhline(place - 0.5, color=HAIRLINE, linewidth=0.8)
        name = elide(str(row[inner]), width_in=fits, size_pt=BODY_PT)
        write(figure, name, left_in=MARGIN_IN + NAMES_IN, top_in=top_in)


def _write_columns(figure: Figure, rows: Sequence[Row], *, left_in: float) -> None:
    """Write cell size and number beside every row."""
    cell_in, number_in = left_in + 0.15, left_in + 0.15 + CELL_IN
    for text, column_in in (("cell, mm", cell_in), ("scans, runs", number_in)):
        write_small(figure, text, left_in=column_in, top_in=HEAD_IN - 0.2)
    for place, row in enumerate(rows):
        top_in = _top_in(place)
        write(figure, _cell(row), left_in=cell_in, top_in=top_in)
        write(figure, f"{row['n']}, {row['runs']}", left_in=number_in, top_in=top_in)


def _explain(rows: Sequence[Row]) -> str:
    about = rows[0]
    return (
        f"Dot: share of all {about['partition']} scans whose map has the extreme that argues for the call in the "
        "mass, the peritumoral ring or below the mass, averaged over the runs of a configuration; bar: its "
        f"{about['confidence']:.0%} interval. Grey tick: what blind points score on the same scans. A cell is as high "
        f"and wide as told, on average. Peritumoral ring: {about['ring']}."
    )


def _cell(row: Row) -> str:
    """Write height and width of a cell, which scans without spacing do not tell."""
    if math.isnan(row["cell_row_mm"]) or math.isnan(row["cell_col_mm"]):
        return "no spacing"
    return f"{row['cell_row_mm']:.2g} × {row['cell_col_mm']:.2g}"


def _top_in(place: int) -> float:
    """Return where the text of a row begins."""
    return HEAD_IN + ROW_IN * (place + 0.6) - 0.07

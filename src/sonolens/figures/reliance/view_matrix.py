"""Train x test: how well networks fitted to one view of the scans tell the label on another."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN, write_cell, write_words
from sonolens.figures.planted import HITS
from sonolens.figures.style import (
    BODY_PT,
    FAINT,
    HAIRLINE,
    INK,
    MUTED,
    elide,
    in_house_style,
    new_page,
    place_axes,
)
from sonolens.tables.views import ViewMatrixTable

SHOWN = ("auc", "ci_low", "ci_high", "difference", "difference_low", "difference_high")

LEFT_IN, TOP_IN, FOOT_IN = 3.0, 0.8, 0.75
CELL_IN = (1.3, 0.46)
LEAST_WIDTH_IN = 6.6
"""Narrower, the legend has more lines than its room."""


@in_house_style
def draw_view_matrix(view_matrix: ViewMatrixTable) -> Figure:
    """Draw a heat table: what networks were fitted to down, what they were asked of across, AUCs inside.

    The runs of a configuration are averaged, intervals too. A cell whose interval holds chance has no colour.
    """
    rows = list(
        dict.fromkeys(zip(view_matrix["configuration"], view_matrix["trained_on"], strict=True))
    )
    asked = list(dict.fromkeys(view_matrix["asked_of"]))
    body_in = CELL_IN[0] * len(asked), CELL_IN[1] * len(rows)
    figure = new_page(
        width_in=max(LEAST_WIDTH_IN, LEFT_IN + body_in[0] + MARGIN_IN),
        height_in=TOP_IN + body_in[1] + FOOT_IN,
    )
    axes = place_axes(figure, left_in=LEFT_IN, top_in=TOP_IN, size_in=body_in)
    areas = np.full((len(rows), len(asked)), np.nan)
    keys = ["configuration", "trained_on", "asked_of"]
    averaged = view_matrix.groupby(keys)[[*SHOWN, "chance"]].mean().reset_index()
    for cell in averaged.to_dict(orient="records"):
        place = (
            rows.index((cell["configuration"], cell["trained_on"])),
            asked.index(cell["asked_of"]),
        )
        apart = not cell["ci_low"] <= cell["chance"] <= cell["ci_high"]
        areas[place] = cell["auc"] if apart else np.nan
        write_cell(axes, place, lines=_tell_cell(cell), colour=INK if apart else FAINT)
    axes.imshow(areas, cmap=HITS, vmin=0.5, vmax=1, aspect="auto")
    _frame(axes, rows, asked)
    title = f"Fitted to one view of the scans, asked of another, {view_matrix['partition'].iloc[0]} partition"
    write_words(figure, title, _explain(view_matrix), foot_in=FOOT_IN - 0.15)
    return figure


def _explain(view_matrix: ViewMatrixTable) -> str:
    fewest, most = view_matrix["n"].min(), view_matrix["n"].max()
    n = f"{most}" if fewest == most else f"{fewest} to {most}"
    return (
        f"AUC of {n} scans with its interval, and below its difference to the network fitted to whole scans and asked "
        f"of them. Chance is 0.5; grey: the interval holds it. What is not seen is filled by "
        f"{view_matrix['fill'].iloc[0]}. Runs of a configuration are averaged, intervals too."
    )


def _tell_cell(cell: Mapping[Any, Any]) -> dict[str, str]:
    """Write the AUC, and below it the difference to the whole; nothing where a class is missing."""
    if np.isnan(cell["auc"]):
        return {}
    lines = {"auc": f"{cell['auc']:.2f} [{cell['ci_low']:.2f}, {cell['ci_high']:.2f}]"}
    if not np.isnan(cell["difference"]):
        value, low, high = (f"{cell[name]:+.2f}" for name in SHOWN[3:])
        lines["difference"] = f"{value} [{low}, {high}]".replace("-", "\N{MINUS SIGN}")
    return lines


def _frame(axes: Axes, rows: Sequence[tuple[str, str]], asked: Sequence[str]) -> None:
    """Name rows and columns, and part the configurations by a line."""
    names = [
        elide(
            f"{configuration}, fitted to {name_view(view)}", width_in=LEFT_IN - 0.3, size_pt=BODY_PT
        )
        for configuration, view in rows
    ]
    axes.set_yticks(range(len(rows)), names, fontsize=BODY_PT)
    axes.set_xticks(range(len(asked)), [name_view(view) for view in asked], fontsize=BODY_PT)
    axes.xaxis.tick_top()
    axes.set_xlabel("asked of", fontsize=BODY_PT, color=MUTED)
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_color(HAIRLINE)
    for place in range(1, len(rows)):
        if rows[place][0] != rows[place - 1][0]:
            axes.axhline(place - 0.5, color=INK, linewidth=1.0)


def name_view(view: str) -> str:
    """Name a view as a reader would: ``without mass``, ``mass alone``."""
    return view.replace("_", " ")

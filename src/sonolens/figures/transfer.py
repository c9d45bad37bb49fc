"""Train x test: what every network scores at home and on every study that it arrived at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
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
from sonolens.tables.external import TransferMatrixTable

LEFT_IN, TOP_IN, FOOT_IN = 3.6, 0.85, 0.85
CELL_IN = (1.75, 0.5)
LEAST_WIDTH_IN = 7.4
CHANCE = 0.5


@in_house_style
def draw_transfer_matrix(transfer_matrix: TransferMatrixTable) -> Figure:
    """Draw a heat table: networks down, their home and the studies across; AUC and hits above chance inside.

    A cell whose AUC has an interval that holds chance has no colour, and its hits say nothing.
    """
    keys = ["trained_on", "network", "method"]
    rows = list(dict.fromkeys(transfer_matrix[keys].itertuples(index=False, name=None)))
    studies = list(dict.fromkeys(transfer_matrix["tested_on"]))
    body_in = CELL_IN[0] * max(1, len(studies)), CELL_IN[1] * max(1, len(rows))
    figure = new_page(
        width_in=max(LEAST_WIDTH_IN, LEFT_IN + body_in[0] + MARGIN_IN),
        height_in=TOP_IN + body_in[1] + FOOT_IN,
    )
    axes = place_axes(figure, left_in=LEFT_IN, top_in=TOP_IN, size_in=body_in)
    areas = np.full((max(1, len(rows)), max(1, len(studies))), np.nan)
    for cell in transfer_matrix.to_dict(orient="records"):
        place = rows.index(tuple(cell[key] for key in keys)), studies.index(cell["tested_on"])
        apart = bool(cell["auc_low"] > CHANCE or cell["auc_high"] < CHANCE)
        areas[place] = cell["auc"] if apart else np.nan
        write_cell(axes, place, lines=_tell_cell(cell), colour=INK if apart else FAINT)
    axes.imshow(areas, cmap=HITS, vmin=CHANCE, vmax=1, aspect="auto")
    axes.set_yticks(range(len(rows)), [_name(*row) for row in rows], fontsize=BODY_PT)
    names = [elide(each, width_in=CELL_IN[0] - 0.1, size_pt=BODY_PT) for each in studies]
    axes.set_xticks(range(len(studies)), names, fontsize=BODY_PT)
    axes.xaxis.tick_top()
    axes.set_xlabel("test scans of", fontsize=BODY_PT, color=MUTED)
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_color(HAIRLINE)
    write_words(figure, "Train x test", _explain(transfer_matrix), foot_in=FOOT_IN - 0.15)
    return figure


def _name(trained_on: str, network: str, method: str) -> str:
    told = f"{trained_on}: {network}, {method}"
    return elide(told, width_in=LEFT_IN - 0.3, size_pt=BODY_PT)


def _explain(transfer_matrix: TransferMatrixTable) -> str:
    told = (
        "Above: AUC per lesion with its interval; grey, where that holds chance (0.5). Below: how far above blind points an extreme "
        "of the map lies in mass, ring or below, of scans called rightly."
    )
    if transfer_matrix["drawn"].nunique() > 1:
        told += " Regions were not drawn alike everywhere: compare these within a column."
    return told


def _tell_cell(cell: Mapping[Any, Any]) -> dict[str, str]:
    """Write the AUC and below it the hits above chance; nothing for what is not known."""
    lines = {}
    if not np.isnan(cell["auc"]):
        lines["auc"] = f"{cell['auc']:.2f} [{cell['auc_low']:.2f}, {cell['auc_high']:.2f}]"
    if not np.isnan(cell["above"]):
        value, low, high = (f"{cell[name]:+.2f}" for name in ("above", "above_low", "above_high"))
        lines["above"] = f"{value} [{low}, {high}]".replace("-", "\N{MINUS SIGN}")
    return lines

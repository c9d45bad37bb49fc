"""Planted evidence: which method finds on which network what is known to be there."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    PAGE,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
    wrap,
    write,
)

HITS = LinearSegmentedColormap.from_list("hits", [PAGE, "#12b58c"])
"""White: no map points to the evidence; full colour: all do."""

LEFT_IN = 2.3
CELL_IN = (0.85, 0.32)
HEAD_IN = 1.15
FOOT_IN = 0.75
LEGEND = (
    "Share of correctly classified malignant test scans whose map has its maximum where the evidence was planted "
    "(strong), and what blind points would score there (grey). Below each cue: test AUC of every network."
)


@in_house_style
def draw_planted_evidence(planted_evidence: pd.DataFrame) -> Figure:
    """Draw a heat table: networks and methods down, cues across, hits of the planted region inside.

    Several seeds of a network are averaged. A cell stays empty where no scan counted.

    Args:
        planted_evidence: Contract `sonolens.tables.PlantedEvidence`.
    """
    shown = planted_evidence[planted_evidence["region"] == "planted"]
    rows = list(dict.fromkeys(zip(shown["network"], shown["method"], strict=True)))
    cues = list(dict.fromkeys(shown["cue"]))
    means = shown.groupby(["network", "method", "cue"])[["rate", "chance", "auc"]].mean()
    width_in, height_in = CELL_IN[0] * len(cues), CELL_IN[1] * len(rows)
    figure = new_page(
        width_in=LEFT_IN + width_in + MARGIN_IN, height_in=HEAD_IN + height_in + FOOT_IN
    )
    axes = place_axes(
        figure, left_in=LEFT_IN, top_in=HEAD_IN, width_in=width_in, height_in=height_in
    )
    rates = np.full((len(rows), len(cues)), np.nan)
    for cell in means.reset_index().to_dict(orient="records"):
        place = rows.index((cell["network"], cell["method"])), cues.index(cell["cue"])
        rates[place] = cell["rate"]
        _write_cell(axes, place, rate=cell["rate"], chance=cell["chance"])
    axes.imshow(rates, cmap=HITS, vmin=0, vmax=1, aspect="auto")
    _frame(axes, rows, _heads(means["auc"], cues))
    write(figure, "Planted evidence", left_in=MARGIN_IN, top_in=0.12, bold=True)
    page_in = figure.get_size_inches()
    write(
        figure,
        wrap(LEGEND, width_in=page_in[0] - 2 * MARGIN_IN, size_pt=SMALL_PT),
        left_in=MARGIN_IN,
        top_in=page_in[1] - FOOT_IN + 0.15,
        size_pt=SMALL_PT,
        colour=MUTED,
    )
    return figure


def _write_cell(axes: Axes, place: tuple[int, int], *, rate: float, chance: float) -> None:
    if np.isnan(rate):
        return
    row, col = place
    axes.text(
        col - 0.04,
        row,
        f"{rate:.0%}",
        ha="right",
        va="center",
        color=INK,
        fontsize=BODY_PT,
        fontweight="bold",
        gid=f"rate-{row}-{col}",
    )
    axes.text(
        col + 0.06,
        row,
        f"{chance:.0%}",
        ha="left",
        va="center",
        color=MUTED,
        fontsize=SMALL_PT,
        gid=f"chance-{row}-{col}",
    )


def _heads(aucs: pd.Series, cues: Sequence[str]) -> list[str]:
    """Name every cue, and under it the AUC of every network."""
    of_network = aucs.groupby(level=["cue", "network"], sort=False).mean()
    return [
        "\n".join(
            [
                cue.replace("_", "\n", 1),
                *(f"{value:.2f}" for value in of_network[cue].to_numpy(dtype=float)),
            ]
        )
        for cue in cues
    ]


def _frame(axes: Axes, rows: Sequence[tuple[str, str]], heads: Sequence[str]) -> None:
    """Name rows and columns, and part the networks by a line."""
    axes.set_yticks(
        range(len(rows)), [f"{network}, {method}" for network, method in rows], fontsize=BODY_PT
    )
    axes.set_xticks(range(len(heads)), heads, fontsize=BODY_PT)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_color(HAIRLINE)
    networks = [network for network, _ in rows]
    for place in range(1, len(rows)):
        if networks[place] != networks[place - 1]:
            axes.axhline(place - 0.5, color=INK, linewidth=1.0)

"""Planted evidence: which method finds on which network what is known to be there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from sonolens.evaluation.experiments import summarise_seeds
from sonolens.figures.panels import MARGIN_IN, write_cell, write_words
from sonolens.figures.style import (
    BODY_PT,
    FAINT,
    HAIRLINE,
    INK,
    PAGE,
    SMALL_PT,
    in_house_style,
    new_page,
    place_axes,
    text_height_in,
    wrap,
    write,
)

HITS = LinearSegmentedColormap.from_list("hits", [PAGE, "#12b58c"])
"""White: no map points to the evidence; full colour: all do."""

DOSE = re.compile(r"(?P<plant>\w+)_share(?P<share>\d+)_strength(?P<strength>\d+)")
"""How the cue of a dose is called, in whole percent."""
FULL = 100

LEFT_IN = 2.1
CELL_IN = (1.12, 0.42)
HEAD_IN = 0.9
AUC_IN = 0.2
FOOT_IN = 0.15
"""Between the cues' names and the words below them, and below these."""
LEGEND = (
    "Share of the n correctly classified malignant test scans whose map has its maximum where the evidence was "
    "planted, its interval, and what blind points would score there. Rows named reliance: the share of scans whose call hangs "
    "most on it, by one fill or by all, and the same of shapes moved aside for chance. In round brackets the least and the "
    "largest of several seeds that learnt the cue. Grey: the interval of the network's test AUC holds 0.5, so it did not learn the "
    "cue and its maps have nothing to find."
)


@in_house_style
def draw_planted_evidence(planted_evidence: pd.DataFrame) -> Figure:
    """Draw a heat table: networks and methods down, cues across, hits of the planted region inside.

    Several seeds of a network are told by `summarise_seeds`. A cell stays empty where no scan counted.

    Args:
        planted_evidence: Contract `sonolens.tables.planted.PlantedEvidence`.
    """
    shown = planted_evidence[planted_evidence["region"] == "planted"]
    rows = list(dict.fromkeys(zip(shown["network"], shown["method"], strict=True)))
    networks, cues = list(dict.fromkeys(shown["network"])), list(dict.fromkeys(shown["cue"]))
    body_in = CELL_IN[0] * len(cues), CELL_IN[1] * len(rows)
    top_in = HEAD_IN + AUC_IN * len(networks)
    width_in = LEFT_IN + body_in[0] + MARGIN_IN
    told = wrap(LEGEND, width_in=width_in - 2 * MARGIN_IN, size_pt=SMALL_PT)
    told_in = text_height_in(told, size_pt=SMALL_PT) + FOOT_IN
    figure = new_page(width_in=width_in, height_in=top_in + body_in[1] + FOOT_IN + told_in)
    axes = place_axes(figure, left_in=LEFT_IN, top_in=top_in, size_in=body_in)
    rates = np.full((len(rows), len(cues)), np.nan)
    summary = summarise_seeds(planted_evidence)
    for cell in summary.to_dict(orient="records"):
        place = rows.index((cell["network"], cell["method"])), cues.index(cell["cue"])
        rates[place] = cell["rate"] if cell["learnt"] else np.nan
        colour = INK if cell["learnt"] else FAINT
        write_cell(axes, place, lines=_tell_cell(cell), colour=colour)
    axes.imshow(rates, cmap=HITS, vmin=0, vmax=1, aspect="auto")
    _frame(axes, rows, cues)
    for line, network in enumerate(networks):
        at_in = HEAD_IN + AUC_IN * line
        _write_areas(figure, summary[summary["network"] == network], cues, top_in=at_in)
    write_words(figure, "Planted evidence", LEGEND, foot_in=told_in)
    return figure


def _write_areas(
    figure: Figure, network: pd.DataFrame, cues: Sequence[str], *, top_in: float
) -> None:
    """Write a line of test AUCs above the cells, one per cue."""
    # A method that drew maps of one fit alone knows the areas of that fit alone.
    fitted = network.sort_values("seeds").drop_duplicates("cue", keep="last").set_index("cue")
    name = f"test AUC, {network['network'].iloc[0]}"
    write(figure, name, left_in=LEFT_IN - 0.08, top_in=top_in, size_pt=SMALL_PT, align="right")
    for cue, area in fitted.to_dict(orient="index").items():
        limits = f"{area['auc_low']:.2f}, {area['auc_high']:.2f}"
        write(
            figure,
            f"{area['auc']:.2f} {_bracket(limits, area['seeds'])}",
            left_in=LEFT_IN + (cues.index(str(cue)) + 0.5) * CELL_IN[0],
            top_in=top_in,
            size_pt=SMALL_PT,
            colour=INK if area["learnt"] else FAINT,
            align="center",
        )


def _bracket(limits: str, seeds: int) -> str:
    """An interval stands in square brackets, the least and the largest of several seeds in round ones."""
    return f"[{limits}]" if seeds == 1 else f"({limits})"


def _tell_cell(cell: Mapping[Any, Any]) -> dict[str, str]:
    """Write the rate, and below it interval or range, chance and n; nothing where no scan counted."""
    if np.isnan(cell["rate"]):
        return {}
    rate = f"{cell['rate']:.0%}"
    if not np.isnan(cell["low"]):
        limits = f"{100 * cell['low']:.0f}, {100 * cell['high']:.0f}"
        rate += f" {_bracket(limits, cell['seeds'])}"
    return {"rate": rate, "chance": f"chance {cell['chance']:.0%}, n {cell['n']:.0f}"}


def name_cue(cue: str) -> str:
    r"""Name a cue in two lines, or a dose of a plant.

    Examples:
        >>> name_cue("foci_mass"), name_cue("foci_mass_share050_strength100")
        ('foci\nmass', 'foci mass\nshare 50 %')
        >>> name_cue("halo_share100_strength100"), name_cue("halo_share100_strength025")
        ('halo\nall, in full', 'halo\nstrength 25 %')
    """
    dose = DOSE.fullmatch(cue)
    if dose is None:
        return cue.replace("_", "\n", 1)
    share, strength = int(dose["share"]), int(dose["strength"])
    told = "all, in full" if share == strength == FULL else f"strength {strength} %"
    told = f"share {share} %" if share < FULL else told
    return f"{dose['plant'].replace('_', ' ')}\n{told}"


def _frame(axes: Axes, rows: Sequence[tuple[str, str]], cues: Sequence[str]) -> None:
    """Name rows and columns, and part the networks by a line."""
    axes.set_yticks(
        range(len(rows)), [f"{network}, {method}" for network, method in rows], fontsize=BODY_PT
    )
    axes.set_xticks(range(len(cues)), [name_cue(cue) for cue in cues], fontsize=BODY_PT)
    axes.xaxis.tick_top()
    networks = [network for network, _ in rows]
    axes.tick_params(length=0, labelcolor=INK)
    axes.tick_params(axis="x", pad=72 * AUC_IN * len(set(networks)) + 5)
    axes.spines[:].set_color(HAIRLINE)
    for place in range(1, len(rows)):
        if networks[place] != networks[place - 1]:
            axes.axhline(place - 0.5, color=INK, linewidth=1.0)

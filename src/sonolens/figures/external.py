"""Networks away from home: what they score here beside what they scored there, and what biopsies by them are worth."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN, frame, write_words
from sonolens.figures.style import (
    FAINT,
    INK,
    MUTED,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
)
from sonolens.tables.external import (
    AREA,
    PAPERS,
    HomeAndAwayTable,
    NetBenefitTable,
    RegionsHomeAndAwayTable,
)

Row: TypeAlias = Mapping[Hashable, Any]

HOME, AWAY = "#8a5a00", "#0b6b5e"

ROW_IN, HEAD_IN, FOOT_IN = 0.5, 0.75, 0.95
NAMES_IN, PANEL_IN = 2.6, 4.2
CURVE_IN = (3.4, 2.6)
ACROSS = 2


@in_house_style
def draw_home_and_away(
    home_and_away: HomeAndAwayTable, regions_home_and_away: RegionsHomeAndAwayTable
) -> Figure:
    """Draw the AUC per lesion of every network at home and here, and how far above chance its maps hit, with intervals."""
    areas = home_and_away.query(AREA).to_dict(orient="records")
    hits = regions_home_and_away.query(PAPERS).to_dict(orient="records")
    height_in = ROW_IN * max(1, len(areas), len(hits))
    width_in = 2 * MARGIN_IN + 2 * NAMES_IN + 2 * PANEL_IN
    figure = new_page(width_in=width_in, height_in=HEAD_IN + height_in + FOOT_IN)
    for number, (rows, stem, chance, told) in enumerate(
        [
            (areas, "{}", 0.5, "AUC per lesion; dashed: chance"),
            (hits, "{}_above", 0.0, "Hits in any region above chance (dashed), rightly called"),
        ]
    ):
        axes = place_axes(
            figure,
            left_in=MARGIN_IN + NAMES_IN + number * (PANEL_IN + NAMES_IN),
            top_in=HEAD_IN,
            size_in=(PANEL_IN, ROW_IN * max(1, len(rows))),
        )
        _draw_pairs(axes, rows, stem=stem, chance=chance)
        frame(axes, xlabel=told, ylabel="")
    write_words(
        figure,
        "At home and away",
        "Brown: test scans of the study that trained the network. Green: this study. Bars: intervals over patients.",
        foot_in=FOOT_IN - 0.5,
    )
    return figure


@in_house_style
def draw_net_benefit(net_benefit: NetBenefitTable) -> Figure:
    """Draw the decision curve of every network, beside biopsies of everybody and of nobody."""
    runs = list(net_benefit.groupby("run", sort=False))
    down = math.ceil(len(runs) / ACROSS) or 1
    across = min(ACROSS, max(1, len(runs)))
    step_in = (CURVE_IN[0] + 0.75, CURVE_IN[1] + 0.95)
    figure = new_page(
        width_in=2 * MARGIN_IN + 0.5 + step_in[0] * across,
        height_in=HEAD_IN + step_in[1] * down + 0.5,
    )
    for number, (run, rows) in enumerate(runs):
        axes = place_axes(
            figure,
            left_in=MARGIN_IN + 0.5 + step_in[0] * (number % across),
            top_in=HEAD_IN + 0.2 + step_in[1] * (number // across),
            size_in=CURVE_IN,
        )
        _draw_curve(axes, rows, name=str(run))
    write_words(
        figure,
        "Net benefit",
        "Green: biopsy by the network's probability. Grey: biopsy everybody; the line at 0: nobody.",
        foot_in=0.3,
    )
    return figure


def _draw_pairs(axes: Axes, rows: Sequence[Row], *, stem: str, chance: float) -> None:
    """Draw home above away for every row, from below chance to the best there can be."""
    sides = {side: stem.format(side) for side in ("home", "away")}
    for place, row in enumerate(rows):
        _draw_interval(axes, row, sides["home"], place - 0.14, colour=HOME)
        _draw_interval(axes, row, sides["away"], place + 0.14, colour=AWAY)
    known = [row[f"{name}_low"] for row in rows for name in sides.values()]
    least = min([each for each in known if not math.isnan(each)], default=chance)
    axes.set(xlim=(min(chance - 0.05, least - 0.03), 1.0), ylim=(max(1, len(rows)) - 0.5, -0.5))
    told = [" ".join(filter(None, (str(row["run"]), row.get("asked_by")))) for row in rows]
    names = [elide(name, width_in=NAMES_IN - 0.2, size_pt=SMALL_PT) for name in told]
    axes.set_yticks(range(len(rows)), names)
    axes.axvline(chance, color=FAINT, linewidth=0.8, linestyle="dashed")


def _draw_interval(axes: Axes, row: Row, name: str, height: float, *, colour: str) -> None:
    if math.isnan(row[name]):
        return
    told = f"{name}-{row['run']}"
    axes.plot(
        [row[f"{name}_low"], row[f"{name}_high"]],
        [height, height],
        color=colour,
        linewidth=1.4,
        solid_capstyle="butt",
        gid=f"interval-{told}",
    )
    axes.plot(row[name], height, "o", color=colour, markersize=4, gid=told)


def _draw_curve(axes: Axes, rows: NetBenefitTable, *, name: str) -> None:
    at = rows["threshold"].to_numpy()
    axes.plot(at, rows["everybody"], color=MUTED, linewidth=1, gid=f"everybody-{name}")
    axes.plot(at, rows["net_benefit"], "o-", color=AWAY, markersize=3, gid=f"network-{name}")
    axes.axhline(0, color=INK, linewidth=0.8)
    most = float(rows["n_malignant"].iloc[0] / rows["n"].iloc[0])
    axes.set(xlim=(0, float(at.max()) * 1.05), ylim=(-0.1 * most - 0.02, 1.1 * most + 0.02))
    axes.set_title(elide(name, width_in=CURVE_IN[0], size_pt=SMALL_PT), fontsize=SMALL_PT)
    frame(axes, xlabel="Probability from which on a biopsy is made", ylabel="Net benefit")

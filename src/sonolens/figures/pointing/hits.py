"""Hits of the pointing game beside chance and beside the paper's own rates."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import FEW_RUNS, MARGIN_IN, frame
from sonolens.figures.published import POINTING_HITS, counted_by_paper
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    REGION_COLOURS,
    REGION_TITLES,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_small,
)
from sonolens.tables.pointing import PointingGameTable

PAPER = "Byra 2022 (other scans)"


@in_house_style
def draw_pointing_game(pointing_game: PointingGameTable) -> Figure:
    """Draw how often the extremes lie in each region, beside chance, fixed places and the paper's own rates.

    Shown are correctly classified scans of both labels under the rule ``either``, as in the paper;
    one panel per method and run, or per method where there are too many runs for that.
    """
    shown = counted_by_paper(pointing_game)
    games = list(shown.groupby(["method", "run"], sort=False))
    several = len(games) > FEW_RUNS
    panels = (
        [(f"{name}: every run", game) for name, game in shown.groupby("method", sort=False)]
        if several
        else [(f"{method}, {run}", game) for (method, run), game in games]
    )
    panel_in = 2.4 if several else 1.75
    figure = new_page(width_in=6.6, height_in=0.64 + len(panels) * (panel_in + 0.85))
    for place, (title, game) in enumerate(panels):
        top_in = 0.4 + place * (panel_in + 0.85)
        axes = place_axes(figure, left_in=1.75, top_in=top_in, size_in=(4.6, panel_in))
        (_draw_games if several else _draw_game)(axes, game)
        write(
            figure,
            f"{title}: correctly classified scans",
            left_in=MARGIN_IN,
            top_in=top_in - 0.27,
            bold=True,
        )
    top_in, text = figure.get_size_inches()[1] - 0.5, _explain(shown, several=several)
    write_small(figure, text, left_in=MARGIN_IN, top_in=top_in, width_in=6.3)
    return figure


def _explain(shown: pd.DataFrame, *, several: bool) -> str:
    ring = f"Peritumoral ring: {', '.join(shown['ring'].unique())}."
    if several:
        return (
            "Dots: one per run, the share of scans whose map has its maximum or minimum in the region. Grey "
            "ticks: what a map that points at random cells scores. Triangles: what the two fixed places score that "
            f"hit most training masks. {ring}"
        )
    return (
        "Dot: share of scans whose map has its maximum or minimum in the region, with its interval. "
        "Grey bar: what a map that points at random cells scores on the same scans. Triangle: what the two fixed "
        f"places score there that hit most training masks. {ring}"
    )


def _draw_games(axes: Axes, games: pd.DataFrame) -> None:
    """One row per region, in it every run at a height of its own: its rate, chance and fixed places."""
    for place, (region, found) in enumerate(games.groupby("region", sort=False)):
        heights = place + np.linspace(-0.32, 0.32, len(found))
        axes.plot(
            found["chance"], heights, "|", ms=5, color=MUTED, alpha=0.7, gid=f"chance-{region}"
        )
        axes.plot(
            found["location_prior"], heights, "^", ms=3, mfc="none", mec=INK, mew=0.6, zorder=1
        )
        axes.plot(
            found["rate"],
            heights,
            "o",
            ms=4,
            color=REGION_COLOURS[str(region)],
            mec=INK,
            mew=0.5,
            gid=f"rate-{region}",
        )
        axes.plot(
            POINTING_HITS[str(region)], place + 0.45, "D", ms=5, mfc="none", mec=MUTED, zorder=1
        )
    names = [
        f"{REGION_TITLES[str(region)]}\n{len(found)} runs"
        for region, found in games.groupby("region", sort=False)
    ]
    _frame_rows(axes, names)


def _draw_game(axes: Axes, game: pd.DataFrame) -> None:
    """One row per region: chance as a bar, the rate as a dot with its interval, fixed places and the paper hollow."""
    for place, row in enumerate(game.to_dict("records")):
        region = row["region"]
        axes.barh(place, row["chance"], height=0.62, color=HAIRLINE, gid=f"chance-{region}")
        axes.plot(
            row["location_prior"],
            place + 0.2,
            "^",
            ms=6,
            mfc="white",
            mec=INK,
            clip_on=False,
            gid=f"fixed-{region}",
        )
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
    _frame_rows(axes, names)


def _frame_rows(axes: Axes, names: list[str]) -> None:
    """Name the rows from the top down, and let hits run from none to all."""
    axes.set_yticks(np.arange(len(names)), names, fontsize=BODY_PT)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 6), [f"{share:.0%}" for share in np.linspace(0, 1, 6)])
    frame(axes, xlabel=f"hits     (hollow diamond: {PAPER})", ylabel="")

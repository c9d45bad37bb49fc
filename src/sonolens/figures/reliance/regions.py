"""Region reliance: the share of every region beside its placebo, and what is told without it and by it alone."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.evaluation.classification import EVEN
from sonolens.figures.panels import INKS, explain_panels, frame, open_panels
from sonolens.figures.style import HAIRLINE, INK, MUTED, PAGE, SMALL_PT, in_house_style
from sonolens.tables.reliance import RelianceAucsTable, RelianceScoresTable, keep_first_null
from sonolens.tables.vocabulary import RELIANCE_REGIONS

REGION_NAMES = {
    "mass": "mass",
    "peritumoral": "peritumoral ring",
    "below": "below the mass",
    "other": "all else",
    "annotation": "annotations",
}
FILL_NAMES = {
    "mean": "mean grey",
    "blurred": "blurred",
    "donor": "another patient's scan",
    "tissue": "tissue without structure",
    "shuffled": "own pixels shuffled",
}
PLACEBO_NAMES = {
    "moved": "the same shapes moved aside to where there is no mass",
    "exchanged": "the regions of another patient's scan",
    "randomised": "the same regions asked of a network whose weights were drawn anew",
    "none": "nothing, because none of these scans had room for a placebo",
}
"""What regions are held against, by null."""

VIEWS = {
    "without": ("v", INKS[1], "all but the region"),
    "alone": ("^", INKS[3], "the region alone"),
    "value": ("o", INK, "its Shapley value"),
}
WIDTH_IN, ROW_IN, WORDS_IN = 8.6, 0.27, 2.6


@in_house_style
def draw_region_reliance(
    reliance_scores: RelianceScoresTable, reliance_aucs: RelianceAucsTable
) -> Figure:
    """Draw per fill how much of reliance each region has, and how well labels are told with and without it.

    Above: dots for the scans' own regions, rings for their placebos. Below: the AUC of each view of a region, and a
    line for the whole scan. Several runs are averaged, with bars from the least to the largest.
    """
    shares = keep_first_null(reliance_scores).query(
        "measure == 'share' and subset == 'all' and label == 'both'"
    )
    aucs = keep_first_null(reliance_aucs)
    fills = [str(name) for name in aucs["fill"].unique()]
    regions = [name for name in RELIANCE_REGIONS if (aucs["region"] == name).any()]
    partition = aucs["partition"].iloc[0]
    title = f"What decisions hang on, {partition} partition"
    figure = open_panels(title, size_in=(WIDTH_IN, WORDS_IN + 2 * ROW_IN * len(regions)))
    panels = figure.subplots(2, len(fills), sharey=True, squeeze=False)
    for column, fill in enumerate(fills):
        above, below = panels[:, column]
        _draw_shares(above, shares[shares["fill"] == fill], regions)
        _draw_aucs(below, aucs[aucs["fill"] == fill], regions)
        above.set_title(f"filled by {FILL_NAMES[fill]}", fontsize=SMALL_PT, loc="left")
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(regions)), [REGION_NAMES[name] for name in regions])
        axes.set_ylim(len(regions) - 0.5, -0.5)
    explain_panels(figure, _explain(shares, aucs))
    return figure


def _draw_shares(axes: Axes, shares: pd.DataFrame, regions: list[str]) -> None:
    for place, region in enumerate(regions):
        rows = shares[shares["region"] == region]
        _draw_mark(axes, rows, "value", float(place), marker="o", colour=INK, gid=f"share-{region}")
        axes.plot(
            rows["placebo"].mean(),
            place,
            "o",
            mfc=PAGE,
            mec=MUTED,
            ms=6,
            zorder=1,
            gid=f"placebo-{region}",
        )
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 5), [f"{100 * x:.0f}" for x in np.linspace(0, 1, 5)])
    _finish(axes, xlabel="share of reliance, %")


def _draw_aucs(axes: Axes, aucs: pd.DataFrame, regions: list[str]) -> None:
    whole = aucs.loc[aucs["view"] == "whole", "auc"].mean()
    axes.axvline(EVEN, color=HAIRLINE, linewidth=1.2, zorder=0, gid="chance")
    axes.axvline(whole, color=MUTED, linewidth=1.2, linestyle=(0, (3, 2)), zorder=0, gid="whole")
    for place, region in enumerate(regions):
        for step, (view, (marker, colour, _)) in enumerate(VIEWS.items()):
            rows = aucs[(aucs["region"] == region) & (aucs["view"] == view)]
            height = place + 0.22 * (step - 1)
            _draw_mark(
                axes, rows, "auc", height, marker=marker, colour=colour, gid=f"{view}-{region}"
            )
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 5), [f"{x:.2g}" for x in np.linspace(0, 1, 5)])
    _finish(axes, xlabel="AUC")


def _draw_mark(
    axes: Axes, rows: pd.DataFrame, value: str, place: float, *, marker: str, colour: str, gid: str
) -> None:
    """Draw one run with its interval, or the mean of several from the least to the largest."""
    known = rows.dropna(subset=value)
    if known.empty:
        return
    ends = [known[value].min(), known[value].max()]
    if len(known) == 1:
        ends = [known["ci_low"].iloc[0], known["ci_high"].iloc[0]]
    axes.plot(ends, [place, place], color=colour, linewidth=1.2, zorder=2)
    style: dict[str, Any] = {"color": colour, "ms": 5, "clip_on": False, "zorder": 3}
    axes.plot(known[value].mean(), place, marker, gid=gid, **style)


def _finish(axes: Axes, *, xlabel: str) -> None:
    frame(axes, xlabel=xlabel, ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)


def _explain(shares: pd.DataFrame, aucs: pd.DataFrame) -> str:
    runs = aucs["run"].nunique()
    bar = (
        f"the least and the largest of {runs} runs, which is no interval"
        if runs > 1
        else f"the {aucs['confidence'].iloc[0]:.0%} interval"
    )
    signs = {"v": "Triangle down", "^": "triangle up", "o": "dot"}
    views = "; ".join(f"{signs[marker]}: {words}" for marker, _, words in VIEWS.values())
    return (
        f"Above: a region's share of all that regions add to a logit (dot), and that of a placebo (ring): "
        f"{PLACEBO_NAMES[str(aucs['null'].iloc[0])]}. Below: how well labels are told. {views}; dashed: the whole scan; grey: chance. Bars: "
        f"{bar}. n = {aucs['n'].max()} scans, {shares['n_placebo'].max()} of them with a placebo. What is "
        "left out shows the fill: fills that disagree leave the question undecided."
    )

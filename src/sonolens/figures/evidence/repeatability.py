"""Repeatability: how alike maps stay over fits of one network, beside maps of strangers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import explain_panels, frame, open_panels
from sonolens.figures.style import (
    HAIRLINE,
    INK,
    MUTED,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
)
from sonolens.tables.evidence import RepeatabilityTable

MEASURES = {
    "ssim": "structural similarity (SSIM)",
    "rank_correlation": "rank correlation of cells",
}
ROW = ["configuration", "method", "varied"]
ROW_IN, WORDS_IN, WIDTH_IN, NAME_IN = 0.26, 1.9, 8.6, 2.6
ONCE = "Every configuration was fitted once, so there is no second map of a scan to compare with."


@in_house_style
def draw_repeatability(repeatability: RepeatabilityTable) -> Figure:
    """Draw how alike the maps of two fits are on one scan, and on two strangers' scans.

    One row per configuration, method and what varied: a dot for the same scan, a ring for strangers. A
    study whose networks were fitted once has no row: the figure says so.
    """
    rows = list(repeatability[ROW].drop_duplicates().itertuples(index=False, name=None))
    figure = open_panels(
        "Maps of a network fitted again", size_in=(WIDTH_IN, WORDS_IN + ROW_IN * len(rows))
    )
    if not rows:
        explain_panels(figure, ONCE)
        return figure
    panels = figure.subplots(1, len(MEASURES), sharey=True, squeeze=False)[0]
    for axes, (measure, title) in zip(panels, MEASURES.items(), strict=True):
        shown = repeatability[repeatability["measure"] == measure].set_index(ROW).loc[rows]
        _draw_rows(axes, shown, measure)
        frame(axes, xlabel=title, ylabel="")
    names = [f"{configuration}, {method}: other {varied}" for configuration, method, varied in rows]
    panels[0].set_yticks(
        range(len(rows)), [elide(name, width_in=NAME_IN, size_pt=SMALL_PT) for name in names]
    )
    panels[0].set_ylim(len(rows) - 0.5, -0.5)
    explain_panels(figure, _explain(repeatability))
    return figure


def _draw_rows(axes: Axes, shown: pd.DataFrame, measure: str) -> None:
    places = np.arange(len(shown))
    axes.hlines(places, shown["stranger"], shown["mean"], color=HAIRLINE, linewidth=1.4)
    axes.plot(shown["stranger"], places, "o", mfc=PAGE, mec=MUTED, ms=6, gid=f"strangers-{measure}")
    axes.plot(
        shown["mean"], places, "o", color=INK, ms=6, clip_on=False, gid=f"same-scan-{measure}"
    )
    axes.axvline(0, color=HAIRLINE, linewidth=0.8, zorder=0)
    axes.set_xlim(-1, 1)
    axes.set_xticks(np.linspace(-1, 1, 5))
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)


def _explain(repeatability: RepeatabilityTable) -> str:
    about = repeatability.iloc[0]
    return (
        "Dot: the maps that two fits of one configuration draw of the same scan, averaged over the pairs of fits and "
        f"the {about['partition']} scans. Ring: the map that one fit draws of a scan and the other of another "
        "patient's, which is chance. 1: the same map; 0: nothing in common. Fits that differ in the fold alone "
        "are compared on the scans that either of them tests, which the other may have learnt from."
    )

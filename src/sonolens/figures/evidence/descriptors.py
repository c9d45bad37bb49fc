"""What the radiologist saw: how maps and reliance differ where something was noted, dots with intervals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.figures.panels import INKS, explain_panels, frame, open_panels
from sonolens.figures.style import (
    HAIRLINE,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
)
from sonolens.tables.descriptors import DescriptorAgreementTable
from sonolens.tables.vocabulary import DESCRIPTOR_READINGS

TITLES = dict(
    zip(
        DESCRIPTOR_READINGS,
        ("maps that point there", "share of reliance", "reliance, logits"),
        strict=True,
    )
)
ROW = ["descriptor", "value", "region"]
ROW_IN, WORDS_IN, WIDTH_IN, NAME_IN = 0.32, 2.1, 9.2, 2.9
SPREAD = 0.6
"""Part of a row over which the dots of several sources stand."""
NOT_ASKED = (
    "Nothing could be asked: the study tells of no descriptor, or too few scored patients have one."
)


@in_house_style
def draw_descriptors(descriptor_agreement: DescriptorAgreementTable) -> Figure:
    """Draw how much more maps point at a region, and decisions hang on it, where something was noted there.

    One row per finding and region that could be asked, one panel per reading, one dot per method or fill. Of several
    runs the first is shown. A study without descriptors has no row: the figure says so.
    """
    asked = descriptor_agreement.dropna(subset="p_value")
    runs = asked["run"].unique()
    shown = asked[asked["run"].isin(runs[:1])]
    rows = list(shown[ROW].drop_duplicates().itertuples(index=False, name=None))
    figure = open_panels(
        "Where the radiologist noted something", size_in=(WIDTH_IN, WORDS_IN + ROW_IN * len(rows))
    )
    if not rows:
        explain_panels(figure, NOT_ASKED)
        return figure
    panels = figure.subplots(1, len(TITLES), sharey=True, squeeze=False)[0]
    for axes, (reading, title) in zip(panels, TITLES.items(), strict=True):
        _draw_reading(axes, shown[shown["reading"] == reading], rows)
        frame(axes, xlabel=title, ylabel="")
    names = [f"{descriptor}: {value} ({region})" for descriptor, value, region in rows]
    panels[0].set_yticks(
        range(len(rows)), [elide(name, width_in=NAME_IN, size_pt=SMALL_PT) for name in names]
    )
    panels[0].set_ylim(len(rows) - 0.5, -0.5)
    explain_panels(figure, _explain(shown, len(runs)))
    return figure


def _draw_reading(axes: Axes, shown: pd.DataFrame, rows: list[tuple[str, str, str]]) -> None:
    """Draw the dots of all sources, those of one row beneath each other."""
    sources = list(shown["source"].unique())
    offsets = SPREAD * (np.arange(len(sources)) - (len(sources) - 1) / 2) / max(1, len(sources))
    axes.axvline(0, color=HAIRLINE, linewidth=1.2, zorder=0, gid="no-difference")
    for row in shown.to_dict(orient="records"):
        number = sources.index(row["source"])
        colour = INKS[number % len(INKS)]
        place = rows.index(tuple(row[name] for name in ROW)) + offsets[number]
        limits = [row["within_label_low"], row["within_label_high"]]
        axes.plot(limits, [place, place], color=colour, linewidth=1.3)
        sure = row["p_adjusted"] < 1 - row["confidence"]
        face = colour if sure else PAGE
        axes.plot(row["within_label"], place, "o", color=colour, mfc=face, ms=5, gid=row["source"])
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    handles = [
        Line2D([], [], color=INKS[number % len(INKS)], marker="o", ms=5, linewidth=1.3, label=name)
        for number, name in enumerate(sources)
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        fontsize=SMALL_PT,
        ncols=max(1, len(handles)),
        handlelength=1.0,
        columnspacing=0.9,
        borderaxespad=0,
    )


def _explain(shown: pd.DataFrame, runs: int) -> str:
    about = shown.iloc[0]
    others = f" Run {about['run']}; the table has all {runs}." if runs > 1 else ""
    return (
        "Difference between scans where the finding was noted and where it was not, both of one label, averaged over the "
        f"labels; {about['partition']} scans. Bars: {about['confidence']:.0%} intervals over patients. Filled: the adjusted p of "
        "exchanged notes is below the level of the interval. Dots of one panel are the methods of maps, or the fills. Logits speak "
        f"for malignant.{others}"
    )

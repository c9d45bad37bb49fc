"""Conformal sets of test lesions: how many hold one label, both, or none, and whether the label is the right one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.panels import explain_panels, frame, open_panels
from sonolens.figures.style import HAIRLINE, INK, LABEL_COLOURS, PAGE, SMALL_PT, in_house_style
from sonolens.tables.conformal import ConformalScoresTable
from sonolens.tables.vocabulary import LABELS, SET_TAXONOMIES

TAXONOMIES = {
    "marginal": "all together",
    "label": "by label",
    "birads": "by BI-RADS",
}
"""What is calibrated apart, as figure and page name it."""

PARTS = {
    "only_benign": ("benign alone", LABEL_COLOURS["benign"]),
    "both": ("both: left to the reader", HAIRLINE),
    "only_malignant": ("malignant alone", LABEL_COLOURS["malignant"]),
    "empty": ("neither", INK),
}
LEVEL = "lesion"
ROW_IN, WORDS_IN, WIDTH_IN = 0.3, 1.75, 7.6
NO_SETS = "No test lesion has a set."


@dataclass(frozen=True)
class Bar:
    """One row of the figure: shares of `PARTS`, in their order."""

    name: str
    gid: str
    shares: tuple[float, ...]


@in_house_style
def draw_conformal_sets(conformal_scores: ConformalScoresTable) -> Figure:
    """Draw what the sets of benign and of malignant test lesions hold, by what was calibrated apart.

    Shown is the first alpha of the table; several runs are averaged.
    """
    alpha = conformal_scores["alpha"].iloc[0] if len(conformal_scores) else float("nan")
    shown = conformal_scores[
        (conformal_scores["alpha"] == alpha) & (conformal_scores["level"] == LEVEL)
    ]
    bars = list(_list_bars(shown))
    title = "What conformal sets hold, test lesions"
    figure = open_panels(title, size_in=(WIDTH_IN, WORDS_IN + ROW_IN * max(1, len(bars))))
    axes = figure.subplots()
    for place, bar in enumerate(bars):
        start = 0.0
        for (part, (_, colour)), share in zip(PARTS.items(), bar.shares, strict=True):
            axes.barh(
                place, share, left=start, color=colour, edgecolor=PAGE, gid=f"{part}-{bar.gid}"
            )
            start += share
    for words, colour in PARTS.values():
        axes.barh([-5], [0], color=colour, label=words)
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars])
    axes.set(xlim=(0, 1), ylim=(max(1, len(bars)) - 0.5, -0.5))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(PARTS), frameon=False)
    frame(axes, xlabel="share of the lesions", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    explain_panels(figure, _explain(shown, alpha) if bars else NO_SETS)
    return figure


def _list_bars(shown: pd.DataFrame) -> Iterator[Bar]:
    for taxonomy in SET_TAXONOMIES:
        for label in LABELS:
            rows = shown[(shown["taxonomy"] == taxonomy) & (shown["stratum"] == label)]
            known = rows.dropna(subset="value")
            if known.empty:
                continue
            means = known.groupby("measure")["value"].mean()
            yield Bar(
                name=f"{label}, {TAXONOMIES[taxonomy]}\nn = {known['n'].max()}",
                gid=f"{taxonomy}-{label}",
                shares=tuple(float(means[part]) for part in PARTS),
            )


def _explain(shown: pd.DataFrame, alpha: float) -> str:
    runs = shown["run"].nunique()
    several = f" Means of {runs} runs." if runs > 1 else ""
    return (
        f"Sets may miss {alpha:.0%}; what is calibrated apart stands behind the label. Blue in a benign row would spare a biopsy, in a "
        f"malignant row it would miss a cancer.{several}"
    )

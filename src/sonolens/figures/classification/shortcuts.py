"""What tells the label without the appearance of the mass: dots with intervals, and the networks beside."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.panels import FEW_RUNS, INKS, explain_panels, frame, open_panels
from sonolens.figures.style import (
    HAIRLINE,
    INK,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
)
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.shortcuts import ShortcutAuditTable
from sonolens.tables.vocabulary import GEOMETRY

FEATURES = {
    "picture_size": "picture size",
    "device": "device",
    "field": "spacing and depth",
    "grey": "grey level and contrast",
    "annotations": "annotations",
    "position": "position of the mass",
    GEOMETRY: "geometry of the mask",
}
"""The sets of features as the figure and the page name them."""

MOST_DEVICES = 6
"""More held-out devices than this stand in the table alone."""

ROW_IN, WORDS_IN, WIDTH_IN, NAME_IN = 0.24, 1.5, 7.6, 3.1
SHORTCUT_INK, GEOMETRY_INK = INK, INKS[2]
NOT_ASKED = "No set of features could be asked; the table says why."


@dataclass(frozen=True)
class Dot:
    """One row of the figure, from top to bottom; `gid` names its kind."""

    name: str
    auc: float
    ci_low: float
    ci_high: float
    colour: str
    gid: str


@in_house_style
def draw_shortcuts(
    shortcut_audit: ShortcutAuditTable, classification_metrics: ClassificationMetricsTable
) -> Figure:
    """Draw the AUC of every set of features that could be asked, and those of the networks.

    Shortcuts stand above geometry, other patients above held-out devices; the networks' test AUCs per scan are rings
    below. Of more than a few runs only the lowest and the highest are shown, of more than a few devices none.
    """
    dots = [*_list_features(shortcut_audit), *_list_networks(classification_metrics)]
    title = "What tells the label without the appearance of the mass"
    figure = open_panels(title, size_in=(WIDTH_IN, WORDS_IN + ROW_IN * len(dots)))
    axes = figure.subplots()
    axes.axvline(0.5, color=HAIRLINE, linewidth=1.2, zorder=0, gid="chance")
    for place, dot in enumerate(dots):
        axes.plot([dot.ci_low, dot.ci_high], [place, place], color=dot.colour, linewidth=1.3)
        face = PAGE if dot.gid == "network" else dot.colour
        axes.plot(dot.auc, place, "o", color=dot.colour, mfc=face, ms=6, gid=dot.gid)
    names = [elide(dot.name, width_in=NAME_IN, size_pt=SMALL_PT) for dot in dots]
    axes.set_yticks(range(len(dots)), names)
    axes.set_ylim(len(dots) - 0.5, -0.5)
    axes.set_xlim(min(0.2, *(dot.ci_low for dot in dots)) if dots else 0.2, 1.02)
    frame(axes, xlabel="AUC", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    explain_panels(figure, _explain(shortcut_audit))
    return figure


def _list_features(shortcut_audit: ShortcutAuditTable) -> list[Dot]:
    """List what was asked of other patients, and of other devices if these are few."""
    asked = shortcut_audit.dropna(subset="auc")
    if asked["device"].nunique() > MOST_DEVICES:
        asked = asked[asked["device"].isna()]
    return [
        Dot(
            name=FEATURES[row["features"]]
            + ("" if pd.isna(row["device"]) else f", on {row['device']}"),
            auc=row["auc"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            colour=GEOMETRY_INK if row["kind"] == GEOMETRY else SHORTCUT_INK,
            gid=row["kind"],
        )
        for row in asked.to_dict(orient="records")
    ]


def _list_networks(classification_metrics: ClassificationMetricsTable) -> list[Dot]:
    """List the test AUCs per scan of all runs, or the lowest and the highest of many."""
    of_scans = classification_metrics.query(
        "partition == 'test' and level == 'scan' and stratum == 'all' and metric == 'auc'"
    ).dropna(subset="value")
    rows = of_scans.to_dict(orient="records")
    if len(rows) > FEW_RUNS:
        ordered = sorted(rows, key=lambda row: row["value"])
        rows = [ordered[0], ordered[-1]]
    return [
        Dot(
            f"network {row['run']}", row["value"], row["ci_low"], row["ci_high"], INKS[3], "network"
        )
        for row in rows
    ]


def _explain(shortcut_audit: ShortcutAuditTable) -> str:
    if shortcut_audit["auc"].isna().all():
        return NOT_ASKED
    return (
        "Dots: a fit that sees these numbers and no picture, asked of other patients, or of the scans of a device that it does "
        "not know. Green: the drawn mask alone, the baseline of a network. Rings: networks on their test scans, which are fewer. "
        f"Bars: {shortcut_audit['confidence'].iloc[0]:.0%} intervals. Line: chance."
    )

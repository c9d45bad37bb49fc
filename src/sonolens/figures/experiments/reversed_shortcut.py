"""What a shortcut that turns around does to networks with and without guidance."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.evaluation.classification import EVEN
from sonolens.figures.panels import INKS, explain_panels, frame, open_panels
from sonolens.figures.style import FAINT, HAIRLINE, INK, PAGE, SMALL_PT, in_house_style
from sonolens.tables.shortcuts import ReversedShortcutTable

WIDTH_IN, ROW_IN, WORDS_IN = 8.6, 0.3, 2.2

READING_NAMES = {
    "as_trained": "marks as learnt",
    "unmarked": "no marks",
    "reversed": "marks reversed",
}
"""The readings in words, in the order in which they are shown."""

PLACE_NAMES = {"edge": "marks at the ends of the mass", "aside": "marks aside of all regions"}

GUIDANCE_NAMES = {
    "none": "by labels alone",
    "regions": "guided by regions",
    "annotations": "guided by annotations",
}

PENS = {
    "none": (PAGE, INK, "o"),
    "regions": (INK, INK, "o"),
    "annotations": (INKS[2], INKS[2], "D"),
}
"""Face, edge and marker by guidance."""


@in_house_style
def draw_reversed_shortcut(reversed_shortcut: ReversedShortcutTable) -> Figure:
    """Draw a panel per place: in every reading the AUC of each configuration with its interval, and its runs as ticks."""
    places = reversed_shortcut["place"].unique().tolist()
    most = max(len(_order(rows)) for _, rows in reversed_shortcut.groupby("place"))
    figure = open_panels(
        f"A shortcut that turns around: {reversed_shortcut['partition'].iloc[0]} scans",
        size_in=(WIDTH_IN, WORDS_IN + ROW_IN * most),
    )
    panels = figure.subplots(1, len(places), squeeze=False)[0]
    for axes, place in zip(panels, places, strict=True):
        rows = _order(reversed_shortcut[reversed_shortcut["place"] == place])
        _draw_place(axes, rows, named=place == places[0])
        axes.set_title(PLACE_NAMES[place], loc="left", fontsize=SMALL_PT)
        axes.set_ylim(most - 0.5, -0.5)
    explain_panels(figure, _explain(reversed_shortcut))
    return figure


def _order(rows: pd.DataFrame) -> pd.DataFrame:
    ranks = {reading: rank for rank, reading in enumerate(READING_NAMES)}
    ordered = rows.assign(rank=rows["reading"].map(ranks))
    return ordered.sort_values("rank", kind="stable", ignore_index=True)


def _draw_place(axes: Axes, rows: pd.DataFrame, *, named: bool) -> None:
    axes.axvline(EVEN, color=HAIRLINE, linewidth=1.2, zorder=0, gid="chance")
    for place, row in enumerate(rows.to_dict(orient="records")):
        face, edge, marker = PENS[row["guidance"]]
        axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=edge, linewidth=1.2)
        runs = [row["least_auc"], row["largest_auc"]]
        axes.plot(runs, [place, place], "|", color=FAINT, ms=8, zorder=2)
        axes.plot(row["auc"], place, marker, mfc=face, mec=edge, ms=6, zorder=3, gid=f"auc-{place}")
    several = bool(rows.duplicated(["reading", "guidance"]).any())
    names = [_name(row, several) if named else "" for _, row in rows.iterrows()]
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlim(-0.02, 1.02)
    frame(axes, xlabel="AUC", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)


def _name(row: pd.Series, several: bool) -> str:
    who = str(row["configuration"]) if several else GUIDANCE_NAMES[str(row["guidance"])]
    return f"{READING_NAMES[str(row['reading'])]}, {who}"


def _explain(table: ReversedShortcutTable) -> str:
    first = table.iloc[0]
    runs = "1 run" if first["runs"] == 1 else f"{int(first['runs'])} runs"
    return (
        f"Dot: AUC, the mean over {runs}, with the {first['confidence']:.0%} interval over patients; grey ticks: "
        f"the lowest and the highest run. Filled: guided. Networks learnt scans of which most malignant ones bore marks; the same "
        f"{int(first['n'])} scans are asked with marks so, without, and with marks on as many benign ones. Grey line: chance."
    )

"""Networks beside readers: how often the extreme of a map, and a reader's point, lie in the same drawings."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.figures.panels import INKS, explain_panels, frame, open_panels
from sonolens.figures.style import HAIRLINE, INK, MUTED, PAGE, SMALL_PT, elide, in_house_style
from sonolens.tables.readers import ReaderComparisonTable
from sonolens.tables.vocabulary import POINT_MEASURES, READER_RULES, STUDY_READER

SHOWN_RULE, SHOWN_MEASURE = READER_RULES[0], POINT_MEASURES[0]
ROW_IN, WORDS_IN, WIDTH_IN, NAME_IN = 0.34, 1.9, 7.6, 3.4
APART = 0.14
"""How far, in rows, network and reader stand from the middle of theirs."""

MOST_ROWS = 24
"""More would be a page of their own; the table has all."""

NO_READERS = "No scored scan was read by another reader."


@in_house_style
def draw_readers(reader_comparison: ReaderComparisonTable) -> Figure:
    """Draw how often the extreme for the call, and a reader's point, lie in the mass as the study or a reader drew it.

    One row per method, reader and drawing; the reader's own drawing has no dot of the reader. Of several runs the first
    is shown. Without readings the figure says so.
    """
    of_rule = reader_comparison[reader_comparison["rule"] == SHOWN_RULE]
    hits = of_rule[of_rule["measure"] == SHOWN_MEASURE].dropna(subset="network")
    runs = hits["run"].unique()
    of_run = hits[hits["run"].isin(runs[:1])]
    shown = of_run.head(MOST_ROWS).reset_index(drop=True)
    figure = open_panels(
        "Networks beside readers", size_in=(WIDTH_IN, WORDS_IN + ROW_IN * max(1, len(shown)))
    )
    if shown.empty:
        explain_panels(figure, NO_READERS)
        return figure
    axes = figure.subplots()
    for place, row in shown.iterrows():
        _draw_row(axes, row, float(place))  # type: ignore[arg-type]
    names = [elide(_name(row), width_in=NAME_IN, size_pt=SMALL_PT) for _, row in shown.iterrows()]
    axes.set_yticks(range(len(shown)), names)
    axes.set(xlim=(-0.02, 1.02), ylim=(len(shown) - 0.5, -0.5))
    frame(axes, xlabel="share of points in the mass", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    _name_marks(axes)
    explain_panels(figure, _explain(shown, len(runs), len(of_run) - len(shown)))
    return figure


def _draw_row(axes: Axes, row: pd.Series, place: float) -> None:
    axes.plot(
        [row["chance"]] * 2, [place - 0.3, place + 0.3], color=HAIRLINE, linewidth=2, gid="chance"
    )
    for name, side, colour, face in (
        ("network", -APART, INK, INK),
        ("reader", APART, INKS[1], PAGE),
    ):
        value = row["network" if name == "network" else "reader_value"]
        limits = [row[f"{name}_low"], row[f"{name}_high"]]
        axes.plot(limits, [place + side] * 2, color=colour, linewidth=1.3)
        axes.plot(value, place + side, "o", color=colour, mfc=face, ms=5, gid=name)


def _name(row: pd.Series) -> str:
    drawn = "the study" if row["against"] == STUDY_READER else row["against"]
    return f"{row['method']}, {row['reader']}: as {drawn} drew, n = {row['n']}"


def _name_marks(axes: Axes) -> None:
    handles = [
        Line2D([], [], color=INK, marker="o", ms=5, linewidth=1.3, label="network"),
        Line2D([], [], color=INKS[1], marker="o", mfc=PAGE, ms=5, linewidth=1.3, label="reader"),
        Line2D([], [], color=HAIRLINE, linewidth=2, label="blind points"),
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        frameon=False,
        fontsize=SMALL_PT,
        labelcolor=MUTED,
    )


def _explain(shown: pd.DataFrame, runs: int, more: int) -> str:
    about = shown.iloc[0]
    others = f" Run {about['run']}; the table has all {runs}." if runs > 1 else ""
    others += f" {more} further rows stand in the table." if more else ""
    return (
        "How often the extreme that argues for the call, and the point of a reader, lie in the mass as somebody drew it; "
        f"{about['partition']} scans that both know. Bars: {about['confidence']:.0%} intervals over patients. In the own "
        f"drawing a reader is not scored.{others}"
    )

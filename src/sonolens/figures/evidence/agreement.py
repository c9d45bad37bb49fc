"""Agreement: how alike the maps of every two methods rank the cells of the same scans."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sonolens.figures.method_grid import span_counts
from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.style import (
    BODY_PT,
    HAIRLINE,
    INK,
    MUTED,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    wrap,
    write,
    write_small,
)
from sonolens.tables.evidence import MethodAgreementTable

MEASURE = "rank_correlation"
ALIKE = LinearSegmentedColormap.from_list("alike", ["#c65bd6", PAGE, "#12b58c"])
"""White: unrelated; green: the same order of the cells; purple: the reverse."""

CELL_IN = (0.55, 0.36)
NAME_IN = 1.25
LEFT_IN = NAME_IN + 0.3
HEAD_IN = 1.55
PAGE_IN = 6.6
LINE_IN = 0.15
ALONE = "Only one method was drawn, so there is no other to compare its maps with."

Row: TypeAlias = Mapping[Hashable, Any]


@in_house_style
def draw_agreement(method_agreement: MethodAgreementTable) -> Figure:
    """Draw a heat table of methods by methods: the mean rank correlation of their maps.

    Below the diagonal stands the mean, above it the interval of one run, or the least and the largest of
    several runs, whose mean it then is. Pairs that are the same by construction are hatched. One
    method alone has no pair: the figure says so.
    """
    shown = method_agreement[method_agreement["measure"] == MEASURE]
    if shown.empty:
        return _say_alone()
    methods = list(dict.fromkeys([*shown["first"], *shown["second"]]))
    text = wrap(_explain(shown), width_in=_width_in(methods) - 2 * MARGIN_IN, size_pt=SMALL_PT)
    foot_in = LINE_IN * len(text.splitlines()) + 0.3
    height_in = CELL_IN[1] * len(methods)
    figure = new_page(width_in=_width_in(methods), height_in=HEAD_IN + height_in + foot_in)
    axes = place_axes(
        figure, left_in=LEFT_IN, top_in=HEAD_IN, size_in=(CELL_IN[0] * len(methods), height_in)
    )
    _draw_cells(axes, shown, methods)
    _frame(axes, methods)
    title = f"Agreement of methods, {shown['partition'].iloc[0]} partition"
    write(figure, title, left_in=MARGIN_IN, top_in=MARGIN_IN, bold=True)
    write_small(figure, text, left_in=MARGIN_IN, top_in=HEAD_IN + height_in + 0.15)
    return figure


def _width_in(methods: Sequence[str]) -> float:
    # The names above slant to the right, beyond the last column.
    return max(PAGE_IN, LEFT_IN + CELL_IN[0] * len(methods) + NAME_IN)


def _draw_cells(axes: Axes, shown: pd.DataFrame, methods: Sequence[str]) -> None:
    """Colour both cells of every pair; write the mean into the lower one, its limits above."""
    means = np.full((len(methods), len(methods)), np.nan)
    for (first, second), pair in shown.groupby(["first", "second"], sort=False):
        high, low = sorted((methods.index(str(first)), methods.index(str(second))))
        means[low, high] = means[high, low] = pair["mean"].mean()
        _write(axes, (low, high), _number(means[low, high]), gid=f"mean-{first}-{second}")
        _write(axes, (high, low), _limits(pair), gid=f"limits-{first}-{second}", small=True)
        if pair["same_by_construction"].any():
            for row, col in ((low, high), (high, low)):
                axes.add_patch(
                    Rectangle(
                        (col - 0.5, row - 0.5),
                        1,
                        1,
                        fill=False,
                        hatch="//",
                        edgecolor=HAIRLINE,
                        linewidth=0,
                        zorder=1,
                        gid=f"same-{first}-{second}",
                    )
                )
    axes.imshow(means, cmap=ALIKE, vmin=-1, vmax=1, aspect="auto", zorder=0)


def _write(axes: Axes, place: tuple[int, int], text: str, *, gid: str, small: bool = False) -> None:
    row, col = place
    axes.text(
        col,
        row,
        text,
        ha="center",
        va="center",
        color=INK,
        fontsize=SMALL_PT - 1 if small else BODY_PT,
        linespacing=1.1,
        zorder=2,
        gid=gid,
    )


def _limits(pair: pd.DataFrame) -> str:
    """Write the interval of one run below each other, or the least and largest of several."""
    low, high = pair["ci_low"].iloc[0], pair["ci_high"].iloc[0]
    if len(pair) > 1:
        low, high = pair["mean"].min(), pair["mean"].max()
    return "" if np.isnan(low) or np.isnan(high) else f"{_number(low)}\nto {_number(high)}"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value + 0.0:.2f}".replace("-", "−")


def _frame(axes: Axes, methods: Sequence[str]) -> None:
    """Name rows and columns, and keep cells apart."""
    names = [elide(name, width_in=NAME_IN, size_pt=BODY_PT) for name in methods]
    axes.set_yticks(range(len(names)), names, fontsize=BODY_PT)
    axes.set_xticks(
        range(len(names)), names, fontsize=BODY_PT, rotation=45, ha="left", rotation_mode="anchor"
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_color(HAIRLINE)


def _explain(shown: pd.DataFrame) -> str:
    runs = shown["run"].nunique()
    limits = (
        f"its {shown['confidence'].iloc[0]:.0%} interval"
        if runs == 1
        else f"the least and the largest of {runs} runs, which is no interval"
    )
    told = "mean over the scans" if runs == 1 else "mean over the scans, then over the runs"
    same = (
        " Hatched: the two methods draw the same map by construction, so their agreement checks the "
        "program and is no finding."
        if shown["same_by_construction"].any()
        else ""
    )
    return (
        "1: both methods put the cells of a scan in the same order; 0: unrelated, which is chance; −1: in reverse "
        f"order. Below the diagonal: {told}, {span_counts(shown['n'])}. Above it: {limits}.{same}"
    )


def _say_alone() -> Figure:
    figure = new_page(width_in=PAGE_IN, height_in=0.8)
    write(figure, "Agreement of methods", left_in=MARGIN_IN, top_in=MARGIN_IN, bold=True)
    write(figure, ALONE, left_in=MARGIN_IN, top_in=MARGIN_IN + 0.22, colour=MUTED)
    return figure

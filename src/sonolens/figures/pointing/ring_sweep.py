"""The ring sweep: how often maps point at each region as the peritumoral ring widens."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.method_grid import (
    DASHED,
    LEFT_IN,
    LINE_IN,
    NAME_IN,
    NARROW_IN,
    PAGE_IN,
    TICKS_IN,
    label_grid,
    span_counts,
    trace_runs,
)
from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.published import counted_by_paper
from sonolens.figures.style import (
    BODY_PT,
    INK,
    MUTED,
    REGION_COLOURS,
    REGION_TITLES,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    wrap,
    write,
    write_small,
)
from sonolens.tables.pointing import RingSweepTable

PANEL_IN = NARROW_IN
GAP_IN = (PAGE_IN - LEFT_IN - MARGIN_IN - len(REGION_TITLES) * PANEL_IN[0]) / (
    len(REGION_TITLES) - 1
)
ROW_IN = NAME_IN + NAME_IN + LINE_IN + PANEL_IN[1] + TICKS_IN
NO_SWEEP = "No ring was swept: regions.sweep_outer_mm is empty."


@in_house_style
def draw_ring_sweep(ring_sweep: RingSweepTable) -> Figure:
    """Draw the hit rate of every region against the width of the ring, beside chance.

    One row of panels per method, one panel per region: correctly classified scans of both labels under the
    rule ``either``, as in the paper. Several runs are averaged, with bars from the least to the largest.
    An empty sweep is told in a sentence.
    """
    shown = counted_by_paper(ring_sweep)
    if shown.empty:
        figure = new_page(width_in=PAGE_IN, height_in=0.6)
        write(figure, NO_SWEEP, left_in=MARGIN_IN, top_in=MARGIN_IN, colour=MUTED)
        return figure
    methods = [str(name) for name in shown["method"].unique()]
    text = wrap(_explain(shown), width_in=PAGE_IN - 2 * MARGIN_IN, size_pt=SMALL_PT)
    head_in = MARGIN_IN + 0.2 + LINE_IN * len(text.splitlines()) + 0.2
    figure = new_page(width_in=PAGE_IN, height_in=head_in + len(methods) * ROW_IN)
    title = f"The ring's width, {shown['partition'].iloc[0]} partition"
    write(figure, title, left_in=MARGIN_IN, top_in=MARGIN_IN, bold=True)
    write_small(figure, text, left_in=MARGIN_IN, top_in=MARGIN_IN + 0.19)
    for place, method in enumerate(methods):
        game = shown[shown["method"] == method]
        _draw_row(figure, game, method=method, top_in=head_in + place * ROW_IN)
    return figure


def _draw_row(figure: Figure, game: pd.DataFrame, *, method: str, top_in: float) -> None:
    """Draw the panels of one method, one per region."""
    name = elide(method, width_in=PAGE_IN - 2 * MARGIN_IN, size_pt=BODY_PT, bold=True)
    write(figure, name, left_in=MARGIN_IN, top_in=top_in, bold=True)
    panels = []
    for place, (region, curves) in enumerate(game.groupby("region", sort=False)):
        left_in, below_in = LEFT_IN + place * (PANEL_IN[0] + GAP_IN), top_in + NAME_IN
        write(figure, REGION_TITLES[str(region)], left_in=left_in, top_in=below_in)
        write_small(figure, span_counts(curves["n"]), left_in=left_in, top_in=below_in + 0.16)
        axes = place_axes(
            figure, left_in=left_in, top_in=below_in + NAME_IN + LINE_IN, size_in=PANEL_IN
        )
        _draw_panel(axes, curves, region=str(region), gid=f"{method}-{region}")
        panels.append(axes)
    unit = "mm" if _width_column(game) == "ring_outer_mm" else "mass radii"
    label_grid(panels, xlabel=f"ring ends at, {unit}", ylabel="hits")


def _draw_panel(axes: Axes, curves: pd.DataFrame, *, region: str, gid: str) -> None:
    """Draw rate and chance of one region at every width; widths stand as far apart as they are."""
    width = _width_column(curves)
    chance = trace_runs(curves, x=width, value="chance", limits=None)
    rate = trace_runs(curves, x=width, value="rate", limits=("ci_low", "ci_high"))
    axes.plot(
        chance.x,
        chance.mean,
        color=MUTED,
        linestyle=DASHED,
        linewidth=1.2,
        marker="_",
        ms=6,
        gid=f"chance-{gid}",
    )
    axes.vlines(rate.x, rate.low, rate.high, color=INK, linewidth=1.2, gid=f"interval-{gid}")
    axes.plot(
        rate.x,
        rate.mean,
        "o-",
        color=REGION_COLOURS[region],
        mec=INK,
        mew=0.6,
        ms=5,
        linewidth=1.4,
        clip_on=False,
        gid=f"rate-{gid}",
    )
    widest = float(rate.x.max())
    axes.set(xlim=(0, 1.06 * widest), ylim=(0, 1))
    axes.set_xticks(rate.x, [f"{x:g}" for x in rate.x])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])


def _width_column(game: pd.DataFrame) -> str:
    """Return the column of the unit in which this ring was measured."""
    return "ring_outer_mm" if game["ring_outer_mm"].notna().any() else "ring_outer_radii"


def _explain(shown: pd.DataFrame) -> str:
    runs = len(shown["run"].unique())
    about = (
        ("mean share", f"the least and the largest of {runs} runs, which is no interval")
        if runs > 1
        else ("share", f"its {shown['confidence'].iloc[0]:.0%} interval")
    )
    return (
        f"Dot: {about[0]} of correctly classified scans whose map has its maximum or minimum in the region; "
        f"bar: {about[1]}. Grey, dashed: what blind points score on the same scans. The mass is the same for "
        "every ring."
    )

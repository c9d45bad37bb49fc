"""A resolution curve: how often each method points to a disc, by the disc's width in cells of its map."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from sonolens.evaluation.classification.roc import EVEN
from sonolens.figures.panels import INKS, MARGIN_IN, explain_panels, frame, open_panels
from sonolens.figures.style import FAINT, PAGE, SMALL_PT, in_house_style

PER_LINE = 3
PANEL_IN = (2.4, 1.9)
LEGEND_IN = 1.5
EMPTY_IN = (4.0, 1.2)
LEGEND = (
    "Across: width of a disc that was planted, in cells of the map. Up: share of maps with their maximum on it, with its "
    "interval over patients; of several fits each. Dashed: chance, a random cell. Dotted: what no map of such cells can exceed, "
    "for it points at the centre of a cell and a small disc may lie between. Hollow: the interval of the network's test AUC "
    "holds 0.5, so it did not learn the disc and its maps had nothing to find. Grey crosses: nothing was planted, and the "
    "same places were asked for."
)


@in_house_style
def draw_resolution(resolution_curve: pd.DataFrame) -> Figure:
    """Draw a panel per method with a line per network and stride; without a row, an empty page.

    Args:
        resolution_curve: Contract `sonolens.tables.planted.ResolutionCurve`.
    """
    methods = list(dict.fromkeys(resolution_curve["method"]))
    if not methods:
        return open_panels("No disc of a known size was planted", size_in=EMPTY_IN)
    lines = -(-len(methods) // PER_LINE)
    columns = min(len(methods), PER_LINE)
    size_in = (
        max(columns * PANEL_IN[0], 2 * PANEL_IN[0]) + MARGIN_IN,
        lines * PANEL_IN[1] + LEGEND_IN,
    )
    figure = open_panels("Pointing at what is smaller than a cell", size_in=size_in)
    panels = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    inks = _hand_out_inks(resolution_curve)
    for place, axes in enumerate(panels.flat):
        if place >= len(methods):
            axes.set_axis_off()
            continue
        of_method = resolution_curve[resolution_curve["method"] == methods[place]]
        _draw_panel(axes, of_method, inks)
        axes.set_title(methods[place], fontsize=SMALL_PT, loc="left")
        lowest = place >= len(methods) - columns
        axes.tick_params(labelbottom=lowest)
        frame(
            axes,
            xlabel="width of the disc, cells" if lowest else "",
            ylabel="hits" if place % columns == 0 else "",
        )
    handles = [
        Line2D([], [], color=ink, marker="o", ms=3.5, label=f"{network}, stride {stride}")
        for (network, stride), ink in inks.items()
    ]
    figure.legend(
        handles=handles, loc="outside upper right", ncols=3, fontsize=SMALL_PT, frameon=False
    )
    explain_panels(figure, LEGEND)
    return figure


def _hand_out_inks(curve: pd.DataFrame) -> dict[tuple[str, int], str]:
    fits = dict.fromkeys(zip(curve["network"], curve["output_stride"], strict=True))
    return {fit: INKS[place % len(INKS)] for place, fit in enumerate(fits)}


def _draw_panel(axes: Axes, curve: pd.DataFrame, inks: dict[tuple[str, int], str]) -> None:
    null = curve[curve["share"] == 0]
    axes.plot(null["diameter_per_cell"], null["rate"], "x", color=FAINT, ms=4)
    planted = curve[curve["share"] > 0].sort_values("diameter_per_cell")
    for (network, stride), ink in inks.items():
        rows = planted[(planted["network"] == network) & (planted["output_stride"] == stride)]
        means = rows.groupby("diameter_per_cell")[["rate", "chance", "ceiling"]].mean()
        axes.plot(means.index, means["rate"], color=ink, linewidth=1.0)
        axes.plot(means.index, means["chance"], color=ink, linestyle="--", linewidth=0.7)
        axes.plot(means.index, means["ceiling"], color=ink, linestyle=":", linewidth=1.0)
        axes.vlines(
            rows["diameter_per_cell"], rows["ci_low"], rows["ci_high"], color=ink, linewidth=0.8
        )
        learnt = rows["auc_ci_low"] > EVEN
        for group, face in ((rows[learnt], ink), (rows[~learnt], PAGE)):
            axes.plot(
                group["diameter_per_cell"],
                group["rate"],
                "o",
                ms=4,
                color=ink,
                markerfacecolor=face,
            )
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_ylim(-0.04, 1.04)

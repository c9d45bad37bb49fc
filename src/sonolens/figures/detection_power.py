"""Detection power: how often each method points to a plant, as fewer masses bear it and as it grows weaker."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import MARGIN_IN, write_words
from sonolens.figures.style import (
    HAIRLINE,
    INK,
    MUTED,
    PAGE,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
)

PER_LINE = 6
PANEL_IN = (1.0, 0.85)
GAP_IN, LINE_IN = 0.2, 1.3
LEFT_IN, HEAD_IN, BLOCK_IN, FOOT_IN = 0.45, 0.4, 0.3, 0.85
FULL = 1.0
MOST = 0.5
"""Above this share of the fits, a dose is found."""
SHARE_COLOUR, STRENGTH_COLOUR = INK, "#c65bd6"
LEGEND = (
    "Black, round: share of the positive class's masses that bear the plant, at full strength; at 0 none does, and what is "
    "found is a false alarm. Purple, square: strength of a plant that all bear. Up: the network's test AUC, then for each "
    "method the share of maps with their maximum on the plant (reliance: of calls that hang most on it), with its interval, or "
    "from least to largest of several fits; dashed, chance (0.5 for the AUC). Filled: most fits find it, by interval and by p value; "
    "of the AUC, the interval lies above 0.5. Where nothing stands, no scan was called malignant."
)


@in_house_style
def draw_detection_power(detection_power: pd.DataFrame) -> Figure:
    """Draw a block of small panels per plant and network: AUC first, then every method.

    Args:
        detection_power: Contract `sonolens.tables.planted.DetectionPower`.
    """
    blocks = [
        (str(plant), str(network), rows)
        for (plant, network), rows in detection_power.groupby(["plant", "network"], sort=False)
    ]
    lines = [-(-(1 + rows["method"].nunique()) // PER_LINE) for *_, rows in blocks]
    width_in = LEFT_IN + PER_LINE * (PANEL_IN[0] + GAP_IN) + MARGIN_IN
    body_in = sum(BLOCK_IN + count * LINE_IN for count in lines)
    figure = new_page(width_in=width_in, height_in=HEAD_IN + body_in + FOOT_IN)
    top_in = HEAD_IN
    for (plant, network, rows), count in zip(blocks, lines, strict=True):
        title = f"{plant.replace('_', ' ')}, {network}"
        write(figure, title, left_in=MARGIN_IN, top_in=top_in, bold=True)
        _draw_block(figure, rows, top_in=top_in + BLOCK_IN)
        top_in += BLOCK_IN + count * LINE_IN
    write_words(figure, "What could have been found", LEGEND, foot_in=FOOT_IN - 0.1)
    return figure


def _draw_block(figure: Figure, rows: pd.DataFrame, *, top_in: float) -> None:
    first = rows[rows["method"] == rows["method"].iloc[0]]
    # Methods differ in maps, not in networks: any of them knows the AUC.
    area = first.assign(
        rate=first["auc"],
        rate_low=first["auc_low"],
        rate_high=first["auc_high"],
        power=first["accuracy_power"],
        chance=0.5,
    )
    panels = [("test AUC", area), *rows.groupby("method", sort=False)]
    for place, (name, curve) in enumerate(panels):
        line, column = divmod(place, PER_LINE)
        left_in = LEFT_IN + column * (PANEL_IN[0] + GAP_IN)
        at_in = top_in + line * LINE_IN
        told = elide(str(name), width_in=PANEL_IN[0] + GAP_IN / 2, size_pt=SMALL_PT)
        write(figure, told, left_in=left_in, top_in=at_in - 0.13, size_pt=SMALL_PT)
        axes = place_axes(figure, left_in=left_in, top_in=at_in, size_in=PANEL_IN)
        _draw_panel(axes, curve, labelled=column == 0)


def _draw_panel(axes: Axes, curve: pd.DataFrame, *, labelled: bool) -> None:
    shares = curve[curve["strength"] == FULL].sort_values("share")
    strengths = curve[(curve["share"] == FULL)].sort_values("strength")
    axes.plot(shares["share"], shares["chance"], color=MUTED, linestyle="--", linewidth=0.8)
    drawn = [(shares, "share", SHARE_COLOUR, "o")]
    if len(strengths) > 1:
        drawn.insert(0, (strengths, "strength", STRENGTH_COLOUR, "s"))
    for doses, axis, colour, marker in drawn:
        axes.vlines(doses[axis], doses["rate_low"], doses["rate_high"], color=colour, linewidth=0.9)
        axes.plot(doses[axis], doses["rate"], color=colour, linewidth=0.9)
        found = doses["power"] > MOST
        for group, face in ((doses[found], colour), (doses[~found], PAGE)):
            axes.plot(
                group[axis],
                group["rate"],
                marker,
                ms=4,
                color=colour,
                markerfacecolor=face,
                markeredgewidth=0.9,
            )
    axes.set(xlim=(-0.08, max(1.08, curve["strength"].max() + 0.08)), ylim=(-0.06, 1.06))
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"], fontsize=SMALL_PT)
    axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"] if labelled else [], fontsize=SMALL_PT)
    axes.tick_params(length=2, colors=INK, labelsize=SMALL_PT, pad=1.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(HAIRLINE)

"""Figure 2 of Byra et al. 2022 on a real scan: feature maps add up to a map, the map to the logit."""

import math

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from sonolens.arrays import FramedScan, SaliencyMap
from sonolens.figures.style import (
    BODY_PT,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    signed_colours,
    write,
    write_small,
)

MARGIN_IN = 0.15
GAP_IN = 0.34
TITLE_IN = 0.40
PANEL_IN = 1.75
CELL_GREY = 115
"""Tissue grey under a map that is shown alone."""


@in_house_style
def draw_cam_scheme(
    scan: FramedScan,
    *,
    title: str,
    channel_maps: Float[np.ndarray, "channels cell_rows cell_cols"],
    channel_weights: Float[np.ndarray, " channels"],
    channels_total: int,
    saliency: SaliencyMap,
    bias: float,
    logit: float,
) -> Figure:
    """Fig. 2: one scan, its strongest feature maps with their weights, their sum, and the logit.

    What the feature maps add shares one colour scale, so a weak one looks weak; the sum of all of
    them is larger and has its own. Below each stands what full colour means.

    Args:
        scan: The scan as the network sees it.
        title: Which scan it is.
        channel_maps: Feature maps before global average pooling, the strongest first.
        channel_weights: The head's weight of each.
        channels_total: How many feature maps the network has.
        saliency: The signed map of all of them.
        bias: The head's bias.
        logit: ``mean(saliency) + bias``, written out below the map.
    """
    shown = len(channel_maps)
    width_in = 2 * MARGIN_IN + (shown + 2) * PANEL_IN + (shown + 1) * GAP_IN
    figure = new_page(width_in=width_in, height_in=MARGIN_IN + TITLE_IN + PANEL_IN + 0.82)
    contributions = channel_weights[:, None, None] * channel_maps
    limit = _limit(contributions)
    panels: list[tuple[str, str, SaliencyMap | None, float]] = [("scan", title, None, limit)]
    panels += [
        (
            f"weight {_signed(weight)}",
            f"adds {_signed(float(contribution.mean()))} to the logit",
            contribution,
            limit,
        )
        for weight, contribution in zip(channel_weights.tolist(), contributions, strict=True)
    ]
    whole = f"sum of all {channels_total} feature maps"
    panels.append(("signed map", whole, saliency, _limit(saliency)))
    for place, (name, detail, cells, full) in enumerate(panels):
        _draw_panel(figure, place, name=name, detail=detail, scan=scan, cells=cells, limit=full)
    for place, sign in enumerate(["→", *"+" * (shown - 1), "+\n…\n="]):
        _write_between(figure, place, sign)
    _write_sum(figure, saliency=saliency, bias=bias, logit=logit)
    return figure


def _draw_panel(
    figure: Figure,
    place: int,
    *,
    name: str,
    detail: str,
    scan: FramedScan,
    cells: SaliencyMap | None,
    limit: float,
) -> None:
    """Draw the scan, or what a map adds per cell in red and blue over even grey."""
    detail = elide(detail, width_in=PANEL_IN, size_pt=SMALL_PT)
    left_in = MARGIN_IN + place * (PANEL_IN + GAP_IN)
    write(figure, name, left_in=left_in, top_in=MARGIN_IN, bold=True)
    write_small(figure, detail, left_in=left_in, top_in=MARGIN_IN + 0.17)
    axes = place_axes(
        figure, left_in=left_in, top_in=MARGIN_IN + TITLE_IN, size_in=(PANEL_IN, PANEL_IN)
    )
    axes.set_axis_off()
    extent = (0.0, 1.0, 1.0, 0.0)
    ground = scan if cells is None else np.full((1, 1), CELL_GREY, dtype=np.uint8)
    axes.imshow(ground, cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="nearest")
    if cells is not None:
        axes.imshow(
            signed_colours(cells, limit=limit),
            extent=extent,
            interpolation="nearest",
            gid=f"cells-{place}",
        )
        write_small(
            figure,
            f"full colour: ±{limit:#.2g} per cell",
            left_in=left_in,
            top_in=MARGIN_IN + TITLE_IN + PANEL_IN + 0.05,
        )


def _write_between(figure: Figure, place: int, sign: str) -> None:
    left_in = MARGIN_IN + (place + 1) * PANEL_IN + (place + 0.5) * GAP_IN
    text = write(
        figure,
        sign,
        left_in=left_in,
        top_in=MARGIN_IN + TITLE_IN + PANEL_IN / 2,
        size_pt=BODY_PT + 3,
        align="center",
    )
    text.set(va="center")


def _write_sum(figure: Figure, *, saliency: SaliencyMap, bias: float, logit: float) -> None:
    """Write the identity out in numbers.

    In plain ink: the sign of the logit is not the call, which an operating point makes.
    """
    width_in, height_in = figure.get_size_inches()
    probability = 1 / (1 + math.exp(-logit))
    write(
        figure,
        f"mean of the map {_signed(float(saliency.mean()))}  +  bias {_signed(bias)}  =  "
        f"logit {_signed(logit)}   (probability of malignant {probability:.2f})",
        left_in=width_in - MARGIN_IN,
        top_in=height_in - 0.54,
        bold=True,
        align="right",
    )
    write_small(
        figure,
        "n = 1 scan. Red cells speak for malignant, blue ones for benign. The feature maps share "
        "one colour scale; the signed map has its own.",
        left_in=MARGIN_IN,
        top_in=height_in - 0.26,
    )


def _limit(cells: Float[np.ndarray, "*panels cell_rows cell_cols"]) -> float:
    """The largest absolute value; 1 when all are silent, so that colours stay defined."""
    return float(np.abs(cells).max()) or 1.0


def _signed(value: float) -> str:
    """Three digits and a sign.

    >>> _signed(-0.123456), _signed(12.3456)
    ('−0.123', '+12.3')
    """
    return f"{value:+#.3g}".replace("-", "−")

"""One new scan beside its signed map: what was given, and what the network looked at."""

from matplotlib.figure import Figure

from sonolens.arrays import Mask
from sonolens.figures.layers import (
    add_extremes,
    add_outline,
    add_region_outlines,
    add_scale_bar,
    add_signed_colour_bar,
    add_signed_map,
    shared_limit,
    show_scan,
)
from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.scan_view import ScanView
from sonolens.figures.style import in_house_style, new_page, place_axes, write

PANEL_IN, GAP_IN, TITLE_IN, BAR_IN = 3.4, 0.2, 0.25, 0.75
TALLEST = 1.6
"""Height over width beyond which a scan is drawn smaller."""


@in_house_style
def draw_explained(view: ScanView, annotations: Mask) -> Figure:
    """Draw a scan as it was given, with its regions and annotations, and beside it under its map.

    Args:
        view: The scan, its map on the native grid and its extremes; no truth is told.
        annotations: What is no tissue.
    """
    height_in = PANEL_IN * min(view.height_over_width, TALLEST)
    width_in = 2 * MARGIN_IN + 2 * PANEL_IN + GAP_IN
    figure = new_page(
        width_in=width_in, height_in=MARGIN_IN + TITLE_IN + height_in + MARGIN_IN + BAR_IN
    )
    limit, top_in = shared_limit([view]), MARGIN_IN + TITLE_IN
    for place, title in enumerate(("The scan as it was read", "What speaks for and against")):
        left_in = MARGIN_IN + place * (PANEL_IN + GAP_IN)
        write(figure, title, left_in=left_in, top_in=MARGIN_IN, bold=True)
        axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=(PANEL_IN, height_in))
        show_scan(axes, view)
        if place:
            add_signed_map(axes, view, limit=limit)
        elif annotations.any():
            add_outline(axes, annotations, region="annotation", width_pt=0.8)
        add_region_outlines(axes, view)
        add_scale_bar(axes, view)
        if place:
            add_extremes(axes, view)
    bar = place_axes(
        figure,
        left_in=MARGIN_IN + PANEL_IN + GAP_IN,
        top_in=top_in + height_in + MARGIN_IN,
        size_in=(PANEL_IN, 0.12),
    )
    add_signed_colour_bar(bar, limit=limit)
    return figure

"""What a reader sees first: one call that is right and one that is wrong, with the map that explains each."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from sonolens.figures.layers import (
    add_extremes,
    add_region_outlines,
    add_scale_bar,
    add_signed_map,
    shared_limit,
    show_scan,
)
from sonolens.figures.panels import MARGIN_IN
from sonolens.figures.scan_view import ScanView
from sonolens.figures.style import (
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_small,
)

PANEL_IN, GAP_IN, TITLE_IN = 1.95, 0.15, 0.5
TALLEST = 1.1
"""Height over width beyond which a scan is drawn smaller, so that the first screen holds both."""


@in_house_style
def draw_right_and_wrong(views: Sequence[ScanView]) -> Figure:
    """Draw one or two explained scans side by side, under what the network called each.

    Args:
        views: Scans with their maps and calls.

    Raises:
        ValueError: If there is none.
    """
    if not views:
        raise ValueError("there is no scan to show first; pass at least one")
    tallest = PANEL_IN * min(max(view.height_over_width for view in views), TALLEST)
    width_in = 2 * MARGIN_IN + len(views) * PANEL_IN + (len(views) - 1) * GAP_IN
    figure = new_page(width_in=width_in, height_in=TITLE_IN + tallest + 2 * MARGIN_IN)
    limit = shared_limit(views)
    for place, view in enumerate(views):
        left_in = MARGIN_IN + place * (PANEL_IN + GAP_IN)
        name, call, scan_id = _tell(view)
        write(figure, name, left_in=left_in, top_in=MARGIN_IN - 0.05, bold=True)
        write_small(figure, call, left_in=left_in, top_in=MARGIN_IN + 0.13)
        shown = elide(scan_id, width_in=PANEL_IN, size_pt=SMALL_PT)
        write_small(figure, shown, left_in=left_in, top_in=MARGIN_IN + 0.27)
        axes = place_axes(
            figure,
            left_in=left_in,
            top_in=MARGIN_IN + TITLE_IN - 0.05,
            size_in=(PANEL_IN, tallest),
        )
        show_scan(axes, view)
        add_signed_map(axes, view, limit=limit)
        add_region_outlines(axes, view)
        add_scale_bar(axes, view)
        add_extremes(axes, view)
    return figure


def _tell(view: ScanView) -> tuple[str, str, str]:
    """Say whether the call is right, what it was, and of which scan."""
    verdict = "Right" if view.called == view.label else "Wrong"
    said = "" if view.probability is None else f", probability {view.probability:.2f}"
    return f"{verdict}: {view.label} mass", f"called {view.called}{said}", view.scan_id

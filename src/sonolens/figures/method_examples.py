"""Method beside method: what each makes of the same scans."""

from collections.abc import Collection, Mapping, Sequence

from matplotlib.figure import Figure

from sonolens.figures.layers import (
    add_extremes,
    add_region_outlines,
    add_scale_bar,
    add_signed_map,
    shared_limit,
    show_scan,
)
from sonolens.figures.scan_view import ScanView
from sonolens.figures.style import (
    BODY_PT,
    LABEL_COLOURS,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    text_height_in,
    wrap,
    write,
    write_small,
)

MARGIN_IN = 0.15
GAP_IN = 0.07
PANEL_IN = 1.55
NAME_IN = 0.17
HEAD_IN = 0.27
FOOT_IN = 0.1
PER_LINE = 6
"""Panels side by side; more methods go on in a further line."""

TALLEST = 1.35
"""Scans taller than this many widths are drawn narrower."""

NOTE = (
    "Red speaks for malignant, blue for benign{places}. Crosses: + maximum, − minimum. Solid line: mass, dashed: "
    "peritumoral, dotted: below. Each method has a colour scale of its own, which its scans share, so colours compare "
    "scans and not methods."
)


@in_house_style
def draw_method_examples(
    views: Mapping[str, Sequence[ScanView]], *, unsigned: Collection[str] = ()
) -> Figure:
    """Draw every scan beside its maps by all methods, one block of panels per scan.

    Args:
        views: The explained scans by method, every method showing the same scans in the same order.
        unsigned: Methods whose maps say where, and not for what.

    Raises:
        ValueError: If there is no method, no scan, or methods show different scans.
    """
    methods, cases = list(views), _cases(views)
    lines = -(-(len(methods) + 1) // PER_LINE)
    across = min(len(methods) + 1, PER_LINE)
    heights = [PANEL_IN * min(case[0].height_over_width, TALLEST) for case in cases]
    blocks = [HEAD_IN + lines * (NAME_IN + height + GAP_IN) for height in heights]
    width_in = max(2 * MARGIN_IN + across * (PANEL_IN + GAP_IN) - GAP_IN, 4.8)
    note = _write_note([name for name in methods if name in unsigned])
    note = wrap(note, width_in=width_in - 2 * MARGIN_IN, size_pt=SMALL_PT)
    foot_in = FOOT_IN + text_height_in(note, size_pt=SMALL_PT)
    figure = new_page(width_in=width_in, height_in=MARGIN_IN + sum(blocks) + foot_in)
    limits = [shared_limit(shown) for shown in views.values()]
    top_in = MARGIN_IN
    for case, height_in, block_in in zip(cases, heights, blocks, strict=True):
        _write_case(figure, case[0], top_in=top_in)
        for place in range(len(methods) + 1):
            line, column = divmod(place, PER_LINE)
            method = place - 1
            _draw_panel(
                figure,
                case[max(method, 0)],
                name="scan" if method < 0 else methods[method],
                limit=None if method < 0 else limits[method],
                left_in=MARGIN_IN + column * (PANEL_IN + GAP_IN),
                top_in=top_in + HEAD_IN + line * (NAME_IN + height_in + GAP_IN),
                height_in=height_in,
            )
        top_in += block_in
    write_small(figure, note, left_in=MARGIN_IN, top_in=top_in + 0.05)
    return figure


def _write_note(places: Sequence[str]) -> str:
    """Write the note under the panels; `places` are the methods drawn that say where alone."""
    if not places:
        return NOTE.format(places="")
    listed = " and ".join(filter(None, [", ".join(places[:-1]), places[-1]]))
    return NOTE.format(
        places=f"; {listed} {'say' if len(places) > 1 else 'says'} where, not for what"
    )


def _cases(views: Mapping[str, Sequence[ScanView]]) -> list[tuple[ScanView, ...]]:
    """The views of each scan, one per method."""
    cases = list(zip(*views.values(), strict=True))
    if not cases:
        raise ValueError("there is no explained scan to draw; pass one view per method and scan")
    for case in cases:
        if len({view.scan_id for view in case}) > 1:
            raise ValueError(
                f"methods show different scans, {', '.join(view.scan_id for view in case)}; "
                "pass the same scans in the same order"
            )
    return cases


def _write_case(figure: Figure, view: ScanView, *, top_in: float) -> None:
    said = "" if view.called is None else f", called {view.called}"
    name = elide(
        f"{view.scan_id} · {view.label}{said}",
        width_in=figure.get_size_inches()[0] - 2 * MARGIN_IN,
        size_pt=BODY_PT,
        bold=True,
    )
    write(
        figure,
        name,
        left_in=MARGIN_IN,
        top_in=top_in + 0.05,
        colour=LABEL_COLOURS[str(view.label)],
        bold=True,
    )


def _draw_panel(
    figure: Figure,
    view: ScanView,
    *,
    name: str,
    limit: float | None,
    left_in: float,
    top_in: float,
    height_in: float,
) -> None:
    """Draw the scan with its scale bar, or one map with regions and extremes if there is a `limit`."""
    write(figure, name, left_in=left_in, top_in=top_in, size_pt=SMALL_PT)
    axes = place_axes(
        figure, left_in=left_in, top_in=top_in + NAME_IN, size_in=(PANEL_IN, height_in)
    )
    show_scan(axes, view)
    if limit is None:
        add_scale_bar(axes, view)
        return
    add_signed_map(axes, view, limit=limit)
    add_region_outlines(axes, view)
    add_extremes(axes, view)

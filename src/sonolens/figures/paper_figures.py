"""Figures 1, 3 and 4 of Byra et al. 2022 for any study."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sonolens.arrays import Mask
from sonolens.figures.layers import (
    add_extremes,
    add_outline,
    add_region_outlines,
    add_region_tint,
    add_scale_bar,
    add_signed_colour_bar,
    add_signed_map,
    shared_limit,
    show_scan,
)
from sonolens.figures.scan_view import ScanView
from sonolens.figures.style import (
    BODY_PT,
    LABEL_COLOURS,
    REGION_COLOURS,
    REGION_LINES,
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
from sonolens.tables.vocabulary import LABELS, REGION_NAMES

MARGIN_IN = 0.15
GAP_IN = 0.12
TITLE_IN = 0.38
TALLEST = 1.35
"""Scans taller than this many widths are drawn narrower instead, so rows stay in proportion."""


@in_house_style
def draw_example_scans(views: Sequence[ScanView]) -> Figure:
    """Fig. 1: example scans, one row benign and one row malignant, with BI-RADS and scale bar.

    Args:
        views: The scans to show, in the order in which each row shows them.

    Raises:
        ValueError: If `views` is empty.
    """
    _need(views, "draw_example_scans")
    groups = {label: [v for v in views if v.label == label] for label in LABELS}
    rows = {label: group for label, group in groups.items() if group}
    columns, panel_in, side_in = max(map(len, rows.values())), 2.1, 0.3
    heights = {label: _row_height(group, panel_in) for label, group in rows.items()}
    width_in = max(2 * MARGIN_IN + side_in + columns * (panel_in + GAP_IN) - GAP_IN, 4.8)
    height_in = MARGIN_IN + sum(heights.values()) + len(rows) * (TITLE_IN + GAP_IN) + 0.35
    figure = new_page(width_in=width_in, height_in=height_in)
    top_in = MARGIN_IN
    for label, group in rows.items():
        middle_in = top_in + TITLE_IN + heights[label] / 2
        _write_row_name(figure, label, middle_in=middle_in)
        for column, view in enumerate(group):
            left_in = MARGIN_IN + side_in + column * (panel_in + GAP_IN)
            axes = place_axes(
                figure,
                left_in=left_in,
                top_in=top_in + TITLE_IN,
                size_in=(panel_in, heights[label]),
            )
            birads = f"BI-RADS {view.birads}" if view.birads else "BI-RADS unknown"
            _write_title(
                figure, view.scan_id, birads, left_in=left_in, top_in=top_in, width_in=panel_in
            )
            show_scan(axes, view)
            add_scale_bar(axes, view)
        top_in += TITLE_IN + heights[label] + GAP_IN
    counts = ", ".join(f"{len(group)} {label}" for label, group in rows.items())
    _write_note(figure, f"n = {_scans(len(views))} ({counts}).")
    return figure


@in_house_style
def draw_regions(view: ScanView) -> Figure:
    """Fig. 3: one scan (A) and its mass (B), peritumoral ring (C) and the region below (D).

    Each title also says how much of the scan the region covers, which is what a blind pointer
    would hit.

    Raises:
        ValueError: If the view has no region map.
    """
    if view.region_map is None:
        raise ValueError(
            f"scan {view.scan_id!r} has no region_map, so its regions cannot be drawn; "
            "pass the label map of region_masks"
        )
    panel_in = 2.35
    height_in = _row_height([view], panel_in)
    figure = new_page(
        width_in=2 * MARGIN_IN + 4 * panel_in + 3 * GAP_IN,
        height_in=MARGIN_IN + TITLE_IN + height_in + 0.42,
    )
    for column, letter in enumerate("ABCD"):
        left_in = MARGIN_IN + column * (panel_in + GAP_IN)
        axes = place_axes(
            figure, left_in=left_in, top_in=MARGIN_IN + TITLE_IN, size_in=(panel_in, height_in)
        )
        title, detail = _show_region(axes, view, view.region_map == column, number=column)
        _write_title(
            figure,
            f"{letter}  {title}",
            detail,
            left_in=left_in,
            top_in=MARGIN_IN,
            width_in=panel_in,
        )
    _write_note(figure, f"n = 1 scan. Peritumoral ring: {view.ring or 'not stated'}.")
    return figure


def _show_region(axes: Axes, view: ScanView, pixels: Mask, *, number: int) -> tuple[str, str]:
    """Show a scan with one of its regions, or bare for number 0; return title and detail."""
    show_scan(axes, view)
    if not number:
        add_scale_bar(axes, view)
        return "scan", f"{view.scan_id} · {view.label}"
    region = REGION_NAMES[number - 1]
    add_region_tint(axes, pixels, region=region)
    add_outline(axes, pixels, region=region)
    share = f"{pixels.mean():.0%} of the scan" if pixels.any() else "none in this scan"
    return REGION_TITLES[region], share


@in_house_style
def draw_saliency_examples(views: Sequence[ScanView]) -> Figure:
    """Fig. 4: scans beside their signed maps, regions outlined, extremes marked by white crosses.

    Benign masses stand in the left half, malignant ones in the right; all maps share one colour
    scale.

    Args:
        views: Scans with `native_saliency`; with `region_map` ring and below are outlined too.

    Raises:
        ValueError: If `views` is empty or one of them has no map.
    """
    _need(views, "draw_saliency_examples")
    groups = {label: [v for v in views if v.label == label] for label in LABELS}
    halves = {label: group for label, group in groups.items() if group}
    panel_in, head_in, foot_in = 2.25, 0.3, 1.0
    half_in = 2 * panel_in + 0.05
    row_count = max(map(len, halves.values()))
    row_views = [[g[row] for g in halves.values() if row < len(g)] for row in range(row_count)]
    heights = [_row_height(row, panel_in) for row in row_views]
    figure = new_page(
        width_in=max(2 * MARGIN_IN + len(halves) * (half_in + 0.3) - 0.3, 7.6),
        height_in=MARGIN_IN + head_in + sum(heights) + row_count * (TITLE_IN + GAP_IN) + foot_in,
    )
    limit = shared_limit(views)
    for half, (label, group) in enumerate(halves.items()):
        left_in, top_in = MARGIN_IN + half * (half_in + 0.3), MARGIN_IN + head_in
        write(
            figure,
            f"{label} masses",
            left_in=left_in,
            top_in=MARGIN_IN,
            size_pt=BODY_PT + 2,
            colour=LABEL_COLOURS[label],
            bold=True,
        )
        for view, height_in in zip(group, heights, strict=False):
            _draw_case(
                figure,
                view,
                limit=limit,
                left_in=left_in,
                top_in=top_in,
                panel_in=panel_in,
                height_in=height_in,
            )
            top_in += TITLE_IN + height_in + GAP_IN
    _draw_key(figure, views, limit=limit, foot_in=foot_in)
    return figure


def _write_row_name(figure: Figure, label: str, *, middle_in: float) -> None:
    """Write a label upright beside its row, in its colour."""
    name = write(
        figure,
        label,
        left_in=MARGIN_IN + 0.08,
        top_in=middle_in,
        size_pt=BODY_PT + 2,
        colour=LABEL_COLOURS[label],
        bold=True,
        align="center",
    )
    name.set(rotation=90, va="center")


def _draw_case(
    figure: Figure,
    view: ScanView,
    *,
    limit: float,
    left_in: float,
    top_in: float,
    panel_in: float,
    height_in: float,
) -> None:
    """Draw one case of Fig. 4: the scan on the left, the map with its regions on the right."""
    _write_title(
        figure,
        f"{view.scan_id} · {view.label}",
        _verdict(view),
        left_in=left_in,
        top_in=top_in,
        width_in=2 * panel_in,
    )
    plain, mapped = (
        place_axes(
            figure,
            left_in=left_in + offset_in,
            top_in=top_in + TITLE_IN,
            size_in=(panel_in, height_in),
        )
        for offset_in in (0.0, panel_in + 0.05)
    )
    for axes in (plain, mapped):
        show_scan(axes, view)
    # Only beside the map, which is as large: an extreme may lie where the bar would.
    add_scale_bar(plain, view)
    plain.set_anchor("NE")
    mapped.set_anchor("NW")
    add_signed_map(mapped, view, limit=limit)
    add_region_outlines(mapped, view)
    add_extremes(mapped, view)


def _draw_key(figure: Figure, views: Sequence[ScanView], *, limit: float, foot_in: float) -> None:
    """Explain lines, crosses and colours below the cases of Fig. 4."""
    width_in, height_in = figure.get_size_inches()
    top_in = height_in - foot_in + 0.12
    bar = place_axes(figure, left_in=width_in - 3.0, top_in=top_in, size_in=(2.7, 0.14))
    add_signed_colour_bar(bar, limit=limit)
    regions = REGION_NAMES if any(v.region_map is not None for v in views) else ("mass",)
    handles = [
        Line2D(
            [],
            [],
            color=REGION_COLOURS[r],
            linestyle=REGION_LINES[r],
            linewidth=1.6,
            label=REGION_TITLES[r],
        )
        for r in regions
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=((MARGIN_IN - 0.08) / width_in, 1 - (top_in - 0.1) / height_in),
        ncols=3,
        frameon=False,
        fontsize=BODY_PT,
        handlelength=2.6,
        columnspacing=1.4,
    )
    rings = sorted({view.ring for view in views if view.ring})
    note = (
        f"n = {_scans(len(views))}. White crosses: + maximum and − minimum of the map. "
        f"Peritumoral ring: {'; '.join(rings) or 'not drawn'}."
    )
    write_small(figure, note, left_in=MARGIN_IN, top_in=top_in + 0.22, width_in=width_in - 3.5)


def _verdict(view: ScanView) -> str:
    """What the network said of the scan, and whether that is right."""
    if view.probability is None:
        return "no prediction"
    said = f"probability of malignant {view.probability:.2f}"
    if view.threshold is None:
        return said
    verdict = "correct" if view.called == view.label else "WRONG"
    threshold = _threshold(view.threshold, probability=view.probability)
    return f"{said}, called {view.called}: {verdict} (threshold {threshold})"


def _threshold(threshold: float, *, probability: float) -> str:
    """Two digits, and the distance to the probability where these would look equal.

    >>> _threshold(0.43, probability=0.8), _threshold(0.4819, probability=0.4829)
    ('0.43', '0.48, 0.001 away')
    """
    shown = f"{threshold:.2f}"
    if shown != f"{probability:.2f}":
        return shown
    return f"{shown}, {abs(probability - threshold):.1g} away"


def _write_title(
    figure: Figure, name: str, detail: str, *, left_in: float, top_in: float, width_in: float
) -> None:
    """Write a bold name and a line of detail above a panel, shortened to its width."""
    shown = elide(name, width_in=width_in, size_pt=BODY_PT, bold=True)
    write(figure, shown, left_in=left_in, top_in=top_in + 0.02, bold=True)
    shown = elide(detail, width_in=width_in, size_pt=SMALL_PT)
    write_small(figure, shown, left_in=left_in, top_in=top_in + 0.19)


def _write_note(figure: Figure, note: str) -> None:
    """Write the figure's footnote: how many scans, and how a ring was measured."""
    width_in, height_in = figure.get_size_inches()
    text = wrap(note, width_in=width_in - 2 * MARGIN_IN, size_pt=SMALL_PT)
    top_in = height_in - 0.13 - 0.14 * (text.count("\n") + 1)
    write_small(figure, text, left_in=MARGIN_IN, top_in=top_in)


def _row_height(views: Sequence[ScanView], panel_in: float) -> float:
    """Height in inches of a row of panels `panel_in` wide, at most `TALLEST` widths."""
    return panel_in * min(max(view.height_over_width for view in views), TALLEST)


def _scans(count: int) -> str:
    return "1 scan" if count == 1 else f"{count} scans"


def _need(views: Sequence[ScanView], drawing: str) -> None:
    if not views:
        raise ValueError(f"{drawing} got no views, so there is nothing to draw; pass at least one")

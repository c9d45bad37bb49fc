"""A sheet of scans as they were read, with the outline of each mask and what screening found."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from sonolens.arrays import Mask, Scan
from sonolens.figures.layers import add_outline
from sonolens.figures.style import (
    HAIRLINE,
    INK,
    LABEL_COLOURS,
    MUTED,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_small,
)

PER_LINE = 6
PANEL_IN = (1.45, 1.2)
GAP_IN = 0.14
MARGIN_IN = 0.15
LINE_IN = 0.125
FINDINGS_SHOWN = 3
HEAD_IN = 0.55
SEVERITY_COLOURS = {"error": "#b3261e", "warning": "#8a5a00"}
ANNOTATION_COLOUR = "#ff5ad1"  # no region and no label has it
SEVERITY_SIGNS = {"error": "ERROR", "warning": "!"}


@dataclass(frozen=True, eq=False)
class ScreenedScan:
    """One tile of the sheet.

    Attributes:
        scan_id: The scan's name.
        label: ``benign`` or ``malignant``.
        scan: Grey levels; None where the file could not be read.
        mask: The mass on the scan's grid; None where it could not be read or has another size.
        pixel_aspect: How many times taller than wide a pixel is; 1 where that is unknown.
        annotations: What is no tissue, True there; None where the scan could not be read.
        findings: Severity and check of each finding, the gravest first; empty for a sound scan.
    """

    scan_id: str
    label: str
    scan: Scan | None
    mask: Mask | None
    annotations: Mask | None
    pixel_aspect: float
    findings: Sequence[tuple[str, str]]


@in_house_style
def draw_screening_sheet(tiles: Sequence[ScreenedScan], *, summary: str) -> Figure:
    """Draw the scans that screening has something to say of, and a few sound ones, before training.

    Args:
        tiles: The scans to show, in their order; at least one.
        summary: How many scans there are and what was found in them, for the head of the sheet.

    Returns:
        Six scans in a row; the mask's outline as in all figures, findings in words below each.

    Raises:
        ValueError: If there is no tile.
    """
    if not tiles:
        raise ValueError("there is no scan to show; a study has at least one")
    columns = min(PER_LINE, len(tiles))
    lines = -(-len(tiles) // columns)
    tile_in = PANEL_IN[1] + (FINDINGS_SHOWN + 1) * LINE_IN + GAP_IN
    figure = new_page(
        width_in=max(2 * MARGIN_IN + columns * (PANEL_IN[0] + GAP_IN) - GAP_IN, 4.8),
        height_in=MARGIN_IN + HEAD_IN + lines * tile_in,
    )
    width_in = figure.get_size_inches()[0] - 2 * MARGIN_IN
    write(figure, "Before training: the scans as they were read", left_in=MARGIN_IN, top_in=0.12)
    write_small(figure, summary, left_in=MARGIN_IN, top_in=0.28, width_in=width_in)
    for place, tile in enumerate(tiles):
        line, column = divmod(place, columns)
        _draw_tile(
            figure,
            tile,
            left_in=MARGIN_IN + column * (PANEL_IN[0] + GAP_IN),
            top_in=MARGIN_IN + HEAD_IN + line * tile_in,
        )
    return figure


def _draw_tile(figure: Figure, tile: ScreenedScan, *, left_in: float, top_in: float) -> None:
    """Draw a scan with its outline, its name, and its findings below it."""
    axes = place_axes(figure, left_in=left_in, top_in=top_in, size_in=PANEL_IN)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(HAIRLINE)
    if tile.scan is None:
        axes.text(0.5, 0.5, "not readable", ha="center", va="center", color=MUTED)
    else:
        axes.set_axis_off()
        axes.set_anchor("S")
        axes.imshow(tile.scan, cmap="gray", vmin=0, vmax=255, aspect=tile.pixel_aspect)
        if tile.annotations is not None and tile.annotations.any():
            axes.contour(tile.annotations, levels=[0.5], colors=ANNOTATION_COLOUR, linewidths=0.4)
        if tile.mask is not None:
            add_outline(axes, tile.mask, region="mass", width_pt=1.0)
    told = [(f"{tile.scan_id} · {tile.label}", LABEL_COLOURS.get(tile.label, INK))]
    told += [
        (f"{SEVERITY_SIGNS[severity]} {check.replace('_', ' ')}", SEVERITY_COLOURS[severity])
        for severity, check in tile.findings[:FINDINGS_SHOWN]
    ]
    if len(tile.findings) > FINDINGS_SHOWN:
        more = len(tile.findings) - FINDINGS_SHOWN + 1
        told[-1] = (f"and {more} more findings", MUTED)
    for number, (text, colour) in enumerate(told):
        write(
            figure,
            elide(text, width_in=PANEL_IN[0], size_pt=SMALL_PT),
            left_in=left_in,
            top_in=top_in + PANEL_IN[1] + 0.03 + number * LINE_IN,
            size_pt=SMALL_PT,
            colour=colour,
        )

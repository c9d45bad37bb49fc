"""A sheet of what was planted: a few scans of every plant, beside the same scans without it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from sonolens.arrays import Mask, Scan
from sonolens.figures.layers import add_outline
from sonolens.figures.style import (
    INK,
    MUTED,
    SMALL_PT,
    elide,
    in_house_style,
    new_page,
    place_axes,
    write,
    write_small,
)

PANEL_IN = (1.5, 1.35)
GAP_IN, PAIR_GAP_IN = 0.16, 0.03
MARGIN_IN, LEFT_IN, HEAD_IN, NAME_IN = 0.15, 1.05, 0.5, 0.16
LEGEND = (
    "One plant a line. Right of each pair the scan as networks see it, with the plant; left of it, where the canvas is "
    "the study, the same scan without. The outline is the mass's, on the left alone, so that it hides nothing."
)


@dataclass(frozen=True, eq=False)
class PlantedTile:
    """One scan with its plant.

    Attributes:
        plant: What was planted.
        scan_id: The scan's own name.
        without: The scan as it was read; None where there is no such scan, as of phantoms.
        scan: The scan with the plant.
        mass: True inside the mass.
    """

    plant: str
    scan_id: str
    without: Scan | None
    scan: Scan
    mass: Mask


@in_house_style
def draw_planted_sheet(tiles: Sequence[PlantedTile]) -> Figure:
    """Draw a line of scans per plant.

    Args:
        tiles: The scans, in the order of their lines; at least one.

    Raises:
        ValueError: If there is no tile.
    """
    if not tiles:
        raise ValueError("no scan bears a plant; plant a share above 0 of them")
    plants = list(dict.fromkeys(tile.plant for tile in tiles))
    lines = [[tile for tile in tiles if tile.plant == plant] for plant in plants]
    panels = 1 if tiles[0].without is None else 2
    pair_in = panels * PANEL_IN[0] + (panels - 1) * PAIR_GAP_IN + GAP_IN
    line_in = PANEL_IN[1] + NAME_IN + 0.06
    width_in = max(LEFT_IN + max(map(len, lines)) * pair_in + MARGIN_IN, 5.5)
    figure = new_page(width_in=width_in, height_in=HEAD_IN + len(lines) * line_in + MARGIN_IN)
    write(figure, "What was planted", left_in=MARGIN_IN, top_in=0.1)
    write_small(figure, LEGEND, left_in=MARGIN_IN, top_in=0.25, width_in=width_in - 2 * MARGIN_IN)
    for number, line in enumerate(lines):
        top_in = HEAD_IN + number * line_in + NAME_IN
        name = line[0].plant.replace("_", " ")
        write(figure, name, left_in=MARGIN_IN, top_in=top_in, size_pt=SMALL_PT, colour=INK)
        for place, tile in enumerate(line):
            _draw_tile(figure, tile, left_in=LEFT_IN + place * pair_in, top_in=top_in)
    return figure


def _draw_tile(figure: Figure, tile: PlantedTile, *, left_in: float, top_in: float) -> None:
    shown = [tile.scan] if tile.without is None else [tile.without, tile.scan]
    for place, scan in enumerate(shown):
        at_in = left_in + place * (PANEL_IN[0] + PAIR_GAP_IN)
        axes = place_axes(figure, left_in=at_in, top_in=top_in, size_in=PANEL_IN)
        axes.set_axis_off()
        axes.imshow(scan, cmap="gray", vmin=0, vmax=255, aspect="auto")
        if place == 0 and tile.without is not None:
            add_outline(axes, tile.mass, region="mass", width_pt=0.7)
    name = elide(tile.scan_id, width_in=PANEL_IN[0], size_pt=SMALL_PT)
    write(figure, name, left_in=left_in, top_in=top_in - 0.13, size_pt=SMALL_PT, colour=MUTED)

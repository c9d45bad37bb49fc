"""Strokes that no echo can draw: bright, narrow across the beam, and upright."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32
from scipy import ndimage

from sonolens.arrays import Scan

Levels = Float32[np.ndarray, "rows cols"]

WIDEST_PX = 11
"""A stroke is narrower; an echo is as wide as the beam, and its tissue wider."""

SHORTEST_PX = 5
"""A stroke is at least as tall; speckle is not, because sound resolves depth best."""

NOISE_BLOCK_PX = 30
"""Side of the blocks in which the noise of a scan is read."""

NOISE_QUANTILE = 0.95
"""Share of a block that is no stroke."""

LEAST_NOISE = 5.0
"""Grey levels; in a shadow without noise any pixel would stand out."""


@dataclass(frozen=True)
class Stroke:
    """An upright stroke.

    Attributes:
        rows: First row and the row after the last.
        cols: First column and the column after the last.
        prominence: How far it stands out, in units of the speckle around.
    """

    rows: tuple[int, int]
    cols: tuple[int, int]
    prominence: float

    @property
    def height(self) -> int:
        """Rows that it covers."""
        return self.rows[1] - self.rows[0]


def measure_uprightness(scan: Scan) -> Levels:
    """Tell by how many grey levels each pixel belongs to a bright upright stroke.

    The lateral resolution of B-mode is worse than the axial one: an echo lies across the beam, wider than tall.
    What is narrower than `WIDEST_PX` columns over `SHORTEST_PX` rows was drawn on the picture. Strokes may lean
    by one column per row at most.

    Returns:
        Grey levels, 0 where there is no such stroke.
    """
    levels = scan.astype(np.float32)
    narrow = levels - ndimage.grey_opening(levels, size=(1, WIDEST_PX))
    leaning = ndimage.grey_dilation(narrow, size=(1, 3))
    return np.minimum(ndimage.grey_opening(leaning, size=(SHORTEST_PX, 1)), leaning)


def measure_prominence(scan: Scan) -> Levels:
    """Divide the uprightness of every pixel by that of the speckle around it.

    The noise is read in blocks and is the median of nine, so that a line of text does not hide itself.
    """
    upright = measure_uprightness(scan)
    rows, cols = (max(1, round(side / NOISE_BLOCK_PX)) for side in scan.shape)
    blocks = [np.array_split(band, cols, axis=1) for band in np.array_split(upright, rows, axis=0)]
    noise = np.array([[np.quantile(block, NOISE_QUANTILE) for block in band] for band in blocks])
    smooth = ndimage.median_filter(noise, size=5, mode="nearest")
    zoom = (scan.shape[0] / rows, scan.shape[1] / cols)
    spread = ndimage.zoom(smooth, zoom, order=1, grid_mode=True, mode="nearest")
    return (upright / np.maximum(spread, LEAST_NOISE)).astype(np.float32)


def find_strokes(prominence: Levels, *, least: float) -> list[Stroke]:
    """List what stands out of the speckle as connected strokes.

    Args:
        prominence: From `measure_prominence`.
        least: From this prominence on a pixel belongs to a stroke.
    """
    labels, _ = ndimage.label(prominence >= least, structure=np.ones((3, 3)))
    return [
        Stroke(
            rows=(place[0].start, place[0].stop),
            cols=(place[1].start, place[1].stop),
            prominence=float(prominence[place][labels[place] == number].max()),
        )
        for number, place in enumerate(ndimage.find_objects(labels), start=1)
    ]

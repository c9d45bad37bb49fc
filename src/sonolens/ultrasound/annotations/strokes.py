"""Strokes that no echo can draw: bright, narrow across the beam, and upright."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32
from scipy import ndimage
from scipy.sparse import csr_array

from sonolens.arrays import Scan
from sonolens.ultrasound.annotations.sliding import slide_max, slide_min
from sonolens.ultrasound.interpolation import interpolation

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


def measure_uprightness(scan: Scan) -> Scan:
    """Tell by how many grey levels each pixel belongs to a bright upright stroke.

    The lateral resolution of B-mode is worse than the axial one: an echo lies across the beam, wider than tall.
    What is narrower than `WIDEST_PX` columns over `SHORTEST_PX` rows was drawn on the picture. Strokes may lean
    by one column per row at most.

    Returns:
        Grey levels, 0 where there is no such stroke.
    """
    narrow = scan - _open(scan, (1, WIDEST_PX))
    leaning = slide_max(narrow, (1, 3))
    return np.minimum(_open(leaning, (SHORTEST_PX, 1)), leaning)


def _open(levels: Scan, size: tuple[int, int]) -> Scan:
    """Take away what is brighter than around and narrower than a rectangle."""
    return slide_max(slide_min(levels, size, beyond=np.iinfo(levels.dtype).max), size)


def measure_prominence(scan: Scan) -> Levels:
    """Divide the uprightness of every pixel by that of the speckle around it.

    The noise is read in blocks and is the median of nine, so that a line of text does not hide itself.
    """
    upright = measure_uprightness(scan)
    smooth = ndimage.median_filter(_read_noise(upright), size=5, mode="nearest")
    down, across = (
        interpolation(pixels, cells=blocks)
        for pixels, blocks in zip(scan.shape, smooth.shape, strict=True)
    )
    # Every pixel has two cells a side, and none of the other products is taken.
    spread = csr_array(down) @ (smooth @ across.T)
    return (upright / np.maximum(spread, LEAST_NOISE)).astype(np.float32)


def _read_noise(upright: Scan) -> Float[np.ndarray, "blocks_down blocks_across"]:
    """Read the noise of every block, all that have one shape at once."""
    rows, cols = (_split(side) for side in upright.shape)
    return np.block(
        [
            [
                _read_blocks(upright[top:bottom, left:right], (down, across))
                for left, right, across in cols
            ]
            for top, bottom, down in rows
        ]
    )


def _split(side: int) -> list[tuple[int, int, int]]:
    """Split a side into blocks of about `NOISE_BLOCK_PX`: first those that are a pixel longer, then the others.

    Returns:
        First pixel, the pixel after the last, and number of blocks of each section.
    """
    blocks = max(1, round(side / NOISE_BLOCK_PX))
    short, longer = divmod(side, blocks)
    border = longer * (short + 1)
    sections = [(0, border, longer), (border, side, blocks - longer)]
    return [section for section in sections if section[2]]


def _read_blocks(
    section: Scan, blocks: tuple[int, int]
) -> Float[np.ndarray, "blocks_down blocks_across"]:
    down, across = blocks
    apart = section.reshape(down, section.shape[0] // down, across, section.shape[1] // across)
    # Sorted stably, because numpy counts numbers as small as these and compares others.
    levels = np.sort(apart.swapaxes(1, 2).reshape(down, across, -1), axis=-1, kind="stable")
    place, beyond = divmod(NOISE_QUANTILE * (levels.shape[-1] - 1), 1)
    here = levels[..., int(place)].astype(np.float64)
    return here + beyond * (levels[..., math.ceil(place + beyond)] - here)


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

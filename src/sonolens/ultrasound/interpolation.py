"""Bilinear interpolation from a few cells to many pixels, with half-pixel centres."""

import numpy as np
from jaxtyping import Float

from sonolens.ultrasound.grid import rescale_points


def interpolation(pixels: int, *, cells: int) -> Float[np.ndarray, "pixels cells"]:
    """How much each cell of a line adds to each of its pixels: hat functions around cell centres.

    Args:
        pixels: Pixels of the line.
        cells: Cells that cover the same line.

    Returns:
        Weights; every row sums to 1. Pixels beyond the outer cell centres take the outer cell.

    Examples:
        >>> interpolation(4, cells=2)
        array([[1.  , 0.  ],
               [0.75, 0.25],
               [0.25, 0.75],
               [0.  , 1.  ]])
    """
    inside = np.clip(rescale_points(np.arange(pixels), pixels, to=cells), 0, cells - 1)
    return np.maximum(0.0, 1.0 - np.abs(inside[:, None] - np.arange(cells)))

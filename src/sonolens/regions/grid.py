"""Positions on the native pixel grid, whose whole numbers are pixel centres."""

import numpy as np
from jaxtyping import Int

from sonolens.arrays import Points


def pixels_at(points: Points, *, rows: int, cols: int) -> Int[np.ndarray, "points 2"]:
    """Return the pixel whose square holds each point.

    Pixel `i` reaches from `i - 0.5` (its own) to `i + 0.5` (the next pixel's), so halves round up.
    Points outside the field of view belong to the nearest pixel on its edge.

    Args:
        points: (row, column) positions; none may be NaN.
        rows: Height of the grid.
        cols: Width of the grid.

    Returns:
        Whole (row, column) positions inside the grid.

    Examples:
        >>> pixels_at(np.array([[0.5, 1.49], [-3.0, 9.0]]), rows=4, cols=4).tolist()
        [[1, 1], [0, 3]]
    """
    nearest = np.floor(points + 0.5)
    return np.clip(nearest, 0, (rows - 1, cols - 1)).astype(np.int64)

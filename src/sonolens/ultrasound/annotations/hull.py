"""The convex hull of an area, row by row."""

import numpy as np
from jaxtyping import Int
from scipy.spatial import ConvexHull

from sonolens.arrays import Mask


def fill_hull(area: Mask) -> Mask:
    """Fill the convex hull of an area, as `skimage.morphology.convex_hull_image` does.

    A pixel is the diamond between the middles of its edges. In every row the hull is one run of columns, so that it
    takes its edges and no test of every pixel.

    Args:
        area: At least one pixel.
    """
    edges = _find_vertices(area)
    (row, col), (down, right) = edges.T, (np.roll(edges, -1, axis=0) - edges).T
    rows = 2 * np.arange(area.shape[0])[:, None]
    slanted = down != 0
    row, col, down, right = (each[slanted] for each in (row, col, down, right))
    # The column at which a row crosses each edge is col + right / down * (rows - row), in half pixels.
    scaled = np.sign(down) * (col * down + right * (rows - row))
    sides = 2 * np.abs(down)
    first = np.where(down > 0, -(-scaled // sides), 0).max(axis=1)
    last = np.where(down < 0, scaled // sides, area.shape[1]).min(axis=1)
    last[(rows[:, 0] < row.min()) | (rows[:, 0] > (row + down).max())] = -1
    cols = np.arange(area.shape[1])
    return (cols >= first[:, None]) & (cols <= last[:, None])


def _find_vertices(area: Mask) -> Int[np.ndarray, "vertices 2"]:
    """Rows and columns of the hull's corners in half pixels, in turn."""
    rows = np.flatnonzero(area.any(axis=1))
    left = area[rows].argmax(axis=1)
    right = area.shape[1] - 1 - area[rows, ::-1].argmax(axis=1)
    places = 2 * np.concatenate([np.stack([rows, cols], axis=1) for cols in (left, right)])
    diamond = np.array([[-1, 0], [1, 0], [0, -1], [0, 1]])
    corners = (places[:, None] + diamond).reshape(-1, 2)
    return corners[ConvexHull(corners).vertices]

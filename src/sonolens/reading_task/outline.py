"""The mask within an outline that was clicked."""

import numpy as np
from jaxtyping import Float
from skimage.draw import polygon2mask

from sonolens.arrays import Mask

FEWEST = 3
"""Corners that enclose anything."""


def fill_outline(corners: Float[np.ndarray, "corners 2"], size: tuple[int, int]) -> Mask:
    """Fill a closed outline: the pixels whose centres lie within.

    Args:
        corners: (row, column) positions, whole numbers being pixel centres; the last is joined to the first.
        size: Rows and columns of the scan.

    Raises:
        ValueError: If there are fewer than three corners, or no pixel centre lies within.

    Examples:
        >>> corners = np.array([[0.5, 0.5], [0.5, 2.5], [2.5, 2.5], [2.5, 0.5]])
        >>> fill_outline(corners, (4, 4)).astype(int)
        array([[0, 0, 0, 0],
               [0, 1, 1, 0],
               [0, 1, 1, 0],
               [0, 0, 0, 0]])
    """
    if len(corners) < FEWEST:
        raise ValueError(f"an outline of {len(corners)} corners encloses nothing")
    mask: Mask = np.asarray(polygon2mask(size, corners), dtype=bool)  # type: ignore[no-untyped-call]
    if not mask.any():
        raise ValueError("the outline encloses no pixel")
    return mask

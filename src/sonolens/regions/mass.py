"""The mass as the regions understand it: everything the annotator enclosed."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask


def fill_mass(mask: Mask) -> Mask:
    """Return the whole mass: holes filled, all components kept.

    A hole is background that reaches neither the outside of the mass nor the edge of the field of
    view in steps along rows and columns.

    Args:
        mask: True where the annotator drew the mass, in one or several pieces.

    Returns:
        A new mask; the input is left as it was.

    Raises:
        ValueError: If the mask is empty.

    Examples:
        >>> ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)
        >>> bool(fill_mass(ring).all())
        True
    """
    rows, cols = bounding_box(mask)
    mass = mask.copy()
    # Filling grows the background pixel by pixel, so the empty surroundings are left out.
    mass[rows, cols] = ndimage.binary_fill_holes(mask[rows, cols])
    return mass


def bounding_box(mask: Mask) -> tuple[slice, slice]:
    """Return the rows and columns that the mass spans.

    Raises:
        ValueError: If the mask is empty.
    """
    occupied_rows = np.flatnonzero(mask.any(axis=1))
    if occupied_rows.size == 0:
        raise ValueError(
            "the mass mask is empty, so it has no ring and nothing below it; "
            "drop normal scans before asking for regions"
        )
    top, bottom = occupied_rows[[0, -1]]
    occupied_cols = np.flatnonzero(mask[top : bottom + 1].any(axis=0))
    left, right = occupied_cols[[0, -1]]
    return slice(int(top), int(bottom) + 1), slice(int(left), int(right) + 1)

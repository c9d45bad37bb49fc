"""The mass as the regions understand it: everything the annotator enclosed, without dust."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask

DUST_SHARE = 0.02
"""Pieces of at most this share of the largest one's area, a seventh of its width, are dust.

Beside a mass of 10 mm that is a piece of 1.4 mm: slips of a pen are that small, nodules that anybody would
draw are not.
"""

SPECK_PX = 4
"""Pieces of so few pixels are dust beside any mass: 2 x 2 pixels show nothing on a scan."""

SMALLEST_MASS_PX = 25
"""A smaller mass has no dust, for it may be a speck itself."""

EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


def fill_mass(mask: Mask) -> Mask:
    """Return the whole mass: holes filled, all pieces kept but dust.

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
    filled = _fill_holes(mask)
    return filled & ~_find_dust_of(filled)


def find_dust(mask: Mask) -> Mask:
    """Find the stray pixels beside a mass: pieces that are tiny beside the largest one.

    Pieces touch by sides or corners. See `DUST_SHARE` and `SPECK_PX` for what is tiny.

    Args:
        mask: True where the annotator drew the mass.

    Returns:
        True on dust, its own holes filled.

    Raises:
        ValueError: If the mask is empty.

    Examples:
        >>> mask = np.zeros((20, 20), dtype=bool)
        >>> mask[2:12, 2:12] = mask[17, 17] = True
        >>> np.argwhere(find_dust(mask)).tolist()
        [[17, 17]]
    """
    return _find_dust_of(_fill_holes(mask))


def _find_dust_of(filled: Mask) -> Mask:
    """Find the dust of a mask whose holes are filled."""
    rows, cols = bounding_box(filled)
    pieces, _ = ndimage.label(filled[rows, cols], structure=EIGHT_NEIGHBOURS)
    areas = np.bincount(pieces.ravel())
    areas[0] = 0
    largest = areas.max()
    is_dust = areas <= DUST_SHARE * largest
    if largest >= SMALLEST_MASS_PX:
        is_dust |= areas <= SPECK_PX
    is_dust[0] = False
    dust = np.zeros_like(filled)
    dust[rows, cols] = is_dust[pieces]
    return dust


def _fill_holes(mask: Mask) -> Mask:
    """Fill what is enclosed."""
    rows, cols = bounding_box(mask)
    filled = mask.copy()
    # Filling grows the background pixel by pixel, so the empty surroundings are left out.
    filled[rows, cols] = ndimage.binary_fill_holes(mask[rows, cols])
    return filled


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

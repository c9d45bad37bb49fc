"""Measurement marks burnt into a scan on purpose: the two crosses that a sonographer leaves at a mass."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import AnnotationMap, Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.finding import ANNOTATION_KINDS

WHITE = 255

ARM_SHARE = 1 / 60
"""Half the width of a cross, over the height of its scan. Scanners draw in pixels of the screen, not in mm."""

STROKE_SHARE = 1 / 300
"""Width of a stroke, likewise; at least one pixel."""

Places = list[tuple[int, int]]
"""Row and column of the middle of every mark."""


def ends_of_mass(mask: Mask) -> Places:
    """Place a mark at either end of the mass across the beam, as its width is measured."""
    cols = np.flatnonzero(mask.any(axis=0))
    ends = (int(cols[0]), int(cols[-1]))
    return [(round(float(np.flatnonzero(mask[:, col]).mean())), col) for col in ends]


def places_aside(free: Mask) -> Places:
    """Place two marks where they lie farthest from all that is not free, and from each other's cross.

    Args:
        free: True where a mark may lie; some pixel must be.
    """
    height = free.shape[0]
    room, places = np.array(free, dtype=bool), []
    for _ in range(2):
        # What lies beyond the picture is not free either.
        depth = ndimage.distance_transform_edt(np.pad(room, 1))[1:-1, 1:-1]
        row, col = np.unravel_index(int(depth.argmax()), depth.shape)
        places.append((int(row), int(col)))
        reach = round(4 * ARM_SHARE * height)
        room[
            max(int(row) - reach, 0) : int(row) + reach + 1,
            max(int(col) - reach, 0) : int(col) + reach + 1,
        ] = False
    return places


def burn_marks(scan: Scan, places: Places) -> tuple[Scan, AnnotationMap]:
    """Draw a white cross at every place.

    Args:
        scan: Grey levels; not changed.
        places: Row and column of every cross; what would lie beyond the scan is cut off.

    Returns:
        The scan with the crosses, and the squares that they take as an annotation map.
    """
    height = scan.shape[0]
    arm, stroke = max(round(ARM_SHARE * height), 2), max(round(STROKE_SHARE * height), 1)
    burnt, marked = scan.copy(), np.zeros(scan.shape, dtype=np.uint8)
    half = stroke // 2
    for row, col in places:
        strokes = (
            Box(row - arm, col - half, row + arm + 1, col - half + stroke, "calliper"),
            Box(row - half, col - arm, row - half + stroke, col + arm + 1, "calliper"),
        )
        for each in strokes:
            burnt[each.pixels] = WHITE
        around = Box(row - arm, col - arm, row + arm + 1, col + arm + 1, "calliper").grow(1, 1)
        marked[around.pixels] = ANNOTATION_KINDS["calliper"]
    return burnt, marked

"""What lies outside the field of view: flat dark areas at the picture's edge, bounded by a sharp convex line."""

import numpy as np
from scipy import ndimage
from skimage.morphology import convex_hull_image

from sonolens.arrays import Mask, Scan

DARKEST = 6
"""Grey levels; no pixel outside the field is brighter, nor are the rests of lossy compression around it."""

FLAT_PX = 5
"""Side of the square in which a pixel outside has no brighter neighbour."""

NEAR_SHARE = 0.015
"""Of the longer side: so near to its outer border the field must show echoes."""

LEAST_AREA = 0.0125
"""Of the scan; so much of a deep shadow can be wholly black by chance."""

CONSTANT_SHARE = 0.98
"""Share of an area outside that has one grey level; a shadow keeps some noise."""

LIT_SHARE = 0.7
"""Share of the border that shows echoes; a shadow fades and has no border."""

SHARP_SHARE = 0.9
"""The same for an area that dents the field, as the arc of a curved array does."""


def find_outside(scan: Scan) -> Mask:
    """Mark what lies outside the field of view.

    The field is convex, so what is dark within its hull is shadow. Beyond the hull a dark area is outside if the
    field shows echoes right up to the line between them; an area that dents the field needs a sharper line.

    Returns:
        True outside; nowhere for a scan that is filled to its edges, or that is dark all over.
    """
    outside = np.zeros(scan.shape, dtype=bool)
    dark = ndimage.maximum_filter(scan, size=FLAT_PX) <= DARKEST
    if not dark.any():
        return outside
    lit = ~ndimage.binary_opening(dark, structure=np.ones((FLAT_PX, FLAT_PX), dtype=bool))
    labels, count = ndimage.label(lit)
    if not count:
        return outside
    field = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    hull = convex_hull_image(field)  # type: ignore[no-untyped-call]
    for beyond, share in ((~hull, LIT_SHARE), (~field, SHARP_SHARE)):
        outside |= _bounded(beyond, scan, share=share)
    return outside | (ndimage.binary_dilation(outside, iterations=FLAT_PX // 2) & (scan <= DARKEST))


def _bounded(beyond: Mask, scan: Scan, *, share: float) -> Mask:
    """Keep the constant areas at the picture's edge whose border to the field shows echoes."""
    kept = np.zeros_like(beyond)
    reach = max(2, round(NEAR_SHARE * max(scan.shape)))
    near = ndimage.binary_dilation(ndimage.median_filter(scan, size=3) > DARKEST, iterations=reach)
    labels, count = ndimage.label(beyond)
    for number in range(1, count + 1):
        area = labels == number
        at_edge = area[0].any() or area[-1].any() or area[:, 0].any() or area[:, -1].any()
        if not at_edge or area.mean() < LEAST_AREA:
            continue
        border = area & ndimage.binary_dilation(~area)
        constant = np.bincount(scan[area]).max() >= CONSTANT_SHARE * area.sum()
        if constant and border.any() and near[border].mean() >= share:
            kept |= area
    return kept

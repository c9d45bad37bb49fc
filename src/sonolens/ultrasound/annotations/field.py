"""What lies outside the field of view: flat dark areas at the picture's edge, bounded by a sharp convex line."""

import numpy as np
from jaxtyping import Int
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.annotations.hull import fill_hull
from sonolens.ultrasound.annotations.sliding import grow, slide_max, slide_min

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
    around = (FLAT_PX, FLAT_PX)
    dark = slide_max(scan, around) <= DARKEST
    if not dark.any():
        return outside
    lit = ~slide_max(slide_min(dark, around, beyond=0), around)
    labels, count = ndimage.label(lit)
    if not count:
        return outside
    field = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    if _go_round(field).all():
        return outside
    near = _find_near(scan)
    for beyond, share in ((~fill_hull(field), LIT_SHARE), (~field, SHARP_SHARE)):
        outside |= _bounded(beyond, scan, near=near, share=share)
    return outside | (grow(outside, steps=FLAT_PX // 2) & (scan <= DARKEST))


def _find_near(scan: Scan) -> Mask:
    """Mark what is near to an echo; one bright pixel is none, the median of nine must be."""
    bright = np.pad(scan > DARKEST, 1, mode="edge").astype(np.uint8)
    beside = bright[:, :-2] + bright[:, 1:-1] + bright[:, 2:]
    nine = beside[:-2] + beside[1:-1] + beside[2:]
    return grow(nine > 9 // 2, steps=max(2, round(NEAR_SHARE * max(scan.shape))))


def _bounded(beyond: Mask, scan: Scan, *, near: Mask, share: float) -> Mask:
    """Keep the constant areas at the picture's edge whose border to the field shows echoes."""
    kept = np.zeros_like(beyond)
    at_edge = _go_round(beyond)
    if not at_edge.any():
        return kept
    labels, _ = ndimage.label(beyond)
    sizes = np.bincount(labels.ravel())
    for number in np.unique(_go_round(labels)[at_edge]):
        if sizes[number] / scan.size < LEAST_AREA:
            continue
        area = labels == number
        border = area & grow(~area, steps=1)
        constant = np.bincount(scan[area]).max() >= CONSTANT_SHARE * sizes[number]
        if constant and border.any() and near[border].mean() >= share:
            kept |= area
    return kept


def _go_round(pixels: Mask | Int[np.ndarray, "rows cols"]) -> np.ndarray:
    """The pixels at the edge of a picture."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])

"""Callipers and other small glyphs: mirrored about both axes, and finer across the beam than echoes."""

import numpy as np
from jaxtyping import Float32
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.strokes import Levels

ARM_PX = 6
"""Half the side of the square that is compared with its mirror images."""

ACROSS_PX = 9
"""Detail across the beam is what differs from the mean of so many columns."""

NOISE_STEP_PX, NOISE_STEPS = 8, 9
"""The detail of the tissue is the median of so many squares, this far apart, both ways."""

LEAST_DETAIL = 3.0
"""Grey levels; in a shadow without noise any pixel would stand out."""

SURE = 8.0
"""Symmetry times relative detail times prominence from which a scan shows a calliper."""

EDGE_PX = 18
"""So near to the picture's edge a mark is a logo or a tick, and tells nothing of callipers elsewhere."""

LIKELY = 5.5
"""The same, where the scan shows a sure one as well: a measurement has two ends."""


def find_callipers(scan: Scan, prominence: Levels, *, text: Mask) -> list[Box]:
    """Find measurement marks, whatever their glyph: crosses, x, stars, with or without gaps.

    Makers draw dozens of glyphs, all mirrored left to right and top to bottom. Tissue rarely is, and where it
    is - along a fibre - it has no detail across the beam.

    Args:
        scan: Grey levels.
        prominence: Of upright strokes, from `measure_prominence`; no mark lacks one.
        text: Where text was found; letters are mirrored as well.
    """
    symmetry, detail = _mirror(scan)
    around = ndimage.maximum_filter(prominence, size=ARM_PX - 1)
    score = np.where(text, 0, symmetry * detail * around)
    peaks = (score == ndimage.maximum_filter(score, size=2 * ARM_PX - 1)) & (score >= LIKELY)
    inner = np.zeros_like(peaks)
    inner[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX] = True
    if not (score[peaks & inner] >= SURE).any():
        peaks &= score >= SURE
    reach = ARM_PX + 1
    return [
        Box(
            int(row) - reach,
            int(col) - reach,
            int(row) + reach + 1,
            int(col) + reach + 1,
            "calliper",
        )
        for row, col in np.argwhere(peaks)
    ]


def _mirror(scan: Scan) -> tuple[Levels, Levels]:
    """Correlate every square with its two mirror images, and measure its detail against the scan's around it."""
    levels = scan.astype(np.float32)
    fine = levels - ndimage.uniform_filter(levels, size=(1, ACROSS_PX))
    energy = ndimage.uniform_filter(fine**2, size=2 * ARM_PX + 1)
    alike = np.minimum(_fold(fine, axis=0), _fold(fine, axis=1))
    detail = np.sqrt(np.maximum(energy, 0))
    every = detail[::NOISE_STEP_PX, ::NOISE_STEP_PX]
    usual = ndimage.median_filter(every, size=NOISE_STEPS)
    rows, cols = (np.arange(side) // NOISE_STEP_PX for side in scan.shape)
    noise = np.maximum(usual[np.ix_(rows, cols)], LEAST_DETAIL)
    return alike / np.maximum(energy, 1), detail / noise


def _fold(fine: Levels, *, axis: int) -> Float32[np.ndarray, "rows cols"]:
    """Mean product of a square's pixels with those mirrored along an axis."""
    side = 2 * ARM_PX + 1
    products = ndimage.uniform_filter1d(fine**2, side, axis=1 - axis)
    for step in range(1, ARM_PX + 1):
        pairs = np.roll(fine, step, axis) * np.roll(fine, -step, axis)
        products += 2 * ndimage.uniform_filter1d(pairs, side, axis=1 - axis)
    return products / side

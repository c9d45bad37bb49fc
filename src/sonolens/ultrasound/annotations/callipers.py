"""Callipers and other small glyphs: mirrored about both axes, and finer across the beam than echoes."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.sliding import slide_max
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
    around = slide_max(prominence, (ARM_PX - 1, ARM_PX - 1))
    score = np.where(text, 0, symmetry * detail * around)
    score[score < LIKELY] = 0
    if not (score >= SURE).any():
        return []
    peaks = (score > 0) & (score == slide_max(score, (2 * ARM_PX - 1, 2 * ARM_PX - 1)))
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
    fine = levels - ndimage.uniform_filter1d(levels, ACROSS_PX, axis=1)
    energy = ndimage.uniform_filter(fine**2, size=2 * ARM_PX + 1)
    alike = np.minimum(_fold(fine, axis=0), _fold(fine, axis=1))
    detail = np.sqrt(np.maximum(energy, 0))
    usual = _take_medians(detail[::NOISE_STEP_PX, ::NOISE_STEP_PX])
    noise = np.maximum(usual, LEAST_DETAIL).repeat(NOISE_STEP_PX, axis=0)[: scan.shape[0]]
    noise = noise.repeat(NOISE_STEP_PX, axis=1)[:, : scan.shape[1]]
    return alike / np.maximum(energy, 1), detail / noise


def _take_medians(detail: Levels) -> Levels:
    """Take the median of `NOISE_STEPS` by `NOISE_STEPS` values around each."""
    reach = NOISE_STEPS // 2
    mirrored = np.pad(detail, reach, mode="symmetric")
    # Sorted by parts; a filter of so many values takes five times as long.
    squares = np.lib.stride_tricks.sliding_window_view(mirrored, (NOISE_STEPS, NOISE_STEPS))
    middle = NOISE_STEPS**2 // 2
    medians: Levels = np.partition(squares.reshape(*detail.shape, -1), middle)[..., middle]
    return medians


def _fold(fine: Levels, *, axis: int) -> Levels:
    """Mean product of a square's pixels with those mirrored along an axis."""
    lines = np.moveaxis(fine, axis, 0)
    count, side = len(lines), 2 * ARM_PX + 1
    wrapped = np.pad(lines, ((ARM_PX, ARM_PX), (0, 0)), mode="wrap")
    pairs = np.zeros_like(lines)
    for step in range(ARM_PX):
        pairs += wrapped[step : step + count] * wrapped[side - 1 - step :][:count]
    means = ndimage.uniform_filter1d(lines**2 + 2 * pairs, side, axis=1)
    return np.moveaxis(means, 0, axis) / side

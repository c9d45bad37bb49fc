"""Callipers and other small glyphs: mirrored about both axes, and finer across the beam than echoes."""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float32, Int
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.annotations.box import Box
from sonolens.ultrasound.annotations.sliding import slide_max
from sonolens.ultrasound.annotations.strokes import Levels

Places: TypeAlias = tuple[Int[np.ndarray, " places"], ...]
"""Rows and columns."""

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

AT_ONCE = 10_000
"""Squares that are compared with their mirror images at a time; a picture of nothing but strokes has millions."""

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
    fine, energy = _find_detail(scan)
    # What it would score if it were mirrored wholly: of a thousand pixels one is worth its mirror images.
    at_best = _compare_detail(energy) * slide_max(prominence, (ARM_PX - 1, ARM_PX - 1))
    at_best[text] = 0
    if not (at_best >= SURE).any():
        return []
    score, likely = np.zeros_like(at_best), np.nonzero(at_best >= LIKELY)
    score[likely] = at_best[likely] * _mirror(fine, likely) / np.maximum(energy[likely], 1)
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


def _find_detail(scan: Scan) -> tuple[Levels, Levels]:
    """Return the detail across the beam, and the mean of its squares in the square around every pixel."""
    levels = scan.astype(np.float32)
    fine = levels - ndimage.uniform_filter1d(levels, ACROSS_PX, axis=1)
    return fine, np.maximum(ndimage.uniform_filter(fine**2, size=2 * ARM_PX + 1), 0)


def _compare_detail(energy: Levels) -> Levels:
    """Measure the detail of every square against the scan's around it."""
    detail = np.sqrt(energy)
    usual = _take_medians(detail[::NOISE_STEP_PX, ::NOISE_STEP_PX])
    noise = np.maximum(usual, LEAST_DETAIL).repeat(NOISE_STEP_PX, axis=0)[: len(energy)]
    return detail / noise.repeat(NOISE_STEP_PX, axis=1)[:, : energy.shape[1]]


def _take_medians(detail: Levels) -> Levels:
    """Take the median of `NOISE_STEPS` by `NOISE_STEPS` values around each."""
    reach = NOISE_STEPS // 2
    mirrored = np.pad(detail, reach, mode="symmetric")
    # Sorted by parts; a filter of so many values takes five times as long.
    squares = np.lib.stride_tricks.sliding_window_view(mirrored, (NOISE_STEPS, NOISE_STEPS))
    middle = NOISE_STEPS**2 // 2
    medians: Levels = np.partition(squares.reshape(*detail.shape, -1), middle)[..., middle]
    return medians


def _mirror(fine: Levels, places: Places) -> Float32[np.ndarray, " places"]:
    """Mean product of the pixels of each square with those of its mirror images; the lesser of the two."""
    return np.minimum(_fold(fine, places), _fold(fine.T, places[::-1]))


def _fold(fine: Levels, places: Places) -> Float32[np.ndarray, " places"]:
    """Mean product of the pixels of each square with those mirrored top to bottom."""
    # Beyond top and bottom lies the other end of the picture, which is like nothing there.
    padded = np.pad(fine, ((ARM_PX, ARM_PX), (0, 0)), mode="wrap")
    padded = np.pad(padded, ((0, 0), (ARM_PX, ARM_PX)), mode="symmetric")
    side = 2 * ARM_PX + 1
    views = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    alike = np.empty(len(places[0]), dtype=np.float32)
    for first in range(0, len(alike), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        squares = views[tuple(line[part] for line in places)]  # Axes: places, rows, columns.
        alike[part] = (squares * squares[:, ::-1]).mean(axis=(1, 2))
    return alike

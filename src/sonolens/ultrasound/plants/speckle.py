"""How wide a scan smears a point: read from how alike its speckle stays from pixel to pixel."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sonolens.arrays import Scan
from sonolens.ultrasound.bmode import WHITE

PATCHES = 6
"""Patches are this part of the scan's shorter side, and overlap by half."""
LEAST_PATCH_PX = 24
MOST_BLACK = 0.05
"""A patch with more black shows too little speckle."""
QUANTILE = 0.25
"""Layers of tissue stay alike for longer than speckle, so the narrower patches tell; on speckle alone it is a tenth low."""
HALF = 0.5
PER_HALF_WIDTH = float(1 / np.sqrt(2 * np.log(2)))
"""Standard deviation of a Gaussian over its half width at half its height."""
LEAST_PX = 0.5
"""A scan whose neighbouring pixels are not alike at all still shows a point as one pixel."""


@dataclass(frozen=True)
class PointSpread:
    """The standard deviations of what a scan shows of a point, as amplitudes, in pixels."""

    axial_px: float
    lateral_px: float


def measure_point_spread(scan: Scan, *, dynamic_range_db: float) -> PointSpread:
    """Estimate the point-spread of a scan from its speckle.

    Fully developed speckle of a Gaussian point-spread of standard deviation s has an intensity whose autocovariance is a
    Gaussian of standard deviation s too. It is measured in overlapping patches, where its half width is the standard
    deviation times 1.18. One value is told for the whole scan, although beams widen away from their focus.

    Args:
        scan: Grey levels.
        dynamic_range_db: What lies this far below white is black.

    Returns:
        Standard deviations along depth and across: of one pixel's half where no patch shows speckle.

    References:
        R. F. Wagner et al., Statistics of speckle in ultrasound B-scans, IEEE Trans. Sonics Ultrason. 30:156-163, 1983.
    """
    intensity = 10 ** ((scan / WHITE - 1) * dynamic_range_db / 10)
    side = max(LEAST_PATCH_PX, min(scan.shape) // PATCHES)
    found = []
    for row in range(0, scan.shape[0] - side + 1, side // 2):
        for col in range(0, scan.shape[1] - side + 1, side // 2):
            patch = slice(row, row + side), slice(col, col + side)
            if (scan[patch] == 0).mean() <= MOST_BLACK:
                detail = intensity[patch] / intensity[patch].mean() - 1
                found.append((_spread(detail), _spread(detail.T)))
    if not found:
        return PointSpread(LEAST_PX, LEAST_PX)
    axial_px, lateral_px = np.quantile(np.array(found), QUANTILE, axis=0)
    return PointSpread(float(axial_px), float(lateral_px))


def _spread(detail: Float[np.ndarray, "along across"]) -> float:
    """Find how far the detail stays half as alike as it is to itself, as a standard deviation."""
    alike = np.array(
        [(detail[: len(detail) - lag] * detail[lag:]).mean() for lag in range(len(detail) // 2)]
    )
    if alike[0] <= 0:
        return LEAST_PX
    alike /= alike[0]
    below = np.flatnonzero(alike < HALF)
    if not len(below):
        return float((len(alike) - 1) * PER_HALF_WIDTH)
    after = int(below[0])
    step = (alike[after - 1] - HALF) / (alike[after - 1] - alike[after])
    return float(max((after - 1 + step) * PER_HALF_WIDTH, LEAST_PX))

"""A blurred margin of a mass: what echoes on either side mixed across the outline, over a width in millimetres."""

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.bmode import WHITE
from sonolens.ultrasound.plants.canvas import Canvas, Decibels
from sonolens.ultrasound.plants.speckle import measure_point_spread

WIDTH_MM = 2.0
"""From a tenth to nine tenths of the step between both sides, at full strength."""
PER_WIDTH = 1 / 2.563
"""Standard deviation of a Gaussian over the width, a tenth to nine tenths, of the step that it blurs."""
REACH_MM = 2.5
"""A margin is blurred this far to either side: three standard deviations at full strength, and the outline's own error."""
FADES_MM = 0.5
"""Over so much of its border the site fades in, so that the blur leaves no edge of its own."""
GRAINS = 4.0
"""Half the side of the window whose median is taken for the mean level, in standard deviations of a point."""
LARGEST_MM = 1.0
"""And at most so much: a scan that is even, or smooth, shows no grains, and the median would round the margin's corners."""


def plant_blur(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Mix what echoes inside and outside across the margin, and leave its speckle.

    Where two tissues interlock more finely than a scan resolves, their echoes add, power to power, each by its share. So the mean
    power is convolved with a Gaussian, and every pixel becomes louder or softer by what that changes at its place. Speckle is a factor
    of the mean and stays as it was; smoothing grey levels would take it away.

    Args:
        canvas: The scan; its site is the band about the outline.
        strength: Share of `WIDTH_MM`.
        rng: Not needed: a blur leaves nothing to chance.

    Returns:
        The scan, changed within the site alone, and not where both sides echo alike. What was black has no speckle to show,
        and becomes evenly grey.
    """
    del rng
    level_db = _find_level(canvas)
    power = 10 ** (level_db / 10)
    widths_px = [strength * WIDTH_MM * PER_WIDTH / pixel for pixel in canvas.spacing_mm]
    mixed = ndimage.gaussian_filter(power, widths_px, mode="nearest")
    return canvas.brighten(canvas.fade(FADES_MM) * (10 * np.log10(mixed) - level_db))


def find_margin_band(mass: Mask, *, spacing_mm: tuple[float, float]) -> Mask:
    """Find the pixels that lie within `REACH_MM` of a mass's outline, on either side of it."""
    outside_mm, inside_mm = (
        ndimage.distance_transform_edt(side, sampling=spacing_mm) for side in (~mass, mass)
    )
    return np.asarray(np.maximum(outside_mm, inside_mm) <= REACH_MM)


def _find_level(canvas: Canvas) -> Decibels:
    """Tell speckle from the level that it varies about, white being 0: a median takes grains away and leaves edges where they are."""
    spread = measure_point_spread(canvas.scan, dynamic_range_db=canvas.dynamic_range_db)
    half_px = [
        min(GRAINS * spread_px, LARGEST_MM / pixel_mm)
        for spread_px, pixel_mm in zip(
            (spread.axial_px, spread.lateral_px), canvas.spacing_mm, strict=True
        )
    ]
    window = [2 * round(each) + 1 for each in half_px]
    level: Float[np.ndarray, "rows cols"] = ndimage.median_filter(
        canvas.scan, size=window, mode="nearest"
    ).astype(np.float64)
    return (level - WHITE) / canvas.grey_per_db

"""Shadow and enhancement: what lies below a mass, softer or louder by so many decibels per centimetre."""

import numpy as np

from sonolens.arrays import Scan
from sonolens.ultrasound.grid import to_mm
from sonolens.ultrasound.plants.canvas import Canvas, Decibels

SLOPE_DB_PER_CM = 8.0
"""At full strength, on the way there and back: a mass of 2 dB/cm/MHz more than tissue, half of it, at 4 MHz."""
SIDES_MM = 1.5
"""Over so much of either side the effect fades in, because the beam is wider than a line."""


def plant_shadow(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make what lies below the mass softer with every centimetre.

    Args:
        canvas: The scan; its site is what lies below the mass, in the mass's columns.
        strength: Share of `SLOPE_DB_PER_CM`.
        rng: Not needed: a shadow leaves nothing to chance.

    Returns:
        The scan, changed within the site alone. The loss is 0 where the site begins in a column and grows evenly from
        there; down to black, where a scan shows no echo.
    """
    del rng
    return canvas.brighten(-strength * SLOPE_DB_PER_CM * deepen(canvas))


def plant_enhancement(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make what lies below the mass louder with every centimetre; see `plant_shadow`."""
    del rng
    return canvas.brighten(strength * SLOPE_DB_PER_CM * deepen(canvas))


def deepen(canvas: Canvas) -> Decibels:
    """Measure how deep every pixel of the site lies under the site's first in its column, in cm, less at either side."""
    row_mm, col_mm = canvas.spacing_mm
    cols = np.flatnonzero(canvas.site.any(axis=0))
    first = canvas.site.argmax(axis=0)
    depth_cm = (np.arange(len(canvas.site))[:, None] - first[None, :]) * row_mm / 10
    col = np.arange(canvas.site.shape[1])
    to_side_mm = to_mm(np.minimum(col - cols[0], cols[-1] - col), col_mm)
    sides = np.clip(to_side_mm / SIDES_MM, 0, 1)
    return np.where(canvas.site, depth_cm * sides[None, :], 0.0)

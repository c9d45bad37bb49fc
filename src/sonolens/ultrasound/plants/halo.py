"""A bright halo around a mass: tissue that it has drawn in, loud near the margin and fading outwards."""

import numpy as np
from scipy import ndimage

from sonolens.arrays import Scan
from sonolens.ultrasound.plants.canvas import Canvas

MARGIN_DB = 14.0
"""How much louder a halo of full strength is at the margin."""
FADES_MM = 1.8
"""It is a third of that, in decibels, so far outside; a halo is a few millimetres thick."""


def plant_halo(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make what surrounds the mass louder, most at its margin.

    Args:
        canvas: The scan; its site is the ring.
        strength: Share of `MARGIN_DB`.
        rng: Source of how the halo varies along the margin: between none and twice its mean, in slow waves.

    Returns:
        The scan, changed within the site alone.
    """
    outside_mm = ndimage.distance_transform_edt(~canvas.mass, sampling=canvas.spacing_mm)
    rows, cols = ndimage.center_of_mass(canvas.mass)
    angle = np.arctan2(
        np.arange(canvas.mass.shape[0])[:, None] - rows,
        np.arange(canvas.mass.shape[1])[None, :] - cols,
    )
    orders, phases = np.arange(2, 5), rng.uniform(0, 2 * np.pi, size=3)
    waves = 1 + np.cos(angle[..., None] * orders + phases).mean(axis=-1)
    fade = np.exp(-np.asarray(outside_mm) / FADES_MM) * canvas.fade(1.0)
    return canvas.brighten(strength * MARGIN_DB * waves * fade)

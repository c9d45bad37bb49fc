"""A bright disc of a known diameter: evidence whose size is known."""

import numpy as np

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.grid import to_mm
from sonolens.ultrasound.plants.canvas import Canvas

LOUDER_DB = 15.0
"""How far the disc lies above what was there, at full strength; its speckle stays."""


def plant_disc(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Make the site louder throughout by strength times `LOUDER_DB`."""
    del rng
    return canvas.brighten(strength * LOUDER_DB)


def find_disc(
    shape: tuple[int, int],
    *,
    diameter_mm: float,
    spacing_mm: tuple[float, float],
    rng: np.random.Generator,
) -> Mask:
    """Lay a disc somewhere on a scan, whole, every place as likely as any other.

    Dice that begin alike put discs of all sizes in about the same place, as far as each has room.

    Args:
        shape: Rows and columns of the scan.
        diameter_mm: Of the disc.
        spacing_mm: Height and width of a pixel.
        rng: Source of the place.

    Returns:
        True where a pixel's centre lies in the disc, and in the pixel that holds its own centre; nowhere if the scan is
        too small for it.

    Examples:
        >>> disc = find_disc(
        ...     (60, 80), diameter_mm=4.0, spacing_mm=(0.1, 0.1), rng=np.random.default_rng(0)
        ... )
        >>> round(float(disc.sum() * 0.1 * 0.1), 1)  # pi times two millimetres squared
        12.6
    """
    disc = np.zeros(shape, dtype=bool)
    sizes_mm = np.multiply(shape, spacing_mm)
    room_mm = sizes_mm - diameter_mm
    centre_mm = diameter_mm / 2 + rng.random(2) * room_mm
    if room_mm.min() < 0:
        return disc
    rows_mm, cols_mm = (
        to_mm(np.arange(count), pixel_mm) - middle_mm
        for count, pixel_mm, middle_mm in zip(shape, spacing_mm, centre_mm, strict=True)
    )
    disc |= rows_mm[:, None] ** 2 + cols_mm[None, :] ** 2 <= (diameter_mm / 2) ** 2
    row, col = (centre_mm // spacing_mm).astype(int)
    disc[row, col] = True
    return disc

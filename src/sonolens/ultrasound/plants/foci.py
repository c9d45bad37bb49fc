"""Bright foci, like calcifications, drawn with the scan's own point-spread."""

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import Mask, Scan
from sonolens.ultrasound.plants.canvas import Canvas
from sonolens.ultrasound.plants.speckle import measure_point_spread

COUNT = (4, 8)
"""Least number, and one more than the largest: as many as a phantom has."""
SIZES_MM = (0.10, 0.25)
"""Standard deviation of the echoing grain itself, before the scan smears it: microcalcifications are below 0.5 mm."""
ABOVE_TISSUE_DB = 26.0
"""How far the echo of a focus of full strength lies above the mean echo of its site."""
REACH = 2.5
"""A focus is cut off after so many of its standard deviations, and keeps so far from the border of its site."""


def plant_foci(canvas: Canvas, *, strength: float, rng: np.random.Generator) -> Scan:
    """Put a few bright dots into the site.

    Each is a grain smeared by the scan's own point-spread (`measure_point_spread`), its echo added to the speckle there.
    Where a site is too narrow for a dot to be clear of its border, what would reach beyond is cut off.

    Args:
        canvas: The scan and the site.
        strength: The dots' amplitude, 1 being `ABOVE_TISSUE_DB` above the mean of the site; the dice are the same for all.
        rng: Source of number, size and places.

    Returns:
        The scan, changed within the site alone, and at a strength of 0 not at all.
    """
    spread = measure_point_spread(canvas.scan, dynamic_range_db=canvas.dynamic_range_db)
    rows_mm, cols_mm = canvas.spacing_mm
    sizes = rng.uniform(*SIZES_MM, size=int(rng.integers(*COUNT)))
    downs, acrosses = (
        np.hypot(sizes / pixel_mm, px)
        for pixel_mm, px in ((rows_mm, spread.axial_px), (cols_mm, spread.lateral_px))
    )
    room = _find_room(canvas.site, REACH * float(downs.mean()), REACH * float(acrosses.mean()))
    places = np.argwhere(room)
    loud = np.zeros(canvas.scan.shape)
    for (row, col), down, across in zip(
        places[rng.choice(len(places), size=len(sizes))], downs, acrosses, strict=True
    ):
        loud = np.maximum(loud, _dot(canvas.scan, (int(row), int(col)), (down, across)))
    tissue = float(canvas.amplitudes()[canvas.site].mean())
    return canvas.add_echoes(strength * tissue * 10 ** (ABOVE_TISSUE_DB / 20) * loud)


def _dot(
    scan: Scan, centre: tuple[int, int], widths_px: tuple[float, float]
) -> Float[np.ndarray, "rows cols"]:
    """Draw one dot, 1 at its centre and cut off at its reach."""
    down = (np.arange(scan.shape[0]) - centre[0]) / widths_px[0]
    across = (np.arange(scan.shape[1]) - centre[1]) / widths_px[1]
    squared = down[:, None] ** 2 + across[None, :] ** 2
    return np.where(squared <= REACH**2, np.exp(-squared / 2), 0.0)


def _find_room(site: Mask, rows_px: float, cols_px: float) -> Mask:
    """Find the pixels of a site that lie clear of its border, or its innermost ones where none does."""
    framed = np.pad(site, 1)
    inside = ndimage.distance_transform_edt(framed, sampling=(1 / rows_px, 1 / cols_px))[1:-1, 1:-1]
    return np.asarray(inside >= min(1.0, float(inside.max())))

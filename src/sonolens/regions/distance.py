"""Distances from the mass in millimetres, exact for pixels that are not square."""

import math

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import DistanceMap, Mask, Points
from sonolens.regions.mass import fill_mass
from sonolens.ultrasound import pixels_at

ROUNDING = 1 + 1e-9  # a pixel at exactly 5 mm belongs to a 5 mm ring, however its distance rounds


def check_spacing(spacing_mm: tuple[float, float]) -> None:
    """Refuse a pixel size that cannot carry millimetres.

    Raises:
        ValueError: If a spacing is missing (NaN), infinite, zero or negative.
    """
    for name, spacing in zip(("spacing_row_mm", "spacing_col_mm"), spacing_mm, strict=True):
        if not (math.isfinite(spacing) and spacing > 0):
            raise ValueError(
                f"{name} is {spacing}, so lengths in millimetres are unknown; give "
                "spacing_row_mm and spacing_col_mm in the scans table or set ring.mode: relative"
            )


def distance_to_mass_mm(mask: Mask, *, spacing_mm: tuple[float, float]) -> DistanceMap:
    """Measure how far every pixel centre is from the nearest pixel centre of the mass.

    Args:
        mask: True inside the mass; holes count as mass.
        spacing_mm: Height and width of a pixel.

    Returns:
        Euclidean distance in millimetres, 0 inside the mass.

    Raises:
        ValueError: If the mask is empty or a spacing is unknown.

    Examples:
        >>> mask = np.array([[True, False, False]])
        >>> distance_to_mass_mm(mask, spacing_mm=(1.0, 0.5))
        array([[0. , 0.5, 1. ]])
    """
    check_spacing(spacing_mm)
    outside = ~fill_mass(mask)
    distance: DistanceMap = ndimage.distance_transform_edt(outside, sampling=spacing_mm)
    return distance


def read_distances_at(
    mask: Mask, points: Points, *, spacing_mm: tuple[float, float]
) -> Float[np.ndarray, " points"]:
    """Measure the distance to the mass at a few points only.

    Equals `distance_to_mass_mm` read at the pixel whose square holds the point, without drawing
    the whole map.

    Args:
        mask: True inside the mass; holes count as mass.
        points: (row, column) positions in native pixels; NaN where there is no point.
        spacing_mm: Height and width of a pixel, NaN when unknown.

    Returns:
        Millimetres per point, 0 inside the mass; NaN without a point or without spacing.

    Raises:
        ValueError: If the mask is empty or a known spacing is not positive.
    """
    distances = np.full(len(points), np.nan)
    if np.isnan(spacing_mm).any():
        return distances
    check_spacing(spacing_mm)
    pixel_mm = np.array(spacing_mm)
    mass_mm = np.argwhere(fill_mass(mask)) * pixel_mm
    given = np.isfinite(points).all(axis=1)
    points_mm = pixels_at(points[given], mask.shape) * pixel_mm
    distances[given] = [np.sqrt(((mass_mm - point) ** 2).sum(axis=1).min()) for point in points_mm]
    return distances

"""The cells of a map on the native grid: how much of each lies in a region, how far each is from the mass."""

import numpy as np
from jaxtyping import Float
from scipy import ndimage
from scipy.spatial import cKDTree

from sonolens.arrays import Points, RegionMap
from sonolens.regions import REGIONS
from sonolens.tables.vocabulary import PLAYED_REGIONS, REGION_NAMES
from sonolens.ultrasound import pixels_at

CellWeights = Float[np.ndarray, "cells regions"]


def cell_region_weights(region_map: RegionMap, grid_shape: tuple[int, int]) -> CellWeights:
    """Measure the share of every cell's area that lies in each region.

    Exact: a native pixel that straddles cells is shared by area, so no map has to be resized. Cells of
    one map are equally large, and the mean over the cells is a region's share of the scan.

    Args:
        grid_shape: Rows and columns of a map that covers the field of view.

    Returns:
        Per cell, in reading order, the shares of mass, peritumoral, below and any of them.

    Examples:
        >>> cell_region_weights(np.array([[1, 0, 3]], dtype=np.uint8), (1, 2)).round(2)
        array([[0.67, 0.  , 0.  , 0.67],
               [0.  , 0.  , 0.67, 0.67]])
    """
    weights = np.zeros((grid_shape[0] * grid_shape[1], len(PLAYED_REGIONS)))
    for column, name in enumerate(REGION_NAMES):
        inside = (region_map == REGIONS[name]).astype(float)
        weights[:, column] = average_cells(inside, grid_shape).ravel()
    weights[:, -1] = weights[:, :-1].sum(axis=1)
    return np.clip(weights, 0.0, 1.0)


def average_cells(
    picture: Float[np.ndarray, "... rows cols"], grid_shape: tuple[int, int]
) -> Float[np.ndarray, "... cell_rows cell_cols"]:
    """Average a picture, or a stack of them, over the cells of a grid that covers it.

    Args:
        picture: Values on a finer or a coarser grid; each fills its pixel.
        grid_shape: Rows and columns of the result.

    Examples:
        >>> average_cells(np.array([[0.0, 3.0, 6.0]]), (1, 2))
        array([[1., 5.]])
    """
    across = _average_line(picture, grid_shape[1])
    return np.swapaxes(_average_line(np.swapaxes(across, -1, -2), grid_shape[0]), -1, -2)


def _average_line(
    values: Float[np.ndarray, "... pixels"], cells: int
) -> Float[np.ndarray, "... cells"]:
    """Average over the last axis: the running total grows evenly within a pixel."""
    pixels = values.shape[-1]
    start = np.zeros((*values.shape[:-1], 1))
    total = np.concatenate([start, np.cumsum(values, axis=-1)], axis=-1)
    edges = np.arange(cells + 1) * pixels / cells
    before = np.minimum(edges.astype(int), pixels - 1)
    part = edges - before
    at_edge = total[..., before] * (1 - part) + total[..., before + 1] * part
    return np.diff(at_edge, axis=-1) * (cells / pixels)


def measure_mass_distances(
    region_map: RegionMap, points: Points, *, spacing_mm: tuple[float, float]
) -> Float[np.ndarray, " points"]:
    """Measure how far many points are from the nearest pixel centre of the mass.

    Equals `sonolens.regions.read_distances_at`, and is faster for the many cells of a map.

    Args:
        points: Native (row, column); each is measured from the pixel whose square holds it.
        spacing_mm: Height and width of a pixel, NaN when unknown.

    Returns:
        Millimetres, 0 for a point on a pixel of the mass; NaN without spacing or without mass.
    """
    mass = region_map == REGIONS["mass"]
    if not (spacing_mm[0] > 0 and spacing_mm[1] > 0 and mass.any()):
        return np.full(len(points), np.nan)
    pixel_mm = np.array(spacing_mm)
    # The nearest pixel of the mass always has a neighbour outside it.
    contour = np.argwhere(mass & ~ndimage.binary_erosion(mass))
    pixels = pixels_at(points, mass.shape)
    distances, _ = cKDTree(contour * pixel_mm).query(pixels * pixel_mm)
    return np.where(mass[pixels[:, 0], pixels[:, 1]], 0.0, distances)

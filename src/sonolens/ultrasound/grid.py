"""Positions on pixel grids, whose whole numbers are pixel centres: all half-pixel arithmetic.

Pixel `i` reaches from `i - 0.5` to `i + 0.5`, so a grid of `n` pixels covers `-0.5` to `n - 0.5`.
Positions are (row, column) and go with a shape of (rows, columns); along one line both are plain.
"""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int, Real

from sonolens.arrays import Points

Positions: TypeAlias = Real[np.ndarray, "*positions"]
Shape: TypeAlias = int | tuple[int, ...]


def to_mm(points: Positions, spacing_mm: float) -> Float[np.ndarray, "*positions"]:
    """Measure positions along one line from the grid's first edge.

    Examples:
        >>> to_mm(np.array([0, 3]), 0.1)
        array([0.05, 0.35])
    """
    return np.asarray((points + 0.5) * spacing_mm)


def to_shares(points: Positions, shape: Shape) -> Float[np.ndarray, "*positions"]:
    """Write positions on a grid as shares of what it covers: 0 at its first edge, 1 at its last.

    Examples:
        >>> to_shares(np.array([[0.0, 3.5]]), (2, 8))
        array([[0.25, 0.5 ]])
    """
    return np.asarray((points + 0.5) / shape)


def from_shares(shares: Positions, shape: Shape) -> Float[np.ndarray, "*positions"]:
    """Find the positions on a grid of shares of what it covers; undoes `to_shares`.

    Examples:
        >>> from_shares(np.array([[0.25, 0.5]]), (2, 8))
        array([[0. , 3.5]])
    """
    return np.asarray(shares * shape - 0.5)


def rescale_points(
    points: Positions, shape: Shape, *, to: Shape
) -> Float[np.ndarray, "*positions"]:
    """Carry positions to another grid that covers the same field.

    Equals `from_shares(to_shares(points, shape), to)`, but multiplies first: a point on the edge of
    two pixels of the other grid then stays there exactly.

    Examples:
        >>> rescale_points(np.array([[111.5, 111.5]]), (224, 224), to=(600, 800))
        array([[299.5, 399.5]])
    """
    return np.asarray((points + 0.5) * to / shape - 0.5)


def pixels_at(points: Positions, shape: Shape) -> Int[np.ndarray, "*positions"]:
    """Return the pixel whose square holds each point; the edge of two belongs to the next one.

    Points outside the field of view belong to the nearest pixel on its edge.

    Args:
        points: Positions; none may be NaN.
        shape: Size of the grid.

    Returns:
        Whole positions inside the grid.

    Examples:
        >>> pixels_at(np.array([[0.5, 1.49], [-3.0, 9.0]]), (4, 4)).tolist()
        [[1, 1], [0, 3]]
    """
    nearest = np.floor(points + 0.5)
    return np.clip(nearest, 0, np.subtract(shape, 1)).astype(np.int64)


def cell_centres(cells: tuple[int, int], *, on: tuple[int, int]) -> Points:
    """Find the centre of every cell of a map on a grid that covers the same field, row by row.

    Args:
        cells: Rows and columns of the map.
        on: Rows and columns of the grid.

    Examples:
        >>> cell_centres((1, 2), on=(4, 8))
        array([[1.5, 1.5],
               [1.5, 5.5]])
    """
    return rescale_points(np.indices(cells).reshape(2, -1).T, cells, to=on)

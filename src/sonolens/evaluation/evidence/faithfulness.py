"""Whether the cells that a map names are the ones its network needs: insertion and deletion."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from sonolens.arrays import ScanStack
from sonolens.removal import EVEN_FILLS
from sonolens.ultrasound import pixels_at, rescale_points

Predict: TypeAlias = Callable[[UInt8[np.ndarray, "batch rows cols"]], Float[np.ndarray, " batch"]]
"""Probabilities of malignant for a batch of framed scans."""

Curves = Float[np.ndarray, "scans shares"]


def trace_faithfulness(
    predict: Predict,
    scans: ScanStack,
    maps: Float[np.ndarray, "scans cell_rows cell_cols"],
    *,
    called_malignant: Bool[np.ndarray, " scans"],
    fill: str,
    steps: int,
    batch_size: int,
    seed: int,
) -> dict[tuple[str, str], Curves]:
    """Delete a scan cell by cell, or insert it, and read how sure the network stays of its call.

    Cells go in the order of the map, first those that argue most for the call: largest first where the
    scan is called malignant, smallest first where it is called benign. Every pixel belongs to the cell
    that holds its centre. Deletion turns the scan into its fill, insertion the fill into the scan. Cells that
    tie, and the comparison ``random``, go in an order drawn by the seed.

    Args:
        predict: Returns the probability of malignant for a batch of framed scans.
        scans: Framed scans.
        maps: One map per scan.
        called_malignant: What each scan is called.
        fill: What a deleted cell shows: the scan's ``mean`` grey level, or the scan ``blurred`` with a
            standard deviation of 5 % of its side. Either is a scan that no network was trained on.
        steps: Equal shares of the cells that change between two readings.
        batch_size: How many pictures `predict` is given at once.
        seed: Seed of the random orders.

    Returns:
        By test (``insertion``, ``deletion``) and order (``map``, ``random``) the probability of what the
        scan is called, after shares of 0, `1/steps`, ... 1 of its cells.

    References:
        Petsiuk, Das and Saenko (2018), RISE, BMVC. There the blur fills insertions and black deletions,
        and only the class malignant would be asked for.
    """
    rng = np.random.default_rng(seed)
    ranks = {
        "map": _rank_cells(maps, called_malignant, rng),
        "random": _rank_cells(np.zeros_like(maps), called_malignant, rng),
    }
    filled = fill_scans(scans, fill=fill)
    changed_at = np.round(np.arange(steps + 1) / steps * maps[0].size)
    curves = {}
    for order, rank in ranks.items():
        pixel_rank = _spread_over_pixels(rank, scans.shape[1:])
        for test, (before, after) in {
            "insertion": (filled, scans),
            "deletion": (scans, filled),
        }.items():
            malignant = _read_changes(
                predict, before, after, pixel_rank, changed_at=changed_at, batch_size=batch_size
            )
            curves[test, order] = np.where(called_malignant[:, None], malignant, 1 - malignant)
    return curves


def area_under(curves: Curves) -> Float[np.ndarray, " scans"]:
    """Return the area under every curve over the share changed, from 0 to 1, by trapezoids.

    Examples:
        >>> area_under(np.array([[1.0, 0.5, 0.0]]))
        array([0.5])
    """
    return np.asarray(np.trapezoid(curves, dx=1 / (curves.shape[1] - 1), axis=1))


def fill_scans(scans: ScanStack, *, fill: str) -> ScanStack:
    """Draw what is left of a scan once every cell is deleted.

    Raises:
        ValueError: If the fill is unknown.
    """
    if fill not in EVEN_FILLS:
        raise ValueError(f"fill {fill!r} is unknown; choose from {', '.join(EVEN_FILLS)}")
    return np.stack([EVEN_FILLS[fill](scan) for scan in scans])


def _rank_cells(
    maps: Float[np.ndarray, "scans cell_rows cell_cols"],
    called_malignant: Bool[np.ndarray, " scans"],
    rng: np.random.Generator,
) -> Int[np.ndarray, "scans cell_rows cell_cols"]:
    """Number the cells of every map in the order in which they change, ties at random."""
    towards = np.where(called_malignant, 1.0, -1.0)[:, None, None] * maps
    flat = towards.reshape(len(maps), -1)
    order = np.lexsort((rng.random(flat.shape), -flat), axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(flat.shape[1])[None], axis=1)
    return ranks.reshape(maps.shape)


def _spread_over_pixels(
    ranks: Int[np.ndarray, "scans cell_rows cell_cols"], shape: tuple[int, ...]
) -> Int[np.ndarray, "scans rows cols"]:
    rows, cols = (
        pixels_at(rescale_points(np.arange(pixels), pixels, to=cells), cells)
        for pixels, cells in zip(shape, ranks.shape[1:], strict=True)
    )
    return ranks[:, rows[:, None], cols]


def _read_changes(
    predict: Predict,
    before: ScanStack,
    after: ScanStack,
    pixel_rank: Int[np.ndarray, "scans rows cols"],
    *,
    changed_at: Float[np.ndarray, " shares"],
    batch_size: int,
) -> Curves:
    """Read every scan at every stage, batches running over scans and stages alike."""
    stages = len(changed_at)
    pictures = len(before) * stages
    read = np.empty(pictures)
    for start in range(0, pictures, batch_size):
        scan, stage = np.divmod(np.arange(start, min(start + batch_size, pictures)), stages)
        changed = pixel_rank[scan] < changed_at[stage][:, None, None]
        read[start : start + batch_size] = predict(np.where(changed, after[scan], before[scan]))
    return read.reshape(len(before), stages)

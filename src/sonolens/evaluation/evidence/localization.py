"""How well one map's evidence fits the regions of its scan: energy, ranks, distance."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import digamma

from sonolens.arrays import RegionMap, SaliencyMap
from sonolens.evaluation.evidence.cells import (
    CellWeights,
    cell_region_weights,
    measure_mass_distances,
)
from sonolens.tables.vocabulary import PLAYED_REGIONS
from sonolens.ultrasound import cell_centres

CellValues = Float[np.ndarray, " cells"]

RANKED_AT_ONCE = 4096
"""Cells of random rankings drawn for the chance of an IoU: 83 rankings of 7x7 cells, one of many."""


@dataclass(frozen=True)
class ScanCells:
    """What must be known of a scan to score any map of one grid on it; made by `measure_cells`.

    Attributes:
        grid_shape: Rows and columns of the maps.
        weights: Share of each cell's area in mass, peritumoral, below and any of them.
        distances_mm: From each cell's centre to the mass; NaN without spacing.
        iou_chance: Mean IoU of random rankings of the cells.
    """

    grid_shape: tuple[int, int]
    weights: CellWeights
    distances_mm: CellValues
    iou_chance: float


def measure_cells(
    region_map: RegionMap,
    grid_shape: tuple[int, int],
    *,
    spacing_mm: tuple[float, float],
    seed: int,
) -> ScanCells:
    """Lay a grid of cells on a scan, once for all methods and runs with maps of that grid.

    Args:
        grid_shape: Rows and columns of a map over the whole field of view.
        spacing_mm: Height and width of a pixel; NaN when unknown leaves distances empty.
        seed: Seed of the random rankings.
    """
    weights = cell_region_weights(region_map, grid_shape)
    centres = cell_centres(grid_shape, on=region_map.shape)
    return ScanCells(
        grid_shape=grid_shape,
        weights=weights,
        distances_mm=measure_mass_distances(region_map, centres, spacing_mm=spacing_mm),
        iou_chance=_iou_of_random_rankings(weights[:, 0], np.random.default_rng(seed)),
    )


def localize_evidence(saliency: SaliencyMap, cells: ScanCells) -> list[dict[str, str | float]]:
    """Score where the evidence of one map lies.

    Every point of the scan takes the value of the cell it lies in; nothing is resized. Scores, each for
    ``positive`` evidence (for malignant), ``negative`` (for benign, the map with its sign turned) and
    ``absolute``:

    - ``energy``, per region: share of that evidence that lies in it; chance is the region's share of
      the scan.
    - ``rank_accuracy``: share of the mass in the highest ranked part of the scan that is as large as
      the mass; chance is the mass's share of the scan.
    - ``iou``: intersection over union of that part and the mass. No threshold is tuned.
    - ``average_precision``: of the ranking, for the mass.
    - ``distance_mm``: from the extreme to the mass, 0 inside; chance is the mean over all cells.

    Ranked cells that tie are taken together. `chance` of ``iou`` and ``average_precision`` is the mean over
    random rankings of the cells, by draws and in closed form; of few cells it is well above the mass's
    share of the scan, which a constant map would score. `ceiling` is what the best map of these cells
    scores: cells larger than a margin cannot reach 1.

    Args:
        saliency: A map at its own resolution.
        cells: Its cells on the scan, from `measure_cells`.

    Returns:
        `score`, `region`, `evidence`, `value`, `chance` and `ceiling` per score: rows of a
        `MapLocalization` table but for its keys and `mean_mask`. `value` is NaN where a map has no such evidence, is constant, or the scan
        lacks the region.

    Raises:
        ValueError: If the map has other cells, or holds infinite or undefined values.

    References:
        Energy: Wang et al. (2020), Score-CAM, CVPR Workshops. Rank accuracy: Arras, Osman and Samek
        (2022), Inf Fusion 81:14-40, there as relevance rank accuracy.
    """
    if saliency.shape != cells.grid_shape:
        raise ValueError(
            f"the map has {saliency.shape[0]} x {saliency.shape[1]} cells but the scan was measured for "
            f"{cells.grid_shape[0]} x {cells.grid_shape[1]}; measure its cells for this map"
        )
    if not np.isfinite(saliency).all():
        raise ValueError("the map holds infinite or undefined values; is the network sound?")
    mass = cells.weights[:, 0]
    rows: list[dict[str, str | float]] = []
    for evidence, relevance in orient(saliency.ravel().astype(float)).items():
        rows += [row | {"evidence": evidence} for row in _energies(relevance, cells.weights)]
        scores = _rankings(relevance, mass, iou_chance=cells.iou_chance)
        scores.append(_distance(relevance, cells.distances_mm))
        rows += [row | {"region": "mass", "evidence": evidence} for row in scores]
    return rows


def orient(values: CellValues) -> dict[str, CellValues]:
    """Return a signed map as evidence for malignant, for benign and for anything."""
    return {"positive": values, "negative": -values, "absolute": np.abs(values)}


def rank_accuracy(relevance: CellValues, inside: CellValues) -> float:
    """Return how much of a target lies in the highest ranked area that is as large as the target.

    Args:
        relevance: One value per cell of equal size; cells that tie at the edge of the area are cut alike.
        inside: Share of each cell that belongs to the target.

    Returns:
        From 0 to 1; NaN for an empty target.

    Examples:
        >>> rank_accuracy(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]))
        0.5
    """
    area, found = _ranked(relevance, inside)
    target = float(inside.sum())
    if target == 0:
        return float("nan")
    return float(np.interp(target, area, found)) / target


def average_precision(relevance: CellValues, inside: CellValues) -> float:
    """Return the average precision of a ranking of equal cells for a target that may cut through them.

    Equals scikit-learn's `average_precision_score` over pixels that each lie in one cell.

    Args:
        relevance: One value per cell; cells that tie are retrieved together.
        inside: Share of each cell that belongs to the target.

    Returns:
        From 0 to 1; NaN for an empty target.
    """
    area, found = _ranked(relevance, inside)
    if found[-1] == 0:
        return float("nan")
    return float(np.sum(np.diff(found) * found[1:] / area[1:]) / found[-1])


def average_precision_of_random_rankings(inside: CellValues) -> float:
    """Return the mean average precision over all rankings of the cells.

    With `N` cells, shares `w`, `M = sum w`, `Q = sum w^2` and `H` the `N`-th harmonic number it is
    `(H Q / N + (N - H) (M^2 - Q) / (N (N - 1))) / M`: the cell at rank `n` is met with itself once and
    with each other cell equally often.

    Examples:
        >>> round(average_precision_of_random_rankings(np.array([1.0, 0.0])), 3)
        0.75
    """
    cells, target, squares = len(inside), float(inside.sum()), float(np.sum(inside**2))
    if target == 0:
        return float("nan")
    if cells == 1:
        return squares / target
    harmonic = float(digamma(cells + 1) + np.euler_gamma)
    others = (target**2 - squares) / (cells * (cells - 1))
    return (harmonic * squares / cells + (cells - harmonic) * others) / target


def _energies(relevance: CellValues, weights: CellWeights) -> list[dict[str, str | float]]:
    evidence = np.maximum(relevance, 0.0)
    total = evidence.sum()
    rows: list[dict[str, str | float]] = []
    for region, inside in zip(PLAYED_REGIONS, weights.T, strict=True):
        spoken = total > 0 and inside.any()
        rows.append(
            {
                "score": "energy",
                "region": region,
                "value": float(min(evidence @ inside / total, 1.0)) if spoken else float("nan"),
                "chance": float(inside.mean()),
                "ceiling": float(inside.max()),
            }
        )
    return rows


def _rankings(
    relevance: CellValues, mass: CellValues, *, iou_chance: float
) -> list[dict[str, str | float]]:
    """Score a ranking against the mass; a constant map ranks nothing."""
    silent = np.ptp(relevance) == 0
    accuracy, best = rank_accuracy(relevance, mass), rank_accuracy(mass, mass)
    scores = {
        "rank_accuracy": (accuracy, float(mass.mean()), best),
        "iou": (float(_iou(accuracy)), iou_chance, float(_iou(best))),
        "average_precision": (
            average_precision(relevance, mass),
            average_precision_of_random_rankings(mass),
            average_precision(mass, mass),
        ),
    }
    return [
        {
            "score": score,
            "value": float("nan") if silent else value,
            "chance": chance,
            "ceiling": ceiling,
        }
        for score, (value, chance, ceiling) in scores.items()
    ]


def _distance(relevance: CellValues, distances: CellValues) -> dict[str, str | float]:
    extreme = relevance == relevance.max()
    return {
        "score": "distance_mm",
        "value": float("nan") if extreme.all() else float(distances[extreme].mean()),
        "chance": float(distances.mean()),
        "ceiling": float(distances.min()),
    }


def _iou(
    accuracy: float | Float[np.ndarray, " rankings"],
) -> float | Float[np.ndarray, " rankings"]:
    """Intersection over union of two areas of one size, of which `accuracy` is shared."""
    return accuracy / (2 - accuracy)


def _iou_of_random_rankings(mass: CellValues, rng: np.random.Generator) -> float:
    target = float(mass.sum())
    if target == 0:
        return float("nan")
    drawn = np.tile(mass, (max(1, RANKED_AT_ONCE // len(mass)), 1))
    shuffled = rng.permuted(drawn, axis=1)
    whole = int(target)
    found = shuffled[:, :whole].sum(axis=1)
    if whole < len(mass):
        found += (target - whole) * shuffled[:, whole]
    return float(np.mean(_iou(np.minimum(found / target, 1.0))))


def _ranked(
    relevance: CellValues, inside: CellValues
) -> tuple[Float[np.ndarray, " steps"], Float[np.ndarray, " steps"]]:
    """Return area taken and target found after every group of tied cells, from nothing to all."""
    order = np.argsort(-relevance, kind="stable")
    last_of_tie: Int[np.ndarray, " groups"] = np.flatnonzero(
        np.append(np.diff(relevance[order]) != 0, True)
    )
    found = np.cumsum(inside[order])[last_of_tie]
    return np.append(0.0, last_of_tie + 1.0), np.append(0.0, found)

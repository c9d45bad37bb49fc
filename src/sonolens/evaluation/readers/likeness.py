"""How alike two readers' answers for one scan are: their drawings in overlap and millimetres, their categories in kappa."""

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from sonolens.arrays import Mask
from sonolens.evaluation.classification.birads_comparison import SUSPICION
from sonolens.evaluation.statistics.intervals import ratio

RANKS = {
    name: rank
    for rank, value in enumerate(sorted({*SUSPICION.values()}))
    for name, of_name in SUSPICION.items()
    if of_name == value
} | {"6": len({*SUSPICION.values()})}
"""Ranks of the BI-RADS categories; 4 without a letter stands where 4b does, as its middle."""


def dice(first: Mask, second: Mask) -> float:
    """Measure the overlap of two masks: twice what they share over what they hold together.

    Returns:
        0 to 1; NaN if both are empty.

    References:
        Dice (1945), Ecology 26:297-302.

    Examples:
        >>> dice(np.array([[True, True, False]]), np.array([[False, True, True]]))
        0.5
    """
    held = int(first.sum()) + int(second.sum())
    return float(2 * (first & second).sum() / held) if held else np.nan


def centroid_distance_mm(first: Mask, second: Mask, *, spacing_mm: tuple[float, float]) -> float:
    """Measure from the centre of one mask to that of the other.

    Args:
        spacing_mm: Height and width of a pixel; NaN where unknown.

    Returns:
        Millimetres; NaN without spacing, or if a mask is empty.
    """
    if not (first.any() and second.any()):
        return np.nan
    apart = np.argwhere(first).mean(axis=0) - np.argwhere(second).mean(axis=0)
    return float(np.linalg.norm(apart * np.array(spacing_mm)))


def surface_distance_mm(first: Mask, second: Mask, *, spacing_mm: tuple[float, float]) -> float:
    """Measure how far the outlines of two masks lie apart: mean of all their pixels to the other outline.

    Outlines are the pixels of a mask that touch another by a side, or the edge of the scan.

    Args:
        spacing_mm: Height and width of a pixel; NaN where unknown.

    Returns:
        Millimetres; NaN without spacing, or if a mask is empty.

    References:
        Average symmetric surface distance: Heimann et al. (2009), IEEE Trans Med Imaging 28:1251.
    """
    if np.isnan(spacing_mm).any() or not (first.any() and second.any()):
        return np.nan
    either = np.argwhere(first | second)
    (top, left), (bottom, right) = either.min(axis=0), either.max(axis=0)
    box = slice(top, bottom + 1), slice(left, right + 1)  # outlines lie within
    one, other = (mask[box] & ~ndimage.binary_erosion(mask[box]) for mask in (first, second))
    to_one, to_other = (
        ndimage.distance_transform_edt(~outline, sampling=spacing_mm) for outline in (one, other)
    )
    return float(np.concatenate([to_other[one], to_one[other]]).mean())


def weighted_kappa(
    confusions: Float[np.ndarray, "tables ranks ranks"],
) -> Float[np.ndarray, " tables"]:
    """Measure agreement beyond chance in ordered categories: Cohen's kappa with quadratic weights.

    The number of scikit-learn's ``cohen_kappa_score``, of many tables at once, as resamples need it.

    Args:
        confusions: How often the first reader gave one rank, and the second another.

    Returns:
        At most 1, and 0 by chance; NaN where both readers gave one and the same rank throughout, or none.

    References:
        Cohen (1968), Psychol Bull 70:213-220.

    Examples:
        >>> weighted_kappa(np.array([[[2.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]]))
        array([1., 0.])
    """
    ranks = np.arange(confusions.shape[1])
    weights = (ranks[:, None] - ranks) ** 2
    seen = (confusions * weights).sum(axis=(1, 2)) * confusions.sum(axis=(1, 2))
    rows, cols = confusions.sum(axis=2), confusions.sum(axis=1)
    expected = np.einsum("ti,tj,ij->t", rows, cols, weights)
    return np.asarray(1 - ratio(seen, expected))

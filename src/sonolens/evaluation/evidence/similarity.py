"""How alike two maps of one scan are: by rank, and by structure."""

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata
from skimage.metrics import structural_similarity

from sonolens.evaluation.evidence.cells import average_cells

Maps = Float[np.ndarray, "scans rows cols"]
PerScan = Float[np.ndarray, " scans"]

SSIM_WINDOW = 7
"""Cells on a side, as published with SSIM's uniform window; smaller maps take the largest odd one."""

SMALLEST_WINDOW = 3

TINY = np.finfo(float).tiny
ROUNDING = 1e-10  # what averaging over cells leaves of equal values


def compare_maps(
    first: Float[np.ndarray, "scans first_rows first_cols"],
    second: Float[np.ndarray, "scans second_rows second_cols"],
) -> dict[str, PerScan]:
    """Compare the maps of the same scans by two methods, or before and after a network was changed.

    Both are averaged over the cells of the coarser grid, in each direction. `rank_correlation` is
    Spearman's over these cells, with the sign; `absolute_rank_correlation` the same of what is there
    for or against. `ssim` compares maps scaled to a mean square of 1 and a range of the larger map, in
    a window of 7 x 7 cells; maps of 7 x 7 cells thus are one window, smaller ones take the largest
    odd window that fits, and below 3 cells there is none.

    Args:
        first: One map per scan.
        second: One map per scan, the same scans.

    Returns:
        One value per scan and measure, between -1 and 1; NaN where a map is constant.

    References:
        Adebayo et al. (2018), NeurIPS, for both in sanity checks. SSIM: Wang et al. (2004), IEEE
        Trans Image Process 13:600-612.
    """
    one, other = share_grid(first, second)
    return {
        "rank_correlation": correlate_ranks(one, other),
        "absolute_rank_correlation": correlate_ranks(np.abs(one), np.abs(other)),
        "ssim": _ssim(one, other),
    }


def share_grid(
    first: Float[np.ndarray, "scans first_rows first_cols"],
    second: Float[np.ndarray, "scans second_rows second_cols"],
) -> tuple[Maps, Maps]:
    """Average two stacks of maps over the cells of the coarser grid, in each direction."""
    rows = min(first.shape[1], second.shape[1])
    cols = min(first.shape[2], second.shape[2])
    one, other = (average_cells(maps.astype(float), (rows, cols)) for maps in (first, second))
    return one, other


def correlate_ranks(first: Maps, second: Maps) -> PerScan:
    """Return Spearman's correlation of two maps per scan; cells that tie share their rank.

    Examples:
        >>> maps = np.array([[[1.0, 2.0, 3.0, 9.0]]])
        >>> correlate_ranks(maps, -maps)
        array([-1.])
    """
    one, other = (_centred_ranks(maps.reshape(len(maps), -1)) for maps in (first, second))
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    correlation = np.full(len(one), np.nan)
    np.divide((one * other).sum(axis=1), size, out=correlation, where=size > 0)
    return np.clip(correlation, -1.0, 1.0)


def _centred_ranks(values: Float[np.ndarray, "scans cells"]) -> Float[np.ndarray, "scans cells"]:
    largest = np.abs(values).max(axis=1, keepdims=True, initial=TINY)
    ranks = rankdata(np.round(values / (ROUNDING * largest)), axis=1)
    return ranks - ranks.mean(axis=1, keepdims=True)


def _ssim(first: Maps, second: Maps) -> PerScan:
    window = min(SSIM_WINDOW, *first.shape[1:])
    window -= 1 - window % 2
    similarity = np.full(len(first), np.nan)
    if window < SMALLEST_WINDOW:
        return similarity
    for scan, pair in enumerate(zip(first, second, strict=True)):
        if any(np.ptp(saliency) <= ROUNDING * np.abs(saliency).max() for saliency in pair):
            continue
        one, other = (saliency / np.sqrt(np.mean(saliency**2)) for saliency in pair)
        similarity[scan] = structural_similarity(  # type: ignore[no-untyped-call]
            one, other, win_size=window, data_range=max(np.ptp(one), np.ptp(other))
        )
    return similarity

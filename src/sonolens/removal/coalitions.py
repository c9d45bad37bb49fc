"""Every way to leave out some of a scan's regions, with soft edges."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from PIL import Image
from scipy import ndimage

from sonolens.arrays import FramedScan, RegionMap
from sonolens.regions import REGIONS
from sonolens.tables.vocabulary import RELIANCE_REGIONS

Weights = Float32[np.ndarray, "players side side"]
"""How far each framed pixel belongs to each player; they add up to 1."""


@dataclass(frozen=True)
class Players:
    """The regions of one framed scan that are shown or left out.

    Attributes:
        names: Regions that the scan has, in the order of `RELIANCE_REGIONS`.
        weights: Axes are players, rows, columns.
    """

    names: tuple[str, ...]
    weights: Weights


def divide_scan(region_map: RegionMap, *, size_px: int, feather_px: float) -> Players:
    """Divide a framed scan among its regions, softly, so that the cut itself is no evidence.

    Each framed pixel belongs to the regions by the area that they have of it, and then by a Gaussian
    average of its neighbours. Annotations are cut as they are drawn otherwise: blurred letters are letters.

    Args:
        region_map: Codes of `REGIONS` on the native grid.
        size_px: Side of the framed scan.
        feather_px: Standard deviation of the soft edge, in framed pixels; 0 cuts sharply.

    Returns:
        The regions that have a pixel; a scan without tissue below has one player less.

    Raises:
        ValueError: If the width is negative.
    """
    if feather_px < 0:
        raise ValueError(
            f"feather_px is {feather_px}; give 0 for sharp edges, or a width in pixels"
        )
    names = name_regions(region_map)
    weights = np.stack(
        [
            _frame_share(region_map == REGIONS[name], size_px=size_px, feather_px=feather_px)
            for name in names
        ]
    )
    # Resampling and blurring round; a whole coalition must show the scan itself.
    return Players(names, weights / weights.sum(axis=0))


def name_regions(region_map: RegionMap) -> tuple[str, ...]:
    """Name the regions that have a pixel, in the order of `RELIANCE_REGIONS`.

    Examples:
        >>> name_regions(np.array([[0, 1], [0, 0]], dtype=np.uint8))
        ('mass', 'other')
    """
    return tuple(name for name in RELIANCE_REGIONS if (region_map == REGIONS[name]).any())


def list_coalitions(players: int) -> Bool[np.ndarray, "coalitions players"]:
    """List every subset of some players: player `p` belongs to coalition `c` if bit `p` of `c` is set.

    Examples:
        >>> list_coalitions(2).tolist()
        [[False, False], [True, False], [False, True], [True, True]]
    """
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1) > 0


def show_coalition(
    scan: FramedScan, fill: FramedScan, shown: Float32[np.ndarray, "side side"]
) -> FramedScan:
    """Show a scan where it is to be seen, and its fill elsewhere.

    Args:
        scan: The framed scan.
        fill: What stands in its place.
        shown: Share of the scan in every pixel, from 0 to 1: the sum of the weights of those shown.
    """
    picture = fill + shown * (scan.astype(np.float32) - fill)
    return np.rint(np.clip(picture, 0, 255)).astype(np.uint8)


def _frame_share(
    region: Bool[np.ndarray, "rows cols"], *, size_px: int, feather_px: float
) -> Float32[np.ndarray, "side side"]:
    """Share of a region in every framed pixel."""
    picture = Image.fromarray(region.astype(np.float32))
    share = np.asarray(picture.resize((size_px, size_px), Image.Resampling.BILINEAR))
    if feather_px == 0:
        return share
    return np.asarray(ndimage.gaussian_filter(share, feather_px, mode="nearest"))

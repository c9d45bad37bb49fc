"""The points of the native grid where a map is largest or smallest."""

import numpy as np

from sonolens.arrays import Points, SaliencyMap
from sonolens.tables.vocabulary import EXTREMES
from sonolens.ultrasound import resample_map, rescale_points

POINT_RULES = ("cell", "first_maximum")

MOST_TIED = 1024
"""Points that stand for a tie of more cells; no tie of a map up to 32 x 32 cells is thinned."""


def locate_extremes(
    saliency: SaliencyMap, *, on: tuple[int, int], extreme: str, rule: str
) -> Points:
    """Find where on a grid, the scan's native one for example, a map is extreme.

    A bilinear surface is extreme at cell centres, but half-pixel up-sampling repeats the outer half
    of a border cell. The first maximum of the up-sampled map then lies on the image's edge: up to half
    a cell away from where the evidence is, 57 pixels for 7x7 cells on 600x800 pixels.

    Args:
        saliency: A map at its own resolution, over the framed scan.
        on: Rows and columns of the native grid.
        extreme: ``"max"`` for the strongest evidence of malignancy, ``"min"`` of benignity.
        rule: ``"cell"`` carries the centre of the extreme cell to the native grid; exact and free of
            plateaus. ``"first_maximum"`` is the paper's way: the map is resized to the native grid,
            bilinearly, and its first extreme pixel in reading order is taken.

    Returns:
        Native (row, column). Rule ``cell`` gives one row per cell when several tie exactly, in reading
        order; of a tie of more than `MOST_TIED` cells, as in the black of a scan without edges, that
        many spread evenly over it, so that the share of a tie inside a region is kept to about 1 %.
        A constant map has no extreme: no rows, with either rule.

    Raises:
        ValueError: The map holds infinite or undefined values, or a name is unknown.
    """
    if extreme not in EXTREMES:
        raise ValueError(f"extreme {extreme!r} is unknown; choose from {', '.join(EXTREMES)}")
    if rule not in POINT_RULES:
        raise ValueError(f"rule {rule!r} is unknown; choose from {', '.join(POINT_RULES)}")
    if not np.isfinite(saliency).all():
        raise ValueError(
            f"the map has {np.count_nonzero(~np.isfinite(saliency))} infinite or undefined cells, "
            "so its extremes mean nothing; is the network sound?"
        )
    if saliency.min() == saliency.max():
        return np.empty((0, 2))
    if rule == "cell":
        value = saliency.max() if extreme == "max" else saliency.min()
        tied = np.flatnonzero(saliency == value)
        if len(tied) > MOST_TIED:
            tied = tied[np.linspace(0, len(tied) - 1, MOST_TIED).round().astype(int)]
        cells = np.stack(np.unravel_index(tied, saliency.shape), axis=-1)
        return rescale_points(cells, saliency.shape, to=on)
    resized = resample_map(saliency, to=on)
    first = resized.argmax() if extreme == "max" else resized.argmin()
    return np.array([np.unravel_index(first, resized.shape)], dtype=np.float64)

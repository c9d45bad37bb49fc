"""The mean map of a run's training scans: where it points whatever it is shown."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from sonolens.arrays import Points, SaliencyMap
from sonolens.ultrasound import to_shares


def average_maps(maps: Iterable[SaliencyMap]) -> Float[np.ndarray, "cell_rows cell_cols"]:
    """Average the maps of one method and run, cell by cell, as they come.

    Every map counts as its network drew it, so that one of strong evidence weighs more.

    Raises:
        ValueError: If there is no map, or maps have cells of several sizes.

    Examples:
        >>> average_maps([np.array([[1.0, 0.0]]), np.array([[3.0, -2.0]])])
        array([[ 2., -1.]])
    """
    total: Float[np.ndarray, "cell_rows cell_cols"] | None = None
    averaged = 0
    for saliency in maps:
        if total is None:
            total = np.zeros(saliency.shape)
        if saliency.shape != total.shape:
            raise ValueError(
                f"maps of {total.shape[0]} x {total.shape[1]} and of {saliency.shape[0]} x "
                f"{saliency.shape[1]} cells have no mean; average those of one method and run"
            )
        total += saliency
        averaged += 1
    if total is None:
        raise ValueError("there is no map to average; explain the training scans too")
    return total / averaged


def describe_mean_extremes(
    points: Points, *, rows: int, cols: int, n_maps: int
) -> list[dict[str, float | int]]:
    """Say where one extreme of a mean map lies on any scan.

    Args:
        points: (row, column) of the extreme on any grid that covers the field of view, the framed scan
            for one; several when cells tie, none for a constant map.
        rows: Height of that grid.
        cols: Width of that grid.
        n_maps: How many maps were averaged.

    Returns:
        `row_share`, `col_share`, `share` and `n_maps` per point: rows of a `MeanMapExtremes` table that
        lack `method`, `run` and `extreme`.

    Examples:
        >>> describe_mean_extremes(np.array([[111.5, 55.5]]), rows=224, cols=224, n_maps=90)
        [{'row_share': 0.5, 'col_share': 0.25, 'share': 1.0, 'n_maps': 90}]
    """
    return [
        {
            "row_share": float(row),
            "col_share": float(col),
            "share": 1 / len(points),
            "n_maps": n_maps,
        }
        for row, col in to_shares(points, (rows, cols))
    ]

"""The mean map of a run's training scans: where it points whatever it is shown."""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float

from sonolens.arrays import SaliencyMap
from sonolens.evaluation.pointing.extremes import locate_extremes
from sonolens.tables.vocabulary import EXTREMES
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


def locate_mean_extremes(mean_map: SaliencyMap, *, n_maps: int) -> list[dict[str, str | float]]:
    """Say where a mean map is largest and smallest, on any scan.

    Args:
        mean_map: From `average_maps`.
        n_maps: How many maps were averaged.

    Returns:
        `extreme`, `row_share`, `col_share`, `share` and `n_maps` per point, several where cells tie, none
        for a constant map: rows of a `MeanMapExtremes` table that lack `method` and `run`.

    Examples:
        >>> locate_mean_extremes(np.array([[0.0, 1.0]]), n_maps=90)[0]
        {'extreme': 'max', 'row_share': 0.5, 'col_share': 0.75, 'share': 1.0, 'n_maps': 90}
    """
    rows: list[dict[str, str | float]] = []
    for extreme in EXTREMES:
        cells = locate_extremes(mean_map, on=mean_map.shape, extreme=extreme, rule="cell")
        rows += [
            {
                "extreme": extreme,
                "row_share": float(row),
                "col_share": float(col),
                "share": 1 / len(cells),
                "n_maps": n_maps,
            }
            for row, col in to_shares(cells, mean_map.shape)
        ]
    return rows

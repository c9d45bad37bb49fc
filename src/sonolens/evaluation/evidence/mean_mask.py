"""The mean mask of the training scans, laid on every scan as if it were a map: what knowing where masses lie scores."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from sonolens.arrays import RegionMap, SaliencyMap
from sonolens.evaluation.evidence.cells import average_cells
from sonolens.evaluation.evidence.localization import ScanCells, localize_evidence
from sonolens.regions import REGIONS

GridShape = tuple[int, int]
ScoreId = tuple[str, str]
"""A score and its region."""


@dataclass(frozen=True)
class MassShares:
    """How much of every cell of every training scan the mass fills.

    Attributes:
        scan_ids: The training scans, in the order of the first axis.
        by_grid: Per grid the shares.
    """

    scan_ids: tuple[str, ...]
    by_grid: dict[GridShape, Float[np.ndarray, "scans cell_rows cell_cols"]]

    def average(self, scan_ids: Collection[str], grid_shape: GridShape) -> SaliencyMap | None:
        """Return the mean mask of some of the scans, in cells of a map; None of no scan."""
        chosen = np.isin(self.scan_ids, list(scan_ids))
        if not chosen.any():
            return None
        return self.by_grid[grid_shape][chosen].mean(axis=0)


def measure_mass_shares(
    region_maps: Iterable[tuple[str, RegionMap]], grid_shapes: Collection[GridShape]
) -> MassShares:
    """Lay grids of cells on training scans; each region map is read once, and not kept.

    Args:
        region_maps: Scans and their regions.
        grid_shapes: Rows and columns of the maps that are to be compared.
    """
    scan_ids: list[str] = []
    shares: dict[GridShape, list[np.ndarray]] = {shape: [] for shape in grid_shapes}
    for scan_id, region_map in region_maps:
        scan_ids.append(scan_id)
        mass = (region_map == REGIONS["mass"]).astype(float)
        for shape, of_scans in shares.items():
            of_scans.append(average_cells(mass, shape).astype(np.float32))
    return MassShares(
        scan_ids=tuple(scan_ids),
        by_grid={
            shape: np.stack(of_scans) if of_scans else np.zeros((0, *shape), np.float32)
            for shape, of_scans in shares.items()
        },
    )


def score_mean_mask(mean_mask: SaliencyMap | None, cells: ScanCells) -> dict[ScoreId, float]:
    """Score a mean mask on one scan as the positive evidence of a map; it argues for no label.

    Returns:
        Its value by score and region; empty without a mean mask.

    References:
        Arun et al. (2021), Radiol Artif Intell 3:e200267, whose maps rarely beat the average of the
        training masks.
    """
    if mean_mask is None:
        return {}
    rows = localize_evidence(mean_mask, cells)
    return {
        (str(row["score"]), str(row["region"])): float(row["value"])
        for row in rows
        if row["evidence"] == "positive"
    }

"""A resolution curve: how often maps point to evidence of a known size, by that size over the map's cell."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sonolens.tables.planted import ResolutionCurve

OF_MAPS = ["method", "run"]


def trace_resolution(
    planted_evidence: pd.DataFrame,
    planted_shares: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    diameters_mm: Mapping[str, float],
) -> pd.DataFrame:
    """Set the hit rates of plants of known size beside that size, the cell, chance, and what no map can exceed.

    A map points at the centre of a cell. Where evidence is smaller than a cell it may lie between two centres, and even a
    map that knows where it is misses: `ceiling` is the share of scans on which some centre lies in the evidence (or within
    the game's tolerance of it), and a rate is to be read between `chance` and it.

    Args:
        planted_evidence: A `PlantedEvidence` table with `plant`, `share` and `strength` of every row.
        planted_shares: The `PlantedShares` of the same maps.
        runs: The `PlantedRuns`.
        diameters_mm: Size of each plant that has one; others are left out.

    Returns:
        A `ResolutionCurve` table: a row per plant of known size, dose, network, stride, seed and method that draws maps.
        Empty where no such plant was asked for, or no scan's spacing is known, for then no cell has a size.
    """
    ceilings = (
        planted_shares[planted_shares["region"] == "planted"]
        .assign(ceiling=lambda shares: (shares["cell_share"] > 0).astype(float))
        .groupby(OF_MAPS)["ceiling"]
        .mean()
        .reset_index()
    )
    fits = ["cue", "network", "output_stride", "seed"]
    reached = ceilings.merge(runs[["run", *fits]], on="run").drop(columns="run")
    sized = planted_evidence[
        (planted_evidence["region"] == "planted")
        & planted_evidence["plant"].isin(list(diameters_mm))
        & planted_evidence["cell_row_mm"].notna()
    ]
    curve = sized.merge(reached, on=[*fits, "method"])
    cell_mm = np.sqrt(curve["cell_row_mm"] * curve["cell_col_mm"])
    diameter_mm = curve["plant"].map(dict(diameters_mm)).astype(float)
    curve = curve.assign(
        diameter_mm=diameter_mm, cell_mm=cell_mm, diameter_per_cell=diameter_mm / cell_mm
    )
    columns = list(ResolutionCurve.to_schema().columns)
    return curve[columns] if len(curve) else ResolutionCurve.empty()

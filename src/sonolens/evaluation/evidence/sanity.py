"""Whether maps follow the network: they must change when its weights are drawn anew."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.evidence.averages import average_over_scans
from sonolens.evaluation.evidence.similarity import compare_maps
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.evidence import MapSanityTable
from sonolens.tables.training import DecisionsTable

Maps = Float[np.ndarray, "scans cell_rows cell_cols"]


def check_sanity(
    trained: Maps,
    randomised: Sequence[Maps],
    *,
    method: str,
    run: str,
    scan_ids: Sequence[str],
) -> pd.DataFrame:
    """Compare the maps of a network with those after more and more of it was drawn anew.

    Args:
        trained: One map per scan of the network as it was fitted.
        randomised: The same scans' maps after one, two, ... parts from the output backwards were drawn
            anew.
        method: Name of the explainer.
        run: Name of the network.
        scan_ids: The scan of every map.

    Returns:
        A `MapSanity` table, depth 0 being the network itself; see `compare_maps`.

    References:
        Cascading randomisation: Adebayo et al. (2018), Sanity checks for saliency maps, NeurIPS.
    """
    rows = [
        pd.DataFrame(
            {"scan_id": list(scan_ids), "depth": depth, "measure": measure, "value": value}
        )
        for depth, maps in enumerate([trained, *randomised])
        for measure, value in compare_maps(trained, maps).items()
    ]
    return pd.concat(rows, ignore_index=True).assign(method=method, run=run)


def summarise_sanity(
    map_sanity: MapSanityTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average a `MapSanity` table over scans, as a `SanityChecks` table; see `average_over_scans`."""
    return average_over_scans(
        map_sanity,
        decisions,
        by=["method", "run", "depth", "measure"],
        partition=partition,
        bootstrap=bootstrap,
    )

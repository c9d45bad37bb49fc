"""What insertion and deletion come to: areas per map, and what a map gains over a random order."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.evidence.averages import average_over_scans
from sonolens.evaluation.evidence.faithfulness import area_under
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.evidence import MapFaithfulnessTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import FAITHFULNESS_TESTS

Curves = Mapping[tuple[str, str], Float[np.ndarray, "scans shares"]]


def tabulate_faithfulness(
    curves: Curves, *, method: str, run: str, scan_ids: Sequence[str], fill: str
) -> pd.DataFrame:
    """Write the areas under the curves of one method and run.

    Args:
        curves: From `trace_faithfulness`.
        method: Name of the explainer.
        run: Name of the network.
        scan_ids: The scan of every curve.
        fill: What a deleted cell showed.

    Returns:
        A `MapFaithfulness` table.
    """
    tests = [
        pd.DataFrame(
            {
                "scan_id": list(scan_ids),
                "test": test,
                "area": area_under(curves[test, "map"]),
                "chance": area_under(curves[test, "random"]),
            }
        )
        for test in FAITHFULNESS_TESTS
    ]
    return pd.concat(tests, ignore_index=True).assign(method=method, run=run, fill=fill)


def average_faithfulness_curves(curves: Curves, *, method: str, run: str) -> pd.DataFrame:
    """Average the curves of one method and run over its scans, as a `FaithfulnessCurve` table."""
    lines = [
        pd.DataFrame(
            {
                "test": test,
                "order": order,
                "share": np.linspace(0, 1, curve.shape[1]),
                "mean": curve.mean(axis=0),
                "n": len(curve),
            }
        )
        for (test, order), curve in curves.items()
    ]
    return pd.concat(lines, ignore_index=True).assign(method=method, run=run)


def summarise_faithfulness(
    map_faithfulness: MapFaithfulnessTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Average what each method gains over a random order on the same scans.

    The gain of an insertion is its area minus that of a random order, that of a deletion the random
    order's area minus its own: above 0 a map knows what its network needs.

    Args:
        partition: Whose scans count.

    Returns:
        A `FaithfulnessScores` table; see `average_over_scans`. Mean and interval are of the gain.
    """
    sign = np.where(map_faithfulness["test"] == "insertion", 1.0, -1.0)
    gained = map_faithfulness.assign(
        value=sign * (map_faithfulness["area"] - map_faithfulness["chance"])
    )
    average = partial(
        average_over_scans,
        decisions=decisions,
        by=["method", "run", "test", "fill"],
        partition=partition,
        bootstrap=bootstrap,
    )
    areas = {
        name: average(gained.assign(value=gained[name]))["mean"] for name in ("area", "chance")
    }
    return average(gained).rename(columns={"mean": "gain"}).assign(**areas)

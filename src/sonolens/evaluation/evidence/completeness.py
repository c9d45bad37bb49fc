"""Whether a map that shares out a logit adds up to it."""

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Logits, SaliencyStack

WORTH_A_WARNING = 0.05
"""Gap from which the average along the path is too coarse (Sundararajan 2017, section 5)."""


def measure_gap(
    maps: SaliencyStack, logits: Logits, *, baseline_logit: float
) -> Float[np.ndarray, " scans"]:
    """Measure by how much maps miss what they share out.

    Args:
        maps: One map per scan.
        logits: The logit of each scan.
        baseline_logit: The logit of the even grey from which the maps start.

    Returns:
        Per map, the distance of its sum from the difference of the logits, as a share of that difference;
        of a difference below 1, in logits.

    References:
        Sundararajan et al., Axiomatic attribution for deep networks, ICML 2017: completeness.

    >>> maps = np.array([[[1.0, 1.0]], [[0.1, 0.1]]], dtype=np.float32)
    >>> logits = np.array([3.0, 1.1], dtype=np.float32)
    >>> measure_gap(maps, logits, baseline_logit=1.0).round(3).tolist()
    [0.0, 0.1]
    """
    difference = logits.astype(float) - baseline_logit
    missed = np.abs(maps.sum(axis=(1, 2), dtype=float) - difference)
    return missed / np.maximum(np.abs(difference), 1.0)


def tabulate_completeness(
    maps: SaliencyStack,
    logits: "pd.Series[float]",
    *,
    baseline_logit: float,
    method: str,
    run: str,
) -> pd.DataFrame:
    """List the gap of every map of one method and run.

    Args:
        maps: One map per scan.
        logits: Indexed by scan, in the same order.
        baseline_logit: As for `measure_gap`.

    Returns:
        Rows of a `MapCompleteness` table.
    """
    values = logits.to_numpy(dtype=np.float32)
    return pd.DataFrame(
        {
            "method": method,
            "run": run,
            "scan_id": logits.index,
            "logit": values.astype(float),
            "baseline_logit": baseline_logit,
            "gap": measure_gap(maps, values, baseline_logit=baseline_logit),
        }
    )

"""Whether metrics put methods into one order: Kendall's W over ranks, and a winner only where there is one."""

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.stats import rankdata

from sonolens.tables.truth import MethodRanking

LEAST_METHODS = 3
"""Two methods are put into one of two orders, and half of all metrics agree with either."""
LEAST_METRICS = 2

Scores = Float[np.ndarray, "metrics methods"]


def rank_methods(
    scores: pd.DataFrame, *, permutations: int, confidence: float, seed: int
) -> pd.DataFrame:
    """Rank the methods of one run by every metric, and ask whether the metrics agree.

    Kendall's W is 1 where all metrics give one order and 0 where their mean ranks are equal. Its p value counts the
    orders drawn anew within every metric that agree as well. Without agreement there is no winner, whatever the
    mean ranks say.

    Args:
        scores: Metrics down, methods across; more is better. A metric that lacks a method, or that puts none before
            another, is left out.
        permutations: Draws of orders.
        confidence: W is shown where its p value lies below 1 minus this.
        seed: Of the draws.

    Returns:
        A `MethodRanking` table without `run`, best mean rank first; `w` and `p_value` are NaN, and nobody wins, with
        fewer than `LEAST_METHODS` methods or `LEAST_METRICS` metrics.

    References:
        Kendall and Babington Smith (1939), Ann Math Stat 10:275-287.
    """
    known = scores.dropna()
    told = known.to_numpy(dtype=float)
    known = known[np.ptp(told, axis=1) > 0] if known.size else known
    methods = known.shape[1]
    asked = len(known) >= LEAST_METRICS and methods >= LEAST_METHODS
    # Rank 1 is the best; methods that tie share the mean of their ranks.
    ranks = rankdata(-known.to_numpy(dtype=float), axis=1) if known.size else np.zeros((0, methods))
    w, p_value = (
        _test_agreement(ranks, permutations=permutations, seed=seed) if asked else (np.nan, np.nan)
    )
    mean_ranks = ranks.mean(axis=0) if len(ranks) else np.full(methods, np.nan)
    first = mean_ranks == np.nanmin(mean_ranks, initial=np.inf)
    wins = first & bool(asked and p_value < 1 - confidence and first.sum() == 1)
    ranked = pd.DataFrame(
        {
            "method": list(scores.columns),
            "mean_rank": mean_ranks,
            "wins": wins,
            "w": w,
            "p_value": p_value,
            "metrics": " ".join(known.index) or "none",
            "n_metrics": len(known),
            "confidence": confidence,
        }
    )
    order = [name for name in MethodRanking.to_schema().columns if name in ranked]
    return ranked.sort_values("mean_rank", kind="stable", ignore_index=True)[order]


def measure_agreement(ranks: Scores) -> float:
    """Return Kendall's W of ranks, corrected for ties; metrics that rank nothing must be left out.

    Examples:
        >>> measure_agreement(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]))
        1.0
        >>> measure_agreement(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
        0.0
    """
    metrics, methods = ranks.shape
    totals = ranks.sum(axis=0)
    spread = float(((totals - totals.mean()) ** 2).sum())
    tied = sum(
        float((counts**3 - counts).sum())
        for counts in (np.unique(row, return_counts=True)[1] for row in ranks)
    )
    largest = metrics**2 * (methods**3 - methods) - metrics * tied
    return 12 * spread / largest


def _test_agreement(ranks: Scores, *, permutations: int, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    observed = measure_agreement(ranks)
    # All draws keep the ties of their metric, so the totals' spread tells what W would.
    spread = ((ranks.sum(axis=0) - ranks.sum() / ranks.shape[1]) ** 2).sum()
    drawn = rng.permuted(np.broadcast_to(ranks, (permutations, *ranks.shape)), axis=2).sum(axis=1)
    as_well = (
        ((drawn - drawn.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) >= spread - 1e-9
    ).sum()
    return observed, float((as_well + 1) / (permutations + 1))

"""How often exchanges are drawn for a p value: until what is decided no longer hangs on the draw."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

MOST_LOOKS = 20
"""How many times as many exchanges are drawn at most, where a p value stays near a level of decision."""

P_CONFIDENCE = 0.99
"""Level of a p value's own interval; higher than 0.95, because it is looked at up to `MOST_LOOKS` times."""


def decision_levels(*, confidence: float, family: int) -> list[float]:
    """List the p values at which Holm's decision on some member of a family can turn.

    >>> [round(level, 4) for level in decision_levels(confidence=0.95, family=3)]
    [0.05, 0.025, 0.0167]
    """
    return [(1 - confidence) / rank for rank in range(1, family + 1)]


def limit_p_values(
    reached: Float[np.ndarray, "*tests"], drawn: Int[np.ndarray, "*tests"]
) -> tuple[Float[np.ndarray, "*tests"], Float[np.ndarray, "*tests"]]:
    """Clopper and Pearson's limits of the share of exchanges that reach what was seen; NaN without any."""
    tail = (1 - P_CONFIDENCE) / 2
    with np.errstate(invalid="ignore"):
        low = stats.beta.ppf(tail, reached, drawn - reached + 1)
        high = stats.beta.ppf(1 - tail, reached + 1, drawn - reached)
    low, high = np.where(reached > 0, low, 0.0), np.where(reached < drawn, high, 1.0)
    return tuple(np.where(drawn > 0, limit, np.nan) for limit in (low, high))  # type: ignore[return-value]


def holds_a_level(
    reached: Float[np.ndarray, "*tests"],
    drawn: Int[np.ndarray, "*tests"],
    *,
    levels: Sequence[float],
) -> Bool[np.ndarray, "*tests"]:
    """Say whether a level of decision lies within the interval of a p value; never where nothing is drawn.

    References:
        Gandy (2009), J Am Stat Assoc 104:1504, for drawing until a decision is safe.
    """
    low, high = limit_p_values(reached, drawn)
    holds = np.zeros(drawn.shape, dtype=bool)
    for level in levels:
        holds |= (low <= level) & (level <= high)
    return holds

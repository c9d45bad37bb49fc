"""Several tests at once: p values that allow for their number."""

import numpy as np
from jaxtyping import Float


def holm_adjust(p_values: Float[np.ndarray, " tests"]) -> Float[np.ndarray, " tests"]:
    """Adjust p-values for their number, so that the chance of any false alarm stays below the level.

    The smallest of `m` is multiplied by `m`, the next by `m - 1` and so on; none falls below one that
    was smaller, and none exceeds 1. What is NaN is no test and stays NaN.

    References:
        Holm (1979), Scand J Stat 6:65-70.

    Examples:
        >>> holm_adjust(np.array([0.01, 0.04, 0.03]))
        array([0.03, 0.06, 0.06])
    """
    tests = np.flatnonzero(~np.isnan(p_values))
    order = tests[np.argsort(p_values[tests], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p_values[order] * factors))
    return adjusted

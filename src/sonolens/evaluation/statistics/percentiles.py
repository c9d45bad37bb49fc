"""Percentiles of draws as intervals: plain where the draws' law is known, farther out where few patients were resampled."""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from jaxtyping import Float
from scipy.special import stdtr, stdtrit

FEWEST_SPREAD = 2  # one patient tells nothing of how patients scatter


def percentile_interval(
    values: Float[np.ndarray, " draws"], *, confidence: float
) -> tuple[float, float]:
    """Return the central share of drawn values, leaving out those that are NaN.

    Args:
        values: A statistic in every draw; NaN where a draw could not have one.
        confidence: Share of the values between the limits.

    Returns:
        Lower and upper limit, interpolated; NaN for both when every value is NaN.
    """
    return _quantiles(values, tail=(1 - confidence) / 2)


def resampled_interval(
    values: Float[np.ndarray, " resamples"], *, patients: int, confidence: float
) -> tuple[float, float]:
    """Return the expanded percentile interval of a statistic that was computed anew in resamples of patients.

    Resamples of n patients scatter by `sqrt((n - 1) / n)` of what studies do, and percentiles are normal where few
    patients would need Student's t. So the percentiles are taken farther out: at `expand_tail`.

    Args:
        values: The statistic in every resample; NaN where a resample could not have one.
        patients: How many patients carry it; of two groups those of the smaller.
        confidence: Coverage asked for.

    Returns:
        Lower and upper limit, interpolated; the least and the largest value where fewer than two patients carry the
        statistic, and about so for two; NaN for both when every value is NaN.

    References:
        Hesterberg (2015), Am Stat 69:371-386; in full arXiv:1411.5279.
    """
    return _quantiles(values, tail=expand_tail((1 - confidence) / 2, patients=patients))


@cache
def expand_tail(tail: float, *, patients: int) -> float:
    """Return the share of resamples beyond a limit that so many patients need for the share of studies `tail`.

    It is `Phi(-t sqrt(n / (n - 1)))`, `t` leaving `tail` of Student's distribution with n - 1 degrees of freedom; 0
    below two patients.

    Examples:
        >>> print(f"{expand_tail(0.025, patients=10):.3f} {expand_tail(0.025, patients=60):.3f}")
        0.009 0.022
        >>> print(f"{expand_tail(0.025, patients=2):.3f} {expand_tail(0.025, patients=1):.3f}")
        0.000 0.000
    """
    if patients < FEWEST_SPREAD:
        return 0.0
    t = -float(stdtrit(patients - 1, tail))
    return NormalDist().cdf(-t * math.sqrt(patients / (patients - 1)))


def contract_tail(share: float, *, patients: int) -> float:
    """Return the share of studies that a share of resamples beyond a limit stands for: `expand_tail` the other way round.

    Args:
        share: Above 0, at most 0.5.
        patients: How many carry the statistic; below two nothing can be told, and the share is 0.5.

    Examples:
        >>> round(contract_tail(expand_tail(0.025, patients=10), patients=10), 6)
        0.025
    """
    if patients < FEWEST_SPREAD:
        return 0.5
    t = NormalDist().inv_cdf(share) / math.sqrt(patients / (patients - 1))
    return float(stdtr(patients - 1, t))


def _quantiles(values: Float[np.ndarray, " draws"], *, tail: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if known.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)

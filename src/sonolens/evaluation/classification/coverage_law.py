"""How often conformal sets hold the truth if cases are exchangeable: an exact law, not only a promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from jaxtyping import Float
from scipy.stats import betabinom

from sonolens.evaluation.classification.roc import ROUNDING


@dataclass(frozen=True)
class CoverageLaw:
    """What coverage is to be expected.

    Attributes:
        mean: On average over calibrations and test cases, at least 1 - alpha.
        low: Lower limit of the central range.
        high: Upper limit.
        p_value: How often coverage is as low as seen, or lower.
    """

    mean: float
    low: float
    high: float
    p_value: float


def coverage_law(
    groups: Iterable[tuple[int, int]], *, alpha: float, seen: float, confidence: float
) -> CoverageLaw:
    """Tell what coverage sets have whose cases are exchangeable with those that calibrated them.

    Of `m` new patients with one case each, a group that `n` calibrated has a beta-binomial number in their set, with
    `k` and `n + 1 - k`, `k` being the rank of its threshold; all of them where `n` is too small. Groups are
    calibrated apart, so that their numbers add up independently. Equal scores only raise coverage. With several cases a
    patient, each patient counting once, the mean is at least as large, and the range is about right.

    Args:
        groups: Calibration patients and test patients, at least one in all, of every group.
        alpha: Share of sets that may miss.
        seen: The coverage that is asked about.
        confidence: How much of the law lies in the central range.

    References:
        Angelopoulos and Bates (2023), Found Trends Mach Learn 16:494-591, section 3 and appendix C.

    Examples:
        >>> law = coverage_law([(99, 50)], alpha=0.1, seen=0.8, confidence=0.95)
        >>> round(law.mean, 3), round(law.low, 2), round(law.high, 2), round(law.p_value, 3)
        (0.9, 0.78, 0.98, 0.055)
    """
    law = reduce(np.convolve, [_held(n, m, alpha=alpha) for n, m in groups], np.ones(1))
    patients = len(law) - 1
    below, tail = np.cumsum(law), (1 - confidence) / 2
    low, high = np.searchsorted(below, [tail + ROUNDING, 1 - tail - ROUNDING])
    as_low = int(np.floor(seen * patients + ROUNDING))
    return CoverageLaw(
        mean=float(np.arange(patients + 1) @ law) / patients,
        low=int(low) / patients,
        high=int(high) / patients,
        p_value=min(1.0, float(below[as_low])),
    )


def _held(calibrated: int, tested: int, *, alpha: float) -> Float[np.ndarray, " numbers"]:
    """Return the probability of every number of test patients, from none to all, whose truth is held."""
    rank = int(np.ceil((calibrated + 1) * (1 - alpha) - ROUNDING))
    numbers = np.arange(tested + 1)
    if rank > calibrated:
        return (numbers == tested).astype(float)
    law: Float[np.ndarray, " numbers"] = betabinom.pmf(numbers, tested, rank, calibrated + 1 - rank)
    return law

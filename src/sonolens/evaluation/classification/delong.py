"""DeLong's variance of an AUC, its interval, and the test of two AUCs on the same cases."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from jaxtyping import Float
from scipy.special import expit, logit
from scipy.stats import rankdata

from sonolens.arrays import Labels
from sonolens.evaluation.classification.roc import Scores, auc
from sonolens.evaluation.statistics.intervals import difference_interval, wilson_interval

NO_VARIANCE = 1e-24  # rounding of placements that all agree


@dataclass(frozen=True)
class AucDifference:
    """Two AUCs on the same cases, and their difference: first minus second.

    `p_value` is two-sided, for the hypothesis that the areas are equal.
    """

    first_auc: float
    second_auc: float
    difference: float
    ci_low: float
    ci_high: float
    p_value: float


def delong_variance(labels: Labels, scores: Scores) -> float:
    """Return DeLong's estimate of the variance of the AUC; cases count as independent.

    Each malignant case is placed by the share of benign ones that score lower, each benign one by
    the share of malignant ones that score higher, ties counting half. The variance is that of the
    first over the malignant cases plus that of the second over the benign ones, each divided by
    their number.

    Args:
        scores: Probabilities or logits; only their order matters.

    Returns:
        At least 0; NaN with fewer than two cases of a class. It is 0 when the classes are separated
        perfectly or all scores are equal, which tells nothing about precision.

    References:
        DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845; placements from ranks, in
        `n log n` steps: Sun and Xu (2014), IEEE Signal Process Lett 21:1389-1393.

    Examples:
        >>> labels = np.array([True, True, False, False])
        >>> delong_variance(labels, np.array([0.9, 0.4, 0.5, 0.1]))
        0.125
    """
    return _variance(*_placements(labels, scores))


def delong_interval(labels: Labels, scores: Scores, *, confidence: float) -> tuple[float, float]:
    """Return the interval of the AUC by DeLong's variance, symmetric in its log-odds.

    On the scale of log-odds the interval stays between 0 and 1 and leans away from the nearer end,
    where the plain one overshoots. Where the variance is 0 or unknown it is Wilson's with the cases
    of the rarer class as `n`, as the AUC's variance is at most `auc (1 - auc)` over that number.

    Args:
        scores: Probabilities or logits.
        confidence: Coverage asked for, between 0 and 1.

    Returns:
        Lower and upper limit; NaN for both when a class is missing.

    References:
        Pepe (2003), The Statistical Evaluation of Medical Tests for Classification and Prediction,
        chapter 5, on intervals by the log-odds of the area.
    """
    area, rarer = auc(labels, scores), _rarer(labels)
    if rarer == 0:
        return math.nan, math.nan
    variance = delong_variance(labels, scores)
    if not variance > NO_VARIANCE:
        return wilson_interval(area * rarer, rarer, confidence=confidence)
    half = _z(confidence) * math.sqrt(variance) / (area * (1 - area))
    return float(expit(logit(area) - half)), float(expit(logit(area) + half))


def compare_aucs_delong(
    labels: Labels, first: Scores, second: Scores, *, confidence: float
) -> AucDifference:
    """Test whether two scores of the same cases have the same AUC; cases count as independent.

    Scores that rank all cases alike differ by exactly 0, with p 1. Where the variance of others is 0
    or unknown, see `unmoved_difference`, with the cases of the rarer class.

    Args:
        first: Probabilities or logits.
        second: Those of the other classifier.
        confidence: Coverage of the interval, which is cut off at -1 and 1.

    Raises:
        ValueError: If a class is missing.

    References:
        DeLong et al. (1988), Biometrics 44:837-845.
    """
    rarer = _rarer(labels)
    if rarer == 0:
        raise ValueError(
            f"two AUCs need both classes, but {int(labels.sum())} of {len(labels)} cases are "
            "malignant; compare on cases of both"
        )
    first_auc, second_auc = auc(labels, first), auc(labels, second)
    difference = first_auc - second_auc
    if rank_alike(first, second):
        return AucDifference(first_auc, second_auc, 0.0, 0.0, 0.0, 1.0)
    malignant, benign = (
        one - other
        for one, other in zip(_placements(labels, first), _placements(labels, second), strict=True)
    )
    variance = _variance(malignant, benign)
    if not variance > NO_VARIANCE:
        return unmoved_difference(first_auc, second_auc, n=rarer, confidence=confidence)
    z, error = _z(confidence), math.sqrt(variance)
    return AucDifference(
        first_auc,
        second_auc,
        difference,
        ci_low=max(-1.0, difference - z * error),
        ci_high=min(1.0, difference + z * error),
        p_value=_two_sided(difference / error),
    )


def unmoved_difference(
    first_auc: float, second_auc: float, *, n: int, confidence: float
) -> AucDifference:
    """Compare two AUCs whose difference shows no scatter, as when both separate the classes perfectly.

    The interval is Newcombe's (`difference_interval`); p takes its width towards 0, over that of a
    standard normal, for the standard error.

    Args:
        first_auc: Between 0 and 1.
        second_auc: The one to subtract.
        n: How many cases or patients of the rarer class carry the areas.
        confidence: Coverage of the interval.
    """
    difference = first_auc - second_auc
    low, high = difference_interval(first_auc, second_auc, n=n, confidence=confidence)
    towards_zero = difference - low if difference > 0 else high - difference
    p_value = _two_sided(difference / (towards_zero / _z(confidence)))
    return AucDifference(first_auc, second_auc, difference, low, high, p_value)


def rank_alike(first: Scores, second: Scores) -> bool:
    """Say whether two scores put all cases into the same order, ties included."""
    return bool(np.array_equal(rankdata(first), rankdata(second)))


def _placements(
    labels: Labels, scores: Scores
) -> tuple[Float[np.ndarray, " malignant"], Float[np.ndarray, " benign"]]:
    """Return the share of benign cases below each malignant one, of malignant above each benign one.

    A case's rank among all, less its rank within its own class, counts the other class below it.
    """
    ranks = rankdata(scores)
    above = ranks[labels] - rankdata(scores[labels])
    below = ranks[~labels] - rankdata(scores[~labels])
    return above / max(1, len(below)), 1 - below / max(1, len(above))


def _variance(
    malignant: Float[np.ndarray, " malignant"], benign: Float[np.ndarray, " benign"]
) -> float:
    if min(len(malignant), len(benign)) < 2:  # noqa: PLR2004 - one value has no variance
        return math.nan
    return float(malignant.var(ddof=1) / len(malignant) + benign.var(ddof=1) / len(benign))


def _rarer(labels: Labels) -> int:
    return int(min(labels.sum(), (~labels).sum()))


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))

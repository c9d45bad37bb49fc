"""How many cases an external validation takes before its numbers are worth printing."""

import math
from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.special import expit

from sonolens.evaluation.classification.cases import (
    LesionProbability,
    as_arrays,
    form_cases,
    group_cases,
)
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import SIZE_CRITERIA

MOST = 10_000_000
"""Nobody has more cases; a criterion that takes more has no size."""

LogOdds = Float[np.ndarray, " cases"]


def score_sample_size(
    decisions: DecisionsTable,
    *,
    home_auc: Mapping[str, float],
    widths: Mapping[str, float],
    partition: str,
    lesion_probability: LesionProbability,
    confidence: float,
) -> pd.DataFrame:
    """Set the lesions that are here beside those that intervals of the given widths would take.

    What is expected is what is known before labels are looked at: the AUC at home, log-odds as the network gives them here,
    and a perfect calibration. Of the labels only the share of malignant lesions is taken.

    Args:
        decisions: Probabilities that were frozen before.
        home_auc: By run; NaN where the network does not tell it.
        widths: By criterion, of the interval that is wished for.
        partition: Whose lesions count.

    Returns:
        Rows per run and criterion: what is `expected`, the `width`, how many lesions that takes (`needed`) and how many of
        these malignant; NaN where nobody can say, as with one label. `n` and `n_malignant` are here.

    References:
        Riley et al. (2024), BMJ 384:e074821; formulas: Riley et al. (2021), Stat Med 40:4230-4251, and Newcombe (2006) for
        the AUC.
    """
    groups = group_cases(form_cases(decisions, lesion_probability=lesion_probability))
    rows: list[dict[str, object]] = []
    for run in decisions["run"].unique():
        found = groups.get((run, "lesion", partition))
        if found is None:
            continue
        cases = as_arrays(found)
        share = float(cases.malignant.mean())
        auc = home_auc.get(run, math.nan)
        needed = {
            "observed_to_expected": _size_of_ratio(share, widths, confidence),
            "calibration_slope": _size_of_slope(cases.log_odds, share, widths, confidence),
            "auc": size_for_auc(auc, share, width=widths["auc"], confidence=confidence),
        }
        rows += [
            {
                "run": run,
                "criterion": criterion,
                "expected": auc if criterion == "auc" else 1.0,
                "width": widths[criterion],
                "needed": needed[criterion],
                "needed_malignant": needed[criterion] * share,
                "n": len(cases.malignant),
                "n_malignant": int(cases.malignant.sum()),
            }
            for criterion in SIZE_CRITERIA
        ]
    return pd.DataFrame(rows).assign(partition=partition, confidence=confidence)


def size_for_ratio(share: float, *, width: float, confidence: float) -> float:
    """Return how many cases the ratio of cancers seen to those foretold takes, if it is 1.

    Args:
        share: Of malignant cases, above 0 and below 1; else nobody can say, NaN.
        width: Of its interval.

    References:
        Riley et al. (2021), equation 1: the interval is formed on the log scale.

    Examples:
        >>> size_for_ratio(0.018, width=1.0, confidence=0.95)
        906.0
    """
    if not 0 < share < 1:
        return math.nan
    error = math.asinh(width / 2) / _z(confidence)
    return _whole((1 - share) / (share * error**2))


def size_for_slope(log_odds: LogOdds, *, width: float, confidence: float) -> float:
    """Return how many cases the calibration slope takes, if probabilities are calibrated.

    Args:
        log_odds: Of cases like those to come. All alike leave nothing to lay a slope through: NaN.
        width: Of its interval.

    References:
        Riley et al. (2021), equation 5: the information of a logistic fit of the label on the log-odds.
    """
    probability = expit(log_odds)
    weight = probability * (1 - probability)
    whole, mixed, squared = (
        float(np.mean(weight * power)) for power in (1.0, log_odds, log_odds**2)
    )
    spread = whole * squared - mixed**2
    if not spread > 1e-12 * max(1.0, squared):
        return math.nan
    error = width / (2 * _z(confidence))
    return _whole(whole / (error**2 * spread))


def size_for_auc(auc: float, share: float, *, width: float, confidence: float) -> float:
    """Return the fewest cases of which an AUC has an interval no wider than this.

    Args:
        auc: What is expected, above 0 and below 1; else NaN.
        share: Of malignant cases.

    References:
        Newcombe (2006), Stat Med 25:559-573, as in Riley et al. (2021), equation 6.

    Examples:
        >>> size_for_auc(0.77, 0.43, width=0.1, confidence=0.95)
        347.0
    """
    if not (0 < auc < 1 and 0 < share < 1):
        return math.nan
    error = width / (2 * _z(confidence))
    few, many = 2, MOST
    if _error_of_auc(auc, share, many) > error:
        return math.nan
    while few < many:
        middle = (few + many) // 2
        few, many = (
            (few, middle) if _error_of_auc(auc, share, middle) <= error else (middle + 1, many)
        )
    return float(few)


def _error_of_auc(auc: float, share: float, n: int) -> float:
    half = n / 2 - 1
    spread = 1 + half * (1 - auc) / (2 - auc) + half * auc / (1 + auc)
    return math.sqrt(auc * (1 - auc) * spread / (n**2 * share * (1 - share)))


def _size_of_ratio(share: float, widths: Mapping[str, float], confidence: float) -> float:
    return size_for_ratio(share, width=widths["observed_to_expected"], confidence=confidence)


def _size_of_slope(
    log_odds: LogOdds, share: float, widths: Mapping[str, float], confidence: float
) -> float:
    if not 0 < share < 1:
        return math.nan
    return size_for_slope(log_odds, width=widths["calibration_slope"], confidence=confidence)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _whole(size: float) -> float:
    return math.nan if size > MOST else float(math.ceil(size))

"""The test of two AUCs on the same cases by resampling their patients."""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from sonolens.arrays import Labels
from sonolens.evaluation.classification.delong import AucDifference, rank_alike, unmoved_difference
from sonolens.evaluation.classification.roc import Scores, auc, bootstrap_aucs
from sonolens.evaluation.statistics.intervals import UNMOVED, Bootstrap
from sonolens.evaluation.statistics.percentiles import contract_tail, resampled_interval

Resampled = Float[np.ndarray, " resamples"]


def compare_aucs_bootstrap(
    labels: Labels,
    first: Scores,
    second: Scores,
    patient_ids: ArrayLike,
    *,
    bootstrap: Bootstrap,
) -> AucDifference:
    """Test whether two scores of the same cases have the same AUC, by resampling patients.

    Both AUCs are taken from the same resamples; their difference has an expanded percentile interval and a
    p-value by `two_sided_p`. Resamples that lack a class are left out. Scores that rank all cases alike
    differ by exactly 0, with p 1. Where resampling does not move the difference of others, see
    `unmoved_difference`, with the patients of the rarer class.

    Args:
        labels: True where malignant, of both classes.
        first: Probabilities or logits.
        second: Those of the other classifier.
        patient_ids: The patient of every case.
    """
    patients = np.asarray(patient_ids)
    resampled_first, resampled_second = (
        bootstrap_aucs(labels, scores, patients, bootstrap=bootstrap) for scores in (first, second)
    )
    return difference_of_resampled(
        labels,
        first,
        second,
        patients,
        resampled_first=resampled_first,
        resampled_second=resampled_second,
        confidence=bootstrap.confidence,
    )


def difference_of_resampled(
    labels: Labels,
    first: Scores,
    second: Scores,
    patient_ids: np.ndarray,
    *,
    resampled_first: Resampled,
    resampled_second: Resampled,
    confidence: float,
) -> AucDifference:
    """Compare two AUCs as `compare_aucs_bootstrap`, given both in the same resamples."""
    first_auc, second_auc = auc(labels, first), auc(labels, second)
    if rank_alike(first, second):
        return AucDifference(first_auc, second_auc, 0.0, 0.0, 0.0, 1.0)
    rarer = min(len(set(patient_ids[labels])), len(set(patient_ids[~labels])))
    return difference_of_drawn(
        first_auc,
        second_auc,
        resampled_first - resampled_second,
        patients=rarer,
        confidence=confidence,
    )


def difference_of_drawn(
    first: float, second: float, drawn: Resampled, *, patients: int, confidence: float
) -> AucDifference:
    """Compare two AUCs, or two shares, by how their difference scatters over resamples.

    Args:
        first: Between 0 and 1.
        second: The one to subtract.
        drawn: The difference in every resample; NaN where one does not exist.
        patients: How many patients carry the two, of the rarer class.
        confidence: Coverage of the interval.

    Returns:
        The difference with a p-value by `two_sided_p`; where resampling does not move it, see `unmoved_difference`.
    """
    known = drawn[~np.isnan(drawn)]
    if known.size == 0 or np.ptp(known) < UNMOVED:
        return unmoved_difference(first, second, n=patients, confidence=confidence)
    low, high = resampled_interval(known, patients=patients, confidence=confidence)
    p_value = two_sided_p(known, patients=patients)
    return AucDifference(first, second, first - second, low, high, p_value)


def two_sided_p(drawn: Resampled, *, patients: int) -> float:
    """Return how surprising resampled differences would be if there were none.

    The smaller share of differences at most 0 and at least 0, the observed sample counted as one more resample on
    each side: `(1 + count) / (1 + resamples)`. Twice the share of studies that it stands for with so many patients
    (`contract_tail`), at most 1. So it is never 0, and where it falls below 1 - confidence, `resampled_interval` leaves
    out 0.

    Args:
        drawn: The difference in every resample.
        patients: How many patients carry it; below two, p is 1.

    References:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, sections 4.2 and 5.

    Examples:
        >>> round(two_sided_p(np.array([0.1, 0.2, -0.1, 0.3]), patients=10**6), 4)
        0.8
    """
    fewer = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    share = min(0.5, (1 + fewer) / (1 + len(drawn)))
    return 2 * contract_tail(share, patients=patients)

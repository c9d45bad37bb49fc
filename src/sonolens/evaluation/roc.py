"""The ROC curve: its area, its points, and the point closest to the perfect corner."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import ArrayLike

from sonolens.arrays import Labels
from sonolens.evaluation.intervals import patient_resamples

Scores = Float[np.ndarray, " scans"]

ROUNDING = 1e-9


@dataclass(frozen=True)
class RocPoints:
    """A ROC curve from (0, 0) to (1, 1), thresholds falling; the first is infinite.

    Attributes:
        thresholds: A case is called malignant when its probability is at or above.
        false_positive_rate: Share of benign cases called malignant at each threshold.
        true_positive_rate: Share of malignant cases called malignant at each threshold.
    """

    thresholds: Float[np.ndarray, " points"]
    false_positive_rate: Float[np.ndarray, " points"]
    true_positive_rate: Float[np.ndarray, " points"]


def auc(labels: Labels, scores: Scores) -> float:
    """Return the area under the ROC curve.

    It is the share of pairs, one malignant and one benign, in which the malignant scores higher;
    pairs with equal scores count half.

    Args:
        labels: True where malignant.
        scores: Probabilities or logits; only their order matters.

    Returns:
        Between 0 and 1; NaN when a class is missing.

    Examples:
        >>> auc(np.array([True, True, False]), np.array([0.9, 0.4, 0.4]))
        0.75
    """
    once = np.ones((1, len(labels)), dtype=np.int64)
    return float(_weighted_aucs(labels, scores, once)[0])


def bootstrap_aucs(
    labels: Labels, scores: Scores, patient_ids: ArrayLike, *, resamples: int, seed: int
) -> Float[np.ndarray, " resamples"]:
    """Return the AUC in every resample of the patients, NaN where a class is missing.

    Args:
        labels: True where malignant.
        scores: Probabilities or logits.
        patient_ids: The patient of every score.
        resamples: How many times patients are resampled.
        seed: Seed of the resamples; see `patient_resamples`.
    """
    blocks = patient_resamples(patient_ids, resamples=resamples, seed=seed)
    return np.concatenate([_weighted_aucs(labels, scores, block) for block in blocks])


def roc_points(labels: Labels, probabilities: Scores) -> RocPoints:
    """Return the ROC curve with one point per distinct probability, and the one that calls nothing.

    Raises:
        ValueError: If a class is missing, so that a rate has no denominator.
    """
    malignant = int(labels.sum())
    benign = len(labels) - malignant
    if not malignant or not benign:
        raise ValueError(
            f"a ROC curve needs both classes, but there are {malignant} malignant and {benign} "
            "benign cases; give this partition both classes"
        )
    order = np.argsort(-probabilities, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probabilities[order])), len(labels) - 1)
    true_positives = np.cumsum(labels[order])[ends]
    return RocPoints(
        thresholds=np.append(math.inf, probabilities[order][ends]),
        false_positive_rate=np.append(0.0, (ends + 1 - true_positives) / benign),
        true_positive_rate=np.append(0.0, true_positives / malignant),
    )


def closest_to_corner(labels: Labels, probabilities: Scores) -> float:
    """Return the threshold whose ROC point is closest to the corner of no false call at all.

    Of equally close points the lowest threshold is taken, which misses the fewest malignant cases.
    A curve that nowhere comes closer than its two ends therefore calls everything malignant.

    Args:
        labels: True where malignant.
        probabilities: Probability of malignancy.

    Returns:
        One of the probabilities; see `call_malignant`.

    Raises:
        ValueError: If a class is missing.

    References:
        Operating point of Byra et al. (2022), after Fawcett (2006), Pattern Recognit Lett 27:861.
    """
    curve = roc_points(labels, probabilities)
    squared_distance = curve.false_positive_rate**2 + (1 - curve.true_positive_rate) ** 2
    closest = np.flatnonzero(squared_distance <= squared_distance.min() + ROUNDING)
    return float(curve.thresholds[closest[-1]])


def call_malignant(probabilities: Scores, threshold: float) -> Bool[np.ndarray, " scans"]:
    """Call malignant at and above the threshold.

    A billionth of the threshold is forgiven, because a table read back from text may differ from
    the one written in the last digit, and a threshold always equals some probability.
    """
    return probabilities >= threshold * (1 - ROUNDING)


def _weighted_aucs(
    labels: Labels, scores: Scores, weights: Int[np.ndarray, "resamples scans"]
) -> Float[np.ndarray, " resamples"]:
    """Return the AUC of each row of weights: sorted once, then cumulative sums."""
    order = np.argsort(scores, kind="stable")
    ordered, malignant = scores[order], labels[order]
    benign_weight = weights[:, order] * ~malignant
    malignant_weight = weights[:, order[malignant]]
    benign_up_to = np.zeros((len(weights), len(labels) + 1))
    np.cumsum(benign_weight, axis=1, out=benign_up_to[:, 1:])
    lower = benign_up_to[:, np.searchsorted(ordered, ordered[malignant], side="left")]
    not_higher = benign_up_to[:, np.searchsorted(ordered, ordered[malignant], side="right")]
    won = (malignant_weight * (lower + not_higher)).sum(axis=1) / 2
    pairs = malignant_weight.sum(axis=1) * benign_up_to[:, -1]
    share = np.full(len(weights), np.nan)
    np.divide(won, pairs, out=share, where=pairs > 0)
    return share

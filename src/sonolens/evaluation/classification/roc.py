"""The ROC curve: its area, its points, and the thresholds that rules find on it."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Real
from numpy.typing import ArrayLike

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import LesionProbability, form_cases, group_cases
from sonolens.evaluation.statistics.intervals import Bootstrap, patient_resamples
from sonolens.tables.training import PredictionsTable

Scores = Float[np.ndarray, " scans"]

ROUNDING = 1e-9
CURVE_VALUES = ("threshold", "false_positive_rate", "true_positive_rate")


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


EVEN = 0.5
"""The AUC of scores that know nothing of the label."""


def auc(labels: Labels, scores: Scores) -> float:
    """Return the area under the ROC curve.

    It is the share of pairs, one malignant and one benign, in which the malignant scores higher;
    pairs with equal scores count half.

    Args:
        scores: Probabilities or logits; only their order matters.

    Returns:
        Between 0 and 1; NaN when a class is missing.

    Raises:
        ValueError: If a score is not a number.

    Examples:
        >>> auc(np.array([True, True, False]), np.array([0.9, 0.4, 0.4]))
        0.75
    """
    once = np.ones((1, len(labels)), dtype=np.int64)
    return float(RankedCases.of(labels, scores).areas(once)[0])


def bootstrap_aucs(
    labels: Labels, scores: Scores, patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> Float[np.ndarray, " resamples"]:
    """Return the AUC in every resample of the patients, NaN where a class is missing.

    Args:
        scores: Probabilities or logits.
        patient_ids: The patient of every score.
    """
    ranked = RankedCases.of(labels, scores)
    blocks = patient_resamples(patient_ids, bootstrap=bootstrap)
    return np.concatenate([ranked.areas(block) for block in blocks])


@dataclass(frozen=True, eq=False)
class RankedCases:
    """Cases in the order of their scores, sorted once for all resamples.

    Attributes:
        benign: Numbers of the benign cases, scores rising.
        malignant: The same of the malignant ones.
        lower: How many benign cases each of these outranks.
        not_higher: How many it outranks or equals.
    """

    benign: Int[np.ndarray, " benign"]
    malignant: Int[np.ndarray, " malignant"]
    lower: Int[np.ndarray, " malignant"]
    not_higher: Int[np.ndarray, " malignant"]

    @classmethod
    def of(cls, labels: Labels, scores: Scores) -> "RankedCases":
        """Rank cases.

        Args:
            scores: Probabilities or logits.

        Raises:
            ValueError: If a score is not a number, which would outrank all others.
        """
        _refuse_nan(scores)
        order = np.argsort(scores, kind="stable")
        malignant = labels[order]
        benign_scores, malignant_scores = scores[order][~malignant], scores[order][malignant]
        return cls(
            benign=order[~malignant],
            malignant=order[malignant],
            lower=np.searchsorted(benign_scores, malignant_scores, side="left"),
            not_higher=np.searchsorted(benign_scores, malignant_scores, side="right"),
        )

    def areas(
        self, weights: Real[np.ndarray, "resamples scans"]
    ) -> Float[np.ndarray, " resamples"]:
        """Return the AUC of each row of weights, NaN where a class has no weight.

        Args:
            weights: As for `won`.
        """
        won, pairs = self.won(weights)
        share = np.full(len(weights), np.nan)
        np.divide(won, pairs, out=share, where=pairs > 0)
        return share

    def won(
        self, weights: Real[np.ndarray, "resamples scans"]
    ) -> tuple[Float[np.ndarray, " resamples"], Float[np.ndarray, " resamples"]]:
        """Count the pairs of a malignant and a benign case that the malignant one wins, ties as halves; and all pairs.

        What each malignant case outranks is a cumulative sum.

        Args:
            weights: How often each case is present, one row per resample; shares of a case are allowed. A pair counts as
                often as both are present.
        """
        malignant_weight = weights[:, self.malignant]
        benign_up_to = np.zeros((len(weights), len(self.benign) + 1))
        np.cumsum(weights[:, self.benign], axis=1, out=benign_up_to[:, 1:])
        won = np.einsum("rm,rm->r", malignant_weight, benign_up_to[:, self.lower])
        won += np.einsum("rm,rm->r", malignant_weight, benign_up_to[:, self.not_higher])
        return won / 2, malignant_weight.sum(axis=1) * benign_up_to[:, -1]


def roc_points(labels: Labels, probabilities: Scores) -> RocPoints:
    """Return the ROC curve with one point per distinct probability, and the one that calls nothing.

    Raises:
        ValueError: If a class is missing, so that a rate has no denominator, or a probability is not a
            number.
    """
    _refuse_nan(probabilities)
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


def youden(labels: Labels, probabilities: Scores) -> float:
    """Return the threshold with the largest sum of sensitivity and specificity.

    Of equally good points the lowest threshold is taken, as by `closest_to_corner`.

    Args:
        probabilities: Probability of malignancy.

    Returns:
        One of the probabilities; see `call_malignant`.

    Raises:
        ValueError: If a class is missing.

    References:
        Youden (1950), Cancer 3:32-35.
    """
    curve = roc_points(labels, probabilities)
    gain = curve.true_positive_rate - curve.false_positive_rate
    best = np.flatnonzero(gain >= gain.max() - ROUNDING)
    return float(curve.thresholds[best[-1]])


def reach_sensitivity(labels: Labels, probabilities: Scores, *, sensitivity: float) -> float:
    """Return the highest threshold whose sensitivity is at least the one asked for.

    No lower threshold can do better, as specificity only falls with it. Cases of equal probability
    are called together, so more malignant cases may be found than asked for.

    Args:
        probabilities: Probability of malignancy.
        sensitivity: Share of the malignant cases to be found, above 0 and at most 1.

    Returns:
        The probability of a malignant case; see `call_malignant`.

    Raises:
        ValueError: If a class is missing, or the sensitivity is no share above 0.

    Examples:
        >>> labels = np.array([True, True, False, True])
        >>> reach_sensitivity(labels, np.array([0.9, 0.8, 0.7, 0.2]), sensitivity=0.6)
        0.8
    """
    if not 0 < sensitivity <= 1:
        raise ValueError(
            f"a sensitivity of {sensitivity} cannot be reached on purpose; ask for one above 0 and "
            "at most 1"
        )
    curve = roc_points(labels, probabilities)
    # Counts divided by their total and a share written as text may differ in the last digit.
    reached = np.flatnonzero(curve.true_positive_rate >= sensitivity - ROUNDING)
    return float(curve.thresholds[reached[0]])


def call_malignant(probabilities: Scores, threshold: float | Scores) -> Bool[np.ndarray, " scans"]:
    """Call malignant at and above the threshold, or the threshold of each case.

    A billionth of the threshold is forgiven, because a table read back from text may differ from
    the one written in the last digit, and a threshold always equals some probability.
    """
    return probabilities >= threshold * (1 - ROUNDING)


def trace_roc(
    predictions: PredictionsTable, *, lesion_probability: LesionProbability
) -> pd.DataFrame:
    """Trace the ROC curve of every run, level and partition.

    Points in the middle of a straight piece are left out; they change nothing that is drawn. A
    partition in which a class is missing has no curve and no rows; its AUC in the
    `ClassificationMetrics` table is empty.

    Returns:
        A `RocCurve` table, each curve from (0, 0) to (1, 1).
    """
    groups = group_cases(form_cases(predictions, lesion_probability=lesion_probability))
    curves = []
    for (run, level, partition), cases in groups.items():
        malignant = cases["malignant"].to_numpy(dtype=bool)
        if malignant.all() or not malignant.any():
            continue
        curve = roc_points(malignant, cases["probability"].to_numpy(dtype=float))
        kept = _corners(curve)
        key = {"run": run, "level": level, "partition": partition}
        rates = (curve.thresholds, curve.false_positive_rate, curve.true_positive_rate)
        columns = key | {
            name: values[kept] for name, values in zip(CURVE_VALUES, rates, strict=True)
        }
        curves.append(pd.DataFrame(columns))
    if not curves:
        return pd.DataFrame(columns=["run", "level", "partition", *CURVE_VALUES])
    return pd.concat(curves, ignore_index=True)


def _corners(curve: RocPoints) -> Bool[np.ndarray, " points"]:
    """Mark the ends of the straight pieces of a curve."""
    right, up = np.diff(curve.false_positive_rate), np.diff(curve.true_positive_rate)
    turns = np.abs(right[:-1] * up[1:] - right[1:] * up[:-1]) > 1e-15  # noqa: PLR2004 - rounding
    return np.concatenate([[True], turns, [True]])


def _refuse_nan(scores: Scores) -> None:
    lacking = np.flatnonzero(np.isnan(scores))
    if lacking.size:
        raise ValueError(
            f"score {lacking[0]} of {len(scores)} is NaN, as are {lacking.size - 1} more, and NaN has no rank; "
            "leave these cases out or score them"
        )

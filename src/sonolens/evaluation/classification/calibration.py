"""How far probabilities can be taken at their word: bins of cases, and their mean gap."""

import itertools

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import LesionProbability, form_cases, group_cases
from sonolens.evaluation.classification.recalibration import UNKNOWN, Estimate
from sonolens.evaluation.classification.roc import Scores
from sonolens.evaluation.statistics.intervals import (
    UNMOVED,
    Bootstrap,
    limits_of,
    resampled_sums,
    wilson_interval,
)
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import LEVELS

CURVE_COLUMNS = [
    "run",
    "level",
    "partition",
    "scaling",
    "bin",
    "n",
    "mean_probability",
    "malignant_share",
    "ci_low",
    "ci_high",
]


def trace_calibration(
    predictions: PredictionsTable,
    *,
    lesion_probability: LesionProbability,
    bins: int,
    confidence: float,
) -> pd.DataFrame:
    """Set what was seen beside what was foretold, before and after temperature scaling.

    Every run has a curve per level for its validation and its test cases. Intervals are Wilson's of
    the malignant share; they take cases as independent, so several scans of a patient make them a
    little too narrow.

    Args:
        bins: Bins of equal number; see `equal_number_bins`.
        confidence: Coverage of the intervals.

    Returns:
        A `CalibrationCurve` table; no rows for a partition without cases.
    """
    groups = group_cases(form_cases(predictions, lesion_probability=lesion_probability))
    runs = predictions["run"].unique()
    rows: list[dict[str, object]] = []
    for run, level, partition in itertools.product(runs, LEVELS, ("validation", "test")):
        cases = groups.get((run, level, partition))
        if cases is None:
            continue
        malignant = cases["malignant"].to_numpy(dtype=bool)
        for scaling, column in (("before", "unscaled"), ("after", "probability")):
            key = {"run": run, "level": level, "partition": partition, "scaling": scaling}
            probability = cases[column].to_numpy(dtype=float)
            points = _curve(malignant, probability, bins=bins, confidence=confidence)
            rows += [key | point for point in points]
    return pd.DataFrame(rows, columns=CURVE_COLUMNS).assign(confidence=confidence)


def equal_number_bins(probabilities: Scores, *, bins: int) -> Int[np.ndarray, " scans"]:
    """Sort cases into bins by probability, as many in each as can be.

    Cases of equal probability share the bin of their middle, so the order of rows decides nothing;
    bins that this leaves empty are passed over.

    Args:
        probabilities: Of malignancy.
        bins: How many, at least 1; at most as many are used as there are distinct probabilities.

    Returns:
        The bin of every case, counted from 0 at the lowest probability, without gaps.

    Examples:
        >>> equal_number_bins(np.array([0.9, 0.1, 0.2, 0.4]), bins=2)
        array([1, 0, 0, 1])
    """
    middle = rankdata(probabilities) - 0.5
    # A product of whole and half numbers is exact, so no case falls across an edge by rounding.
    places = (middle * bins).astype(np.int64) // max(1, len(probabilities))
    return np.unique(places, return_inverse=True)[1]


def calibration_error(labels: Labels, probabilities: Scores, *, bins: int) -> float:
    """Return the expected calibration error: the mean gap between share and probability over bins.

    Each bin of `equal_number_bins` has a gap between the share that is malignant and the mean
    probability; gaps are weighted by their cases. Even perfect probabilities have a positive error, as
    shares scatter: about `0.8 sqrt(p (1 - p) bins / cases)`.

    Args:
        probabilities: Of malignancy.
        bins: Bins of equal number.

    Returns:
        Between 0 and 1; NaN without cases.

    References:
        Naeini et al. (2015), AAAI 29:2901-2907; bins of equal number: Nguyen and O'Connor (2015),
        EMNLP 1587-1598.

    Examples:
        >>> labels = np.array([False, True, True, True])
        >>> calibration_error(labels, np.array([0.2, 0.2, 0.8, 0.8]), bins=2)
        0.25
    """
    if len(labels) == 0:
        return np.nan
    gaps = _gaps(labels, probabilities, bins=bins)
    return float(np.abs(gaps.sum(axis=0)).sum() / len(labels))


def estimate_calibration_error(
    labels: Labels,
    probabilities: Scores,
    patient_ids: ArrayLike,
    *,
    bins: int,
    bootstrap: Bootstrap,
) -> Estimate:
    """Return the expected calibration error with its interval over resampled patients.

    Cases stay in their bins. A resample scatters about shares that scatter themselves, which inflates
    its error about as much as scatter inflates the observed one; so the interval is the basic
    bootstrap's, the percentiles mirrored at the observed value, cut off at 0 and 1 and widened where
    needed to hold that value. Where resampling moves nothing it is that of `limits_of`.

    Args:
        probabilities: Of malignancy.
        patient_ids: The patient of every case.
        bins: Bins of equal number.

    Returns:
        Empty without cases.

    References:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 5.2.
    """
    if len(labels) == 0:
        return UNKNOWN
    value = calibration_error(labels, probabilities, bins=bins)
    columns = np.column_stack([_gaps(labels, probabilities, bins=bins), np.ones(len(labels))])
    sums = resampled_sums(columns, patient_ids, bootstrap=bootstrap)
    drawn = np.abs(sums[:, :-1]).sum(axis=1) / sums[:, -1]
    low, high = limits_of(
        value,
        drawn,
        patients=len(pd.unique(np.asarray(patient_ids))),
        confidence=bootstrap.confidence,
    )
    if np.ptp(drawn) >= UNMOVED:
        low, high = max(0.0, 2 * value - high), min(1.0, 2 * value - low)
    return Estimate(value, min(value, low), max(value, high))


def _gaps(labels: Labels, probabilities: Scores, *, bins: int) -> Float[np.ndarray, "scans bins"]:
    """Write label minus probability of every case into the column of its bin."""
    places = equal_number_bins(probabilities, bins=bins)
    gaps = np.zeros((len(labels), int(places.max()) + 1))
    gaps[np.arange(len(labels)), places] = labels - probabilities
    return gaps


def _curve(
    malignant: Labels, probability: Scores, *, bins: int, confidence: float
) -> list[dict[str, object]]:
    places = equal_number_bins(probability, bins=bins)
    points: list[dict[str, object]] = []
    for place in range(int(places.max()) + 1):
        inside = places == place
        n, hits = int(inside.sum()), int(malignant[inside].sum())
        low, high = wilson_interval(hits, n, confidence=confidence)
        points.append(
            {
                "bin": place + 1,
                "n": n,
                # The mean of equal numbers may miss them, and 1, by the last digit.
                "mean_probability": min(1.0, float(probability[inside].mean())),
                "malignant_share": hits / n,
                "ci_low": low,
                "ci_high": high,
            }
        )
    return points

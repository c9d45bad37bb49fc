"""Confidence intervals: patients resampled with replacement, and Wilson's for plain proportions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from sonolens.evaluation.statistics.percentiles import resampled_interval

RESAMPLES_AT_ONCE = 250
DRAWN_AT_ONCE = 250_000  # patients of one block of resamples: what a cache holds
UNMOVED = 1e-12  # rounding of equal rates


@dataclass(frozen=True)
class Bootstrap:
    """How patients are resampled for intervals.

    Attributes:
        resamples: How many times.
        confidence: Coverage of the intervals, between 0 and 1.
        seed: Statistics with equal seed and patients share their resamples, so they are paired.
    """

    resamples: int
    confidence: float
    seed: int


@dataclass(frozen=True)
class Rates:
    """Several rates with their intervals; all NaN where nothing was counted."""

    value: Float[np.ndarray, " rates"]
    ci_low: Float[np.ndarray, " rates"]
    ci_high: Float[np.ndarray, " rates"]


def wilson_interval(hits: float | int, n: int, *, confidence: float) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion.

    Args:
        hits: How many succeeded, from 0 to `n`; shares of a hit are allowed.
        n: How many could have.
        confidence: Coverage asked for, between 0 and 1.

    Returns:
        Lower and upper limit; NaN for both when `n` is 0.

    Raises:
        ValueError: If `hits` is not between 0 and `n`.

    References:
        Wilson (1927), J Am Stat Assoc 22:209-212.

    Examples:
        >>> low, high = wilson_interval(8, 10, confidence=0.95)
        >>> print(f"{low:.3f} to {high:.3f}")
        0.490 to 0.943
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits of {n} are no proportion; give 0 <= hits <= n")
    if n == 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = hits / n
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # The limits of no hit and of all hits are 0 and 1 exactly, which rounding may miss.
    low = 0.0 if hits == 0 else centre - half
    high = 1.0 if hits == n else centre + half
    return low, high


def patient_resamples(
    patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> Iterator[Int[np.ndarray, "block rows"]]:
    """Resample patients with replacement and count how often each row is then present.

    Args:
        patient_ids: The patient of every row; the order of rows does not matter.

    Yields:
        Blocks of at most 250 resamples, fewer of many patients: the multiplicity of every row. Rows of one patient share
        theirs, and the multiplicities of the patients add up to their number.
    """
    codes, patients = _numbered(patient_ids)
    rng = np.random.default_rng(bootstrap.seed)
    at_once = max(1, min(RESAMPLES_AT_ONCE, DRAWN_AT_ONCE // max(1, patients)))
    for start in range(0, bootstrap.resamples, at_once):
        block = min(at_once, bootstrap.resamples - start)
        drawn = rng.integers(max(1, patients), size=(block, patients))
        cells = drawn + patients * np.arange(block)[:, None]
        multiplicity = np.bincount(cells.ravel(), minlength=block * patients)
        yield multiplicity.reshape(block, patients)[:, codes]


def count_patients(patient_ids: ArrayLike) -> int:
    """Count the patients of rows."""
    return _numbered(patient_ids)[1]


def resampled_sums(
    values: Float[np.ndarray, "rows columns"], patient_ids: ArrayLike, *, bootstrap: Bootstrap
) -> Float[np.ndarray, "resamples columns"]:
    """Add up every column over the rows that each resample of the patients holds.

    Args:
        values: What is added up.
        patient_ids: The patient of every row.
    """
    codes, patients = _numbered(patient_ids)
    sums = _sums(values, codes, patients)
    blocks = patient_resamples(range(patients), bootstrap=bootstrap)
    return np.concatenate([multiplicity @ sums for multiplicity in blocks])


def bootstrap_rates(
    hits: Float[np.ndarray, "rows rates"],
    counts: Float[np.ndarray, "rows rates"],
    patient_ids: ArrayLike,
    *,
    bootstrap: Bootstrap,
) -> Rates:
    """Estimate rates `sum(hits) / sum(counts)` with intervals from resampled patients.

    All rates share the resamples. A resample in which nothing of a rate is counted is left out of
    that rate's interval. Where resampling cannot move a rate - it is 0 or 1, or only one patient
    counts - the interval is Wilson's with the number of counted patients as `n`, because scans of
    one patient are not independent.

    Args:
        hits: Success of every row per rate, 0 where the row does not count.
        counts: 1 where a row counts towards a rate, otherwise 0.
        patient_ids: The patient of every row.

    Returns:
        One value and interval per column.
    """
    codes, patients = _numbered(patient_ids)
    sums = resampled_sums(np.column_stack([hits, counts]), patient_ids, bootstrap=bootstrap)
    drawn = ratio(*np.split(sums, 2, axis=1))
    value = ratio(hits.sum(axis=0), counts.sum(axis=0))
    counted_patients = (_sums(counts, codes, patients) > 0).sum(axis=0)
    limits = [
        limits_of(rate, drawn[:, column], patients=int(counted), confidence=bootstrap.confidence)
        for column, (rate, counted) in enumerate(zip(value, counted_patients, strict=True))
    ]
    low, high = np.array(limits).reshape(-1, 2).T
    return Rates(value=value, ci_low=low, ci_high=high)


def bootstrap_differences(
    first: Float[np.ndarray, "rows rates"],
    second: Float[np.ndarray, "rows rates"],
    counts: Float[np.ndarray, "rows rates"],
    patient_ids: ArrayLike,
    *,
    bootstrap: Bootstrap,
) -> Rates:
    """Estimate the differences of two rates of the same rows, with intervals from resampled patients.

    Both rates of a pair share their resamples, with each other and with `bootstrap_rates`. Where resampling
    cannot move a difference, see `limits_of_difference`.

    Args:
        first: Success of every row per rate, 0 where the row does not count.
        second: The one to subtract.
        counts: 1 where a row counts towards both, otherwise 0.
        patient_ids: The patient of every row.

    Returns:
        One difference and interval per column; NaN where nothing was counted.
    """
    codes, patients = _numbered(patient_ids)
    sums = resampled_sums(
        np.column_stack([first - second, counts]), patient_ids, bootstrap=bootstrap
    )
    drawn = ratio(*np.split(sums, 2, axis=1))
    n = counts.sum(axis=0)
    rates = [ratio(hits.sum(axis=0), n) for hits in (first, second)]
    counted_patients = (_sums(counts, codes, patients) > 0).sum(axis=0)
    limits = [
        limits_of_difference(
            one, other, drawn[:, column], patients=int(counted), confidence=bootstrap.confidence
        )
        for column, (one, other, counted) in enumerate(zip(*rates, counted_patients, strict=True))
    ]
    low, high = np.array(limits).reshape(-1, 2).T
    return Rates(value=rates[0] - rates[1], ci_low=low, ci_high=high)


def ratio(
    hits: Float[np.ndarray, "..."], counts: Float[np.ndarray, "..."]
) -> Float[np.ndarray, "..."]:
    """Divide hits by counts; nothing counted gives NaN."""
    ratio = np.full(hits.shape, np.nan)
    np.divide(hits, counts, out=ratio, where=counts > 0)
    return ratio


def limits_of(
    value: float,
    resampled: Float[np.ndarray, " resamples"],
    *,
    patients: int,
    confidence: float,
) -> tuple[float, float]:
    """Return the expanded percentile interval, or Wilson's where resampling does not move the value.

    Args:
        value: The observed rate or AUC, NaN when there is none.
        resampled: The same statistic in every resample.
        patients: How many patients carry the statistic: Wilson's `n`, and that of `resampled_interval`.
        confidence: Coverage asked for.

    Returns:
        Lower and upper limit; NaN for both when the value is NaN.
    """
    if math.isnan(value):
        return math.nan, math.nan
    known = resampled[~np.isnan(resampled)]
    if known.size == 0 or np.ptp(known) < UNMOVED:
        return wilson_interval(value * patients, patients, confidence=confidence)
    return resampled_interval(known, patients=patients, confidence=confidence)


def limits_of_difference(
    first: float,
    second: float,
    resampled: Float[np.ndarray, " resamples"],
    *,
    patients: int,
    confidence: float,
) -> tuple[float, float]:
    """Return the expanded percentile interval of `first - second`, or Newcombe's where nothing moves it.

    Newcombe's interval squares and adds the distances of both values to their Wilson limits. It
    takes the two as independent, which is wide for values that rise and fall together.

    Args:
        first: A rate or AUC, NaN when there is none.
        second: The one to subtract.
        resampled: The difference in every resample.
        patients: How many patients carry the values: Wilson's `n`, and that of `resampled_interval`.
        confidence: Coverage asked for.

    Returns:
        Lower and upper limit, between -1 and 1; NaN for both when a value is NaN.

    References:
        Newcombe (1998), Stat Med 17:873-890, method 10.
    """
    if math.isnan(first) or math.isnan(second):
        return math.nan, math.nan
    known = resampled[~np.isnan(resampled)]
    if known.size and np.ptp(known) >= UNMOVED:
        return resampled_interval(known, patients=patients, confidence=confidence)
    return difference_interval(first, second, n=patients, confidence=confidence)


def difference_interval(
    first: float, second: float, *, n: int, confidence: float
) -> tuple[float, float]:
    """Return Newcombe's interval of the difference of two proportions of `n`; see `limits_of_difference`."""
    first_low, first_high = wilson_interval(first * n, n, confidence=confidence)
    second_low, second_high = wilson_interval(second * n, n, confidence=confidence)
    difference = first - second
    return (
        max(-1.0, difference - math.hypot(first - first_low, second_high - second)),
        min(1.0, difference + math.hypot(first_high - first, second - second_low)),
    )


def independent_difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return the difference of two numbers from different patients, with its interval, from the intervals of both.

    The distances of both to their limits are squared and added: where intervals are skew, so is that of the
    difference (MOVER).

    Args:
        first: Value, lower and upper limit.
        second: The same of what is subtracted, at the same confidence.

    Returns:
        Difference, lower and upper limit; NaN for all where a value is NaN.

    References:
        Zou and Donner (2008), Stat Med 27:1693-1702, equation 5.

    Examples:
        >>> found = independent_difference((0.9, 0.86, 0.93), (0.8, 0.77, 0.84))
        >>> [round(number, 3) for number in found]
        [0.1, 0.043, 0.142]
    """
    (one, one_low, one_high), (other, other_low, other_high) = first, second
    difference = one - other
    low = difference - math.hypot(one - one_low, other_high - other)
    high = difference + math.hypot(one_high - one, other - other_low)
    return difference, low, high


def _numbered(patient_ids: ArrayLike) -> tuple[Int[np.ndarray, " rows"], int]:
    """Number the patients of all rows in the order of their ids, and count them."""
    codes, patients = pd.factorize(np.asarray(patient_ids), sort=True)
    return codes, len(patients)


def _sums(
    values: Float[np.ndarray, "rows rates"], codes: Int[np.ndarray, " rows"], patients: int
) -> Float[np.ndarray, "patients rates"]:
    """Add up the rows of every patient."""
    sums = np.zeros((patients, values.shape[1]))
    np.add.at(sums, codes, values)
    return sums

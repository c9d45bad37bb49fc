"""DeLong's variance equals its definition over all pairs; the test of two AUCs obeys its laws."""

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.classification import (
    auc,
    compare_aucs_delong,
    delong_interval,
    delong_variance,
)
from sonolens.evaluation.classification.delong import unmoved_difference
from sonolens.evaluation.statistics import wilson_interval

seeds = st.integers(0, 2**32 - 1)


def tied(seed: int, n: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and two related scores, many of them tied."""
    rng = np.random.default_rng(seed)
    labels = rng.random(n) < 0.4
    labels[:4] = [True, True, False, False]
    shared = rng.normal(size=n) + labels
    first = np.round(shared + rng.normal(size=n))
    return labels, first, np.round(shared + rng.normal(size=n), 1)


def psi(malignant: float, benign: float) -> float:
    return 1.0 if malignant > benign else 0.5 if malignant == benign else 0.0


def covariance_over_pairs(labels, *scores) -> np.ndarray:
    """The covariance of several AUCs exactly as it is defined, one pair after the other."""
    m, n = int(labels.sum()), int((~labels).sum())
    of_malignant, of_benign = np.zeros((len(scores), m)), np.zeros((len(scores), n))
    for row, values in enumerate(scores):
        for (i, x), (j, y) in itertools.product(
            enumerate(values[labels]), enumerate(values[~labels])
        ):
            of_malignant[row, i] += psi(x, y) / n
            of_benign[row, j] += psi(x, y) / m
    return np.atleast_2d(np.cov(of_malignant)) / m + np.atleast_2d(np.cov(of_benign)) / n


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_the_variance_equals_its_definition_over_all_pairs(seed: int) -> None:
    labels, scores, _ = tied(seed)

    expected = covariance_over_pairs(labels, scores)[0, 0]
    assert delong_variance(labels, scores) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_the_test_equals_its_definition_over_all_pairs(seed: int) -> None:
    labels, first, second = tied(seed)

    compared = compare_aucs_delong(labels, first, second, confidence=0.9)

    s = covariance_over_pairs(labels, first, second)
    error = math.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    difference = auc(labels, first) - auc(labels, second)
    assert compared.difference == pytest.approx(difference, abs=1e-12)
    assert compared.p_value == pytest.approx(2 * NormalDist().cdf(-abs(difference) / error))
    assert compared.ci_low == pytest.approx(max(-1, difference - 1.6448536 * error), abs=1e-6)
    assert compared.ci_high == pytest.approx(min(1, difference + 1.6448536 * error), abs=1e-6)


def test_a_small_variance_by_hand() -> None:
    labels = np.array([True, True, False, False])

    # Malignant at 0.9 beats both, at 0.4 beats one: 1 and 0.5, variance 0.125, halved: 0.0625.
    # Benign at 0.5 loses to one, at 0.1 to both: 0.5 and 1, the same again.
    assert delong_variance(labels, np.array([0.9, 0.4, 0.5, 0.1])) == pytest.approx(0.125)


def test_the_interval_is_symmetric_in_log_odds() -> None:
    labels, scores, _ = tied(1, n=60)
    area, error = auc(labels, scores), math.sqrt(delong_variance(labels, scores))

    low, high = delong_interval(labels, scores, confidence=0.95)

    def log_odds(share: float) -> float:
        return math.log(share / (1 - share))

    half = 1.959964 * error / (area * (1 - area))
    assert log_odds(low) == pytest.approx(log_odds(area) - half, abs=1e-5)
    assert log_odds(high) == pytest.approx(log_odds(area) + half, abs=1e-5)


def test_perfect_separation_has_wilsons_interval_over_the_rarer_class() -> None:
    labels, scores = np.array([True] * 3 + [False] * 9), np.append([0.9] * 3, [0.1] * 9)

    assert delong_variance(labels, scores) == 0
    assert delong_interval(labels, scores, confidence=0.95) == (
        wilson_interval(3, 3, confidence=0.95)
    )


def test_one_case_of_a_class_has_wilsons_interval_for_one() -> None:
    labels, scores = np.array([True, False, False]), np.array([0.5, 0.9, 0.1])

    assert np.isnan(delong_variance(labels, scores))
    assert delong_interval(labels, scores, confidence=0.95) == (
        wilson_interval(0.5, 1, confidence=0.95)
    )


def test_without_a_class_there_is_no_interval() -> None:
    labels, scores = np.array([True, True]), np.array([0.5, 0.9])

    assert np.isnan(delong_interval(labels, scores, confidence=0.95)).all()
    with pytest.raises(ValueError, match="2 of 2 cases are malignant"):
        compare_aucs_delong(labels, scores, scores, confidence=0.95)


def test_intervals_cover_the_true_area_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat([True, False], [30, 60])
    truth = NormalDist().cdf(1.5 / math.sqrt(2))
    covered = 0
    for _ in range(400):
        low, high = delong_interval(labels, rng.normal(1.5 * labels), confidence=0.95)
        covered += low <= truth <= high

    assert 0.92 <= covered / 400 <= 0.98


def test_a_score_equals_itself() -> None:
    labels, scores, _ = tied(4)

    compared = compare_aucs_delong(labels, scores, scores, confidence=0.95)

    assert (compared.difference, compared.ci_low, compared.ci_high) == (0, 0, 0)
    assert compared.p_value == 1


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_swapping_the_two_flips_the_sign(seed: int) -> None:
    labels, first, second = tied(seed)

    there = compare_aucs_delong(labels, first, second, confidence=0.95)
    back = compare_aucs_delong(labels, second, first, confidence=0.95)

    assert there.difference == -back.difference
    assert (there.ci_low, there.ci_high) == pytest.approx((-back.ci_high, -back.ci_low))
    assert there.p_value == pytest.approx(back.p_value)
    assert (there.first_auc, there.second_auc) == (back.second_auc, back.first_auc)


def test_two_equal_classifiers_differ_significantly_one_time_in_twenty() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat([True, False], 40)
    alarms = 0
    for _ in range(400):
        shared = rng.normal(labels)
        first, second = (shared + rng.normal(size=80) for _ in range(2))
        alarms += compare_aucs_delong(labels, first, second, confidence=0.95).p_value < 0.05

    assert 0.02 <= alarms / 400 <= 0.09


def test_two_perfect_classifiers_that_rank_differently_may_still_differ() -> None:
    labels = np.repeat([True, False], 4)
    first, second = np.arange(8.0)[::-1], np.array([4.0, 5, 6, 7, 0, 1, 2, 3])

    compared = compare_aucs_delong(labels, first, second, confidence=0.95)

    low, _ = wilson_interval(4, 4, confidence=0.95)
    assert compared.difference == 0
    assert (compared.ci_low, compared.ci_high) == pytest.approx((low - 1, 1 - low))
    assert compared.p_value == 1


def test_a_perfect_and_a_constant_classifier_differ_as_far_as_few_cases_show() -> None:
    few, many = (np.repeat([True, False], n) for n in (2, 50))

    def p_value(labels: np.ndarray) -> float:
        constant = np.zeros(len(labels))
        return compare_aucs_delong(labels, labels * 1.0, constant, confidence=0.95).p_value

    assert p_value(few) > 0.05
    assert 0 < p_value(many) < 1e-4


def test_newcombes_interval_of_a_published_difference() -> None:
    # 56 of 70 against 48 of 80 in Newcombe's paper have unequal n; with equal n, by hand:
    # 8 of 10 (0.4902 to 0.9433) against 5 of 10 (0.2366 to 0.7634).
    compared = unmoved_difference(0.8, 0.5, n=10, confidence=0.95)

    assert compared.ci_low == pytest.approx(0.3 - math.hypot(0.3098, 0.2634), abs=2e-4)
    assert compared.ci_high == pytest.approx(0.3 + math.hypot(0.1433, 0.2634), abs=2e-4)

"""The calibration line agrees with logistic regression, and its interval with resampled patients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from sonolens.evaluation.classification import calibration_intercept, calibration_slope
from sonolens.evaluation.statistics import Bootstrap, patient_resamples

WHOLE = {"confidence": 0.95}


def foretold(seed: int, *, slope: float = 1.0, intercept: float = 0.0, n: int = 300):
    """Labels drawn so that the calibration line has the slope and intercept given."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(0, 1.5, size=n)
    labels = rng.random(n) < expit(intercept + slope * log_odds)
    return labels, log_odds


def most_likely(labels, log_odds, *, slope_held: bool) -> np.ndarray:
    def loss(line):
        z = line[0] + (1.0 if slope_held else line[1]) * log_odds
        return np.sum(np.logaddexp(0, z) - labels * z)

    start = np.zeros(1 if slope_held else 2)
    return minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), slope=st.floats(0.3, 3), intercept=st.floats(-1, 1))
def test_the_line_is_the_most_likely_one(seed, slope, intercept):
    labels, log_odds = foretold(seed, slope=slope, intercept=intercept)

    found_slope = calibration_slope(labels, log_odds, range(300), **WHOLE).value
    found_intercept = calibration_intercept(labels, log_odds, range(300), **WHOLE).value

    assert found_slope == pytest.approx(
        most_likely(labels, log_odds, slope_held=False)[1], abs=1e-6
    )
    assert found_intercept == pytest.approx(
        most_likely(labels, log_odds, slope_held=True)[0], abs=1e-6
    )


def test_a_group_that_is_malignant_half_as_often_as_foretold_by_odds():
    # Foretold 0.5, seen 1 in 4: log-odds must fall by log 3.
    labels = np.array([True, False, False, False] * 10)

    intercept = calibration_intercept(labels, np.zeros(40), range(40), **WHOLE)

    assert intercept.value == pytest.approx(-math.log(3))
    # The variance of a constant is 1 / (n p (1 - p)); few patients add n / (n - 1).
    half = 1.959964 * math.sqrt(1 / (40 * 0.25 * 0.75) * 40 / 39)
    assert intercept.ci_high - intercept.value == pytest.approx(half, abs=1e-5)
    assert intercept.value - intercept.ci_low == pytest.approx(half, abs=1e-5)


def test_two_groups_have_the_slope_of_their_log_odds():
    # Foretold log-odds -2 and 2; seen 1 in 4 and 3 in 4: slope log 9 / 4.
    labels = np.array(([True] + [False] * 3) * 5 + ([True] * 3 + [False]) * 5)
    log_odds = np.repeat([-2.0, 2.0], 20)

    slope = calibration_slope(labels, log_odds, range(40), **WHOLE)

    assert slope.value == pytest.approx(math.log(9) / 4)
    # Each group's log-odds have variance 1 / (20 p (1 - p)); their distance of 4 divides it.
    error = math.sqrt(2 / (20 * 0.25 * 0.75) * 40 / 39) / 4
    assert slope.ci_high - slope.value == pytest.approx(1.959964 * error, abs=1e-5)


def test_stretched_log_odds_have_the_inverse_slope():
    labels, log_odds = foretold(0)
    once = calibration_slope(labels, log_odds, range(300), **WHOLE)
    twice = calibration_slope(labels, 2 * log_odds + 1, range(300), **WHOLE)

    assert twice.value == pytest.approx(once.value / 2)
    assert twice.ci_low == pytest.approx(once.ci_low / 2)


def test_probabilities_the_wrong_way_round_have_a_negative_slope():
    labels, log_odds = foretold(1)

    there = calibration_slope(labels, log_odds, range(300), **WHOLE)
    assert calibration_slope(labels, -log_odds, range(300), **WHOLE).value == (
        pytest.approx(-there.value)
    )


@pytest.mark.parametrize("line", [calibration_slope, calibration_intercept])
def test_scans_told_three_times_do_not_narrow_the_interval(line):
    labels, log_odds = foretold(2)

    once = line(labels, log_odds, range(300), **WHOLE)
    thrice = line(np.tile(labels, 3), np.tile(log_odds, 3), np.tile(range(300), 3), **WHOLE)

    assert (thrice.value, thrice.ci_low) == pytest.approx((once.value, once.ci_low))
    assert (once.ci_high - once.value) == pytest.approx(once.value - once.ci_low)


@pytest.mark.parametrize("line", [calibration_slope, calibration_intercept])
def test_the_interval_is_about_that_of_resampled_patients(line):
    labels, log_odds = foretold(3, n=600)
    patients = np.repeat(np.arange(200), 3)
    log_odds = log_odds + np.repeat(np.random.default_rng(0).normal(size=200), 3)

    found = line(labels, log_odds, patients, **WHOLE)

    (drawn,) = patient_resamples(
        patients, bootstrap=Bootstrap(resamples=150, confidence=0.95, seed=0)
    )
    resampled = [
        line(labels.repeat(times), log_odds.repeat(times), patients.repeat(times), **WHOLE).value
        for times in drawn
    ]
    error = (found.ci_high - found.ci_low) / 2 / 1.959964
    assert np.std(resampled) == pytest.approx(error, rel=0.2)


def test_calibrated_probabilities_have_slope_one_in_their_interval_nineteen_times_in_twenty():
    covered = np.zeros(2)
    for seed in range(200):
        labels, log_odds = foretold(seed, n=200)
        slope = calibration_slope(labels, log_odds, range(200), **WHOLE)
        intercept = calibration_intercept(labels, log_odds, range(200), **WHOLE)
        covered += [slope.ci_low <= 1 <= slope.ci_high, intercept.ci_low <= 0 <= intercept.ci_high]

    assert (covered / 200 > 0.9).all()


@pytest.mark.parametrize(
    ("labels", "log_odds"),
    [
        ([True, True, False, False], [2.0, 1.0, 0.0, -1.0]),  # separated
        ([True, True, False, False], [-2.0, -1.0, 0.0, 1.0]),  # separated the wrong way round
        ([True, True, False, False], [2.0, 0.0, 0.0, -1.0]),  # separated but for a tie
        ([True, False, True, False], [0.3, 0.3, 0.3, 0.3]),  # all alike
        ([True, True], [2.0, 1.0]),  # one class
        ([], []),
    ],
)
def test_where_no_slope_is_most_likely_there_is_none(labels, log_odds):
    slope = calibration_slope(
        np.array(labels, dtype=bool), np.array(log_odds), range(len(labels)), **WHOLE
    )

    assert np.isnan([slope.value, slope.ci_low, slope.ci_high]).all()


def test_separated_classes_still_have_an_intercept():
    labels, log_odds = np.array([True, False]), np.array([3.0, -1.0])

    # expit(a + 3) + expit(a - 1) is 1 where the two are opposite: a = -1.
    assert calibration_intercept(labels, log_odds, range(2), **WHOLE).value == pytest.approx(-1)


def test_hardly_overlapping_classes_have_a_steep_slope():
    labels = np.repeat([True, False], 50)
    log_odds = np.append(np.linspace(0, 5, 50), np.linspace(-5, 0.01, 50))

    slope = calibration_slope(labels, log_odds, range(100), **WHOLE)

    assert slope.value > 10
    assert np.isfinite([slope.ci_low, slope.ci_high]).all()


def test_certain_and_wrong_once_is_still_a_number():
    labels = np.array([True] * 20 + [False] * 20)
    log_odds = np.where(labels, 500.0, -500.0)
    log_odds[0] = -500.0

    slope = calibration_slope(labels, log_odds, range(40), **WHOLE)
    # 19 of 19 and 1 of 21 are malignant above and below: no finite slope is most likely.
    assert math.isnan(slope.value)
    log_odds[-1] = 500.0
    slope = calibration_slope(labels, log_odds, range(40), **WHOLE)
    assert slope.value == pytest.approx(logit(0.95) / 500)


def test_one_patient_has_no_interval():
    labels, log_odds = foretold(4)

    slope = calibration_slope(labels, log_odds, ["one"] * 300, **WHOLE)

    assert np.isfinite(slope.value)
    assert np.isnan([slope.ci_low, slope.ci_high]).all()


def test_an_intercept_needs_both_classes():
    found = calibration_intercept(np.array([True]), np.array([0.2]), ["one"], **WHOLE)

    assert math.isnan(found.value)

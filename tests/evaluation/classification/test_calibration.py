"""Bins of equal number, and the gaps between what was foretold and what was seen in them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judged, study
from scipy.special import expit, logit
from sklearn.calibration import calibration_curve

from sonolens.evaluation.classification import (
    calibration_error,
    equal_number_bins,
    estimate_calibration_error,
    trace_calibration,
)
from sonolens.evaluation.statistics import Bootstrap, wilson_interval
from sonolens.tables.classification import CalibrationCurve

BOOTSTRAP = Bootstrap(resamples=300, confidence=0.95, seed=0)


def drawn(seed: int, n: int = 200):
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(2, 3, size=n)
    return rng.random(n) < probabilities, probabilities


def curve(predictions: pd.DataFrame, *, bins: int = 4, forming="mean") -> pd.DataFrame:
    table = trace_calibration(predictions, lesion_probability=forming, bins=bins, confidence=0.95)
    CalibrationCurve.validate(table)
    return table


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_curve_equals_scikit_learns_where_nothing_ties(seed):
    malignant, probability = drawn(seed)

    found = curve(judged(malignant, probability), bins=10).query(
        "level == 'scan' and scaling == 'after'"
    )

    share, mean = calibration_curve(malignant, probability, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(found["malignant_share"], share)
    np.testing.assert_allclose(found["mean_probability"], mean)
    assert (found["n"] == 20).all()


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 60), bins=st.integers(1, 20))
def test_bins_differ_by_one_case_at_most(n, bins):
    probabilities = np.random.default_rng(n).permutation(n) / n

    places = equal_number_bins(probabilities, bins=bins)

    sizes = np.bincount(places)
    assert len(sizes) == min(n, bins)
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(places[np.argsort(probabilities)]) >= 0).all()


def test_equal_probabilities_share_a_bin_in_whatever_order():
    places = equal_number_bins(np.array([0.5, 0.1, 0.5, 0.5, 0.9, 0.5]), bins=3)

    # Ranks 1, 3.5 four times, 6.
    assert places.tolist() == [1, 0, 1, 1, 2, 1]


def test_the_middle_of_a_case_decides_its_bin():
    # Of three cases the second lies from 1/3 to 2/3; its middle begins the upper half.
    assert equal_number_bins(np.array([0.1, 0.2, 0.3]), bins=2).tolist() == [0, 1, 1]


def test_all_equal_probabilities_make_one_bin():
    assert equal_number_bins(np.full(7, 0.3), bins=5).tolist() == [0] * 7


def test_the_error_of_two_bins_by_hand():
    labels = np.array([False, True, False, True, True, True])
    probabilities = np.array([0.1, 0.2, 0.3, 0.6, 0.7, 0.8])

    # Below: seen 1/3, foretold 0.2. Above: seen 1, foretold 0.7.
    assert calibration_error(labels, probabilities, bins=2) == pytest.approx(
        (abs(1 / 3 - 0.2) + abs(1 - 0.7)) / 2
    )
    # In one bin the gaps do not cancel each other: seen 4/6, foretold 2.7/6.
    assert calibration_error(labels, probabilities, bins=1) == pytest.approx((4 - 2.7) / 6)


def test_without_cases_there_is_no_error():
    nobody = np.zeros(0, dtype=bool), np.zeros(0)

    assert np.isnan(calibration_error(*nobody, bins=5))
    assert np.isnan(
        estimate_calibration_error(*nobody, np.zeros(0), bins=5, bootstrap=BOOTSTRAP).ci_low
    )


def test_the_interval_holds_the_error_and_narrows_with_patients():
    def width(n: int) -> float:
        labels, probabilities = drawn(3, n)
        wrong = np.clip(probabilities + 0.3, 0, 1)
        found = estimate_calibration_error(labels, wrong, range(n), bins=5, bootstrap=BOOTSTRAP)
        assert found.ci_low <= found.value <= found.ci_high
        return found.ci_high - found.ci_low

    assert width(1600) == pytest.approx(width(400) / 2, rel=0.35)


def test_the_interval_of_wrong_probabilities_covers_their_error():
    covered = 0
    for seed in range(100):
        labels, probabilities = drawn(seed, 400)
        # Every bin is 0.2 too high, so that is the true error.
        found = estimate_calibration_error(
            labels, probabilities + 0.2, range(400), bins=4, bootstrap=BOOTSTRAP
        )
        covered += found.ci_low <= 0.2 <= found.ci_high

    assert 90 <= covered <= 99


def test_right_probabilities_are_not_said_to_be_wrong_by_much():
    lows = [
        estimate_calibration_error(
            *drawn(seed, 400), range(400), bins=4, bootstrap=BOOTSTRAP
        ).ci_low
        for seed in range(40)
    ]

    assert np.median(lows) < 0.01


def test_patients_are_resampled_and_not_scans():
    labels, probabilities = drawn(5, 100)

    once = estimate_calibration_error(
        labels, probabilities, range(100), bins=4, bootstrap=BOOTSTRAP
    )
    again = estimate_calibration_error(
        np.tile(labels, 4),
        np.tile(probabilities, 4),
        np.tile(range(100), 4),
        bins=4,
        bootstrap=BOOTSTRAP,
    )

    assert (again.value, again.ci_low, again.ci_high) == (
        pytest.approx((once.value, once.ci_low, once.ci_high))
    )


def test_certain_and_right_is_not_certain_to_stay_so():
    labels = np.array([True, False, True])

    found = estimate_calibration_error(
        labels, labels * 1.0, ["a", "b", "b"], bins=2, bootstrap=BOOTSTRAP
    )

    assert found.value == 0
    assert (found.ci_low, found.ci_high) == wilson_interval(0, 2, confidence=0.95)


TWO = study(
    ("a1", "a", "malignant", 0.9), ("a2", "a", "malignant", 0.3), ("c1", "c", "benign", 0.7)
)


def test_a_curve_stands_before_and_after_scaling():
    scaled = TWO.assign(temperature=2.0, probability=expit(TWO["logit"] / 2))

    table = curve(scaled, bins=3).query("level == 'scan'").set_index("scaling")

    np.testing.assert_allclose(table.loc["before", "mean_probability"], [0.3, 0.7, 0.9])
    np.testing.assert_allclose(
        table.loc["after", "mean_probability"], expit(logit([0.3, 0.7, 0.9]) / 2)
    )
    assert table.loc["after", "malignant_share"].tolist() == [1, 0, 1]
    assert table.loc["after", "bin"].tolist() == [1, 2, 3]


def test_intervals_are_wilsons():
    point = curve(TWO, bins=1).query("level == 'scan'").iloc[0]

    assert (point["ci_low"], point["ci_high"]) == wilson_interval(2, 3, confidence=0.95)
    assert point["n"] == 3


@pytest.mark.parametrize(("forming", "first"), [("mean", 0.6), ("max", 0.7)])
def test_lesions_are_formed_as_asked(forming, first):
    lesions = curve(TWO, bins=2, forming=forming).query("level == 'lesion' and scaling == 'before'")

    assert lesions["mean_probability"].iloc[0] == pytest.approx(first)


def test_only_cases_that_were_not_fitted_have_a_curve():
    parts = [TWO.assign(partition=name, run="r") for name in ("train", "validation", "test")]

    assert list(curve(pd.concat(parts))["partition"].unique()) == ["validation", "test"]


def test_a_run_without_such_cases_has_no_curve():
    table = curve(TWO.assign(partition="train"))

    assert table.empty

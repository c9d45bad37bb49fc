import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from sonolens.evaluation import (
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
    patient_resamples,
    roc_points,
)


def tied_scores(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.random(n) < 0.4
    labels[:2] = [True, False]
    return labels, np.round(rng.random(n) + 0.3 * labels, 1) / 2


def test_three_of_four_pairs_in_order_make_three_quarters():
    labels = np.array([True, True, False, False])

    assert auc(labels, np.array([0.9, 0.4, 0.5, 0.1])) == 0.75


def test_a_tie_counts_half():
    assert auc(np.array([True, False]), np.array([0.5, 0.5])) == 0.5


def test_without_a_benign_case_there_is_no_auc():
    assert np.isnan(auc(np.array([True, True]), np.array([0.1, 0.2])))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_auc_equals_scikit_learns(seed):
    labels, scores = tied_scores(seed)

    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_reversed_scores_have_the_complementary_auc(seed):
    labels, scores = tied_scores(seed)

    assert auc(labels, -scores) == pytest.approx(1 - auc(labels, scores))
    assert auc(~labels, scores) == pytest.approx(1 - auc(labels, scores))


def test_every_resampled_auc_equals_that_of_the_repeated_scans():
    labels, scores = tied_scores(5, n=12)
    patients = np.repeat(np.arange(4), 3)

    aucs = bootstrap_aucs(labels, scores, patients, resamples=30, seed=2)

    (drawn,) = patient_resamples(patients, resamples=30, seed=2)
    repeated = [auc(labels.repeat(times), scores.repeat(times)) for times in drawn]
    np.testing.assert_allclose(aucs, repeated)


def test_a_resample_that_lacks_a_class_has_no_auc():
    labels, scores = np.array([True, False, False]), np.array([0.9, 0.2, 0.1])

    aucs = bootstrap_aucs(labels, scores, ["a", "b", "c"], resamples=200, seed=0)

    (drawn,) = patient_resamples(["a", "b", "c"], resamples=200, seed=0)
    lacks_a_class = (drawn[:, 0] == 0) | (drawn[:, 1:].sum(axis=1) == 0)
    np.testing.assert_array_equal(np.isnan(aucs), lacks_a_class)
    assert (aucs[~lacks_a_class] == 1).all()


def test_the_curve_climbs_at_malignant_cases_and_moves_right_at_benign_ones():
    curve = roc_points(np.array([True, False, True]), np.array([0.9, 0.6, 0.3]))

    np.testing.assert_array_equal(curve.thresholds, [np.inf, 0.9, 0.6, 0.3])
    np.testing.assert_array_equal(curve.true_positive_rate, [0, 0.5, 0.5, 1])
    np.testing.assert_array_equal(curve.false_positive_rate, [0, 0, 1, 1])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_curve_equals_scikit_learns(seed):
    labels, scores = tied_scores(seed)

    curve = roc_points(labels, scores)

    false_rate, true_rate, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.false_positive_rate, false_rate)
    np.testing.assert_allclose(curve.true_positive_rate, true_rate)
    np.testing.assert_allclose(curve.thresholds, thresholds)


def test_a_curve_of_one_class_is_refused():
    with pytest.raises(ValueError, match=r"needs both classes.*0 malignant and 2 benign"):
        roc_points(np.array([False, False]), np.array([0.1, 0.2]))


def test_the_threshold_is_the_point_closest_to_the_corner():
    labels = np.array([True, True, True, False, True, False, False, False])
    probabilities = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])

    # At 0.7 three of four malignant are found without a false call: 0.25 from the corner.
    # At 0.5 all four are found with one false call of four: 0.25 as well, and nothing is missed.
    assert closest_to_corner(labels, probabilities) == 0.5


def test_one_more_benign_case_settles_the_tie():
    labels = np.array([True, True, True, False, True, False, False])
    probabilities = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])

    assert closest_to_corner(labels, probabilities) == 0.7


def test_a_classifier_that_is_always_wrong_calls_everything_malignant():
    labels, probabilities = np.array([True, False]), np.array([0.2, 0.9])

    assert closest_to_corner(labels, probabilities) == 0.2


def test_a_probability_at_the_threshold_is_called_malignant():
    called = call_malignant(np.array([0.3, 0.2999, 0.31]), 0.3)

    assert called.tolist() == [True, False, True]


def test_a_last_digit_lost_in_a_file_changes_no_call():
    assert call_malignant(np.array([0.3]), np.nextafter(0.3, 1)).all()

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import judged, study
from sklearn.metrics import roc_auc_score, roc_curve

from sonolens.evaluation.classification import (
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
    reach_sensitivity,
    roc_points,
    trace_roc,
    youden,
)
from sonolens.evaluation.statistics import Bootstrap, patient_resamples
from sonolens.tables.classification import RocCurve


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

    aucs = bootstrap_aucs(
        labels, scores, patients, bootstrap=Bootstrap(resamples=30, confidence=0.95, seed=2)
    )

    (drawn,) = patient_resamples(
        patients, bootstrap=Bootstrap(resamples=30, confidence=0.95, seed=2)
    )
    repeated = [auc(labels.repeat(times), scores.repeat(times)) for times in drawn]
    np.testing.assert_allclose(aucs, repeated)


def test_a_resample_that_lacks_a_class_has_no_auc():
    labels, scores = np.array([True, False, False]), np.array([0.9, 0.2, 0.1])

    aucs = bootstrap_aucs(
        labels, scores, ["a", "b", "c"], bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0)
    )

    (drawn,) = patient_resamples(
        ["a", "b", "c"], bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0)
    )
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


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_monotone_change_of_scale_leaves_the_auc(seed):
    labels, scores = tied_scores(seed)

    assert auc(labels, np.exp(3 * scores) - 7) == auc(labels, scores)


def test_youden_counts_rates_and_not_cases():
    labels = np.array([True, True, False, False, False, False])
    probabilities = np.array([0.9, 0.3, 0.8, 0.4, 0.2, 0.1])

    # At 0.9: 1/2 - 0; at 0.3: 1 - 2/4. The lower of the two misses fewer malignant cases.
    assert youden(labels, probabilities) == 0.3
    # With one more benign case below, the lower one is better outright; above it is worse.
    assert youden(np.append(labels, False), np.append(probabilities, 0.85)) == 0.9


def test_youden_and_the_corner_can_disagree():
    labels = np.array([True] * 10 + [False] * 10)
    probabilities = np.array([0.9] * 7 + [0.5] * 2 + [0.1] + [0.5] * 2 + [0.05] * 8)

    # At 0.9: J 0.70, distance 0.30. At 0.5: J 0.70, distance hypot(0.2, 0.1). At 0.1: J 0.80 but
    # distance 0.20.
    assert youden(labels, probabilities) == 0.1
    assert closest_to_corner(labels, probabilities) == 0.1
    more = np.append(labels, [False] * 3), np.append(probabilities, [0.2] * 3)
    # Now 0.1 has J 1 - 5/13 = 0.615 and 0.5 has 0.9 - 2/13 = 0.746 and distance hypot(.154, .1).
    assert youden(*more) == 0.5


def test_the_highest_threshold_that_finds_enough_is_taken():
    labels = np.array([True] * 10 + [False] * 2)
    probabilities = np.append(np.arange(10, 0, -1) / 10, [0.95, 0.05])

    assert reach_sensitivity(labels, probabilities, sensitivity=0.9) == 0.2
    assert reach_sensitivity(labels, probabilities, sensitivity=0.91) == 0.1
    assert reach_sensitivity(labels, probabilities, sensitivity=1.0) == 0.1
    assert reach_sensitivity(labels, probabilities, sensitivity=0.01) == 1.0


def test_cases_that_tie_are_found_together():
    labels = np.array([True, True, True, False])

    assert reach_sensitivity(labels, np.array([0.8, 0.5, 0.5, 0.5]), sensitivity=0.6) == 0.5


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), sensitivity=st.floats(0.05, 1))
def test_no_higher_threshold_finds_as_many(seed, sensitivity):
    labels, scores = tied_scores(seed)

    threshold = reach_sensitivity(labels, scores, sensitivity=sensitivity)

    assert (scores[labels] >= threshold).mean() >= sensitivity - 1e-9
    assert (scores[labels] > threshold).mean() < sensitivity


def test_no_sensitivity_at_all_is_refused():
    with pytest.raises(ValueError, match=r"a sensitivity of 0.* above 0"):
        reach_sensitivity(np.array([True, False]), np.array([0.2, 0.1]), sensitivity=0.0)


def test_every_case_may_have_its_own_threshold():
    called = call_malignant(np.array([0.3, 0.3]), np.array([0.2, 0.4]))

    assert called.tolist() == [True, False]


SIX = study(
    ("a1", "a", "malignant", 0.9),
    ("a2", "a", "malignant", 0.3),
    ("b1", "b", "malignant", 0.6),
    ("c1", "c", "benign", 0.7),
    ("c2", "c", "benign", 0.1),
    ("d1", "d", "benign", 0.2),
)


def test_a_curve_is_traced_per_level_and_partition():
    table = trace_roc(SIX, lesion_probability="mean")

    RocCurve.validate(table)
    lesions = table[table["level"] == "lesion"]
    # Lesion means a and b tie at 0.6 above both benign ones: up, then right.
    np.testing.assert_allclose(lesions["false_positive_rate"], [0, 0, 1])
    np.testing.assert_allclose(lesions["true_positive_rate"], [0, 1, 1])
    np.testing.assert_allclose(lesions["threshold"], [np.inf, 0.6, 0.2])


def test_a_curve_of_lesions_may_take_the_largest_probability():
    table = trace_roc(SIX, lesion_probability="max")

    # a 0.9 and b 0.6 malignant, c 0.7 and d 0.2 benign: up, right, up, right.
    lesions = table[table["level"] == "lesion"]
    np.testing.assert_allclose(lesions["threshold"], [np.inf, 0.9, 0.7, 0.6, 0.2])


def test_leaving_out_points_on_straight_pieces_leaves_the_area():
    rng = np.random.default_rng(8)
    probability = np.round(rng.random(300), 2).clip(0.01, 0.99)
    malignant = rng.random(300) < probability

    scan = trace_roc(judged(malignant, probability), lesion_probability="mean").query(
        "level == 'scan'"
    )

    area = np.trapezoid(scan["true_positive_rate"], scan["false_positive_rate"])
    assert area == pytest.approx(auc(malignant, probability))
    assert len(scan) < len(roc_points(malignant, probability).thresholds)


def test_a_partition_of_one_class_has_no_curve():
    table = trace_roc(SIX[SIX["label"] == "benign"], lesion_probability="mean")

    assert table.empty
    RocCurve.validate(table)


@pytest.mark.parametrize("scored", [auc, roc_points])
@pytest.mark.parametrize("place", [0, 3])
def test_a_score_that_is_no_number_has_no_rank(scored, place):
    scores = np.array([0.9, 0.2, 0.4, 0.1])
    scores[place] = np.nan

    with pytest.raises(ValueError, match=rf"score {place} of 4 is NaN"):
        scored(np.array([True, True, False, False]), scores)

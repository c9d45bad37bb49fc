"""Two AUCs compared by resampling patients."""

import numpy as np
import pytest

from sonolens.evaluation.classification import (
    auc,
    compare_aucs_bootstrap,
    compare_aucs_delong,
)
from sonolens.evaluation.classification.auc_bootstrap import two_sided_p
from sonolens.evaluation.statistics import Bootstrap, patient_resamples, resampled_interval

BOOTSTRAP = Bootstrap(resamples=400, confidence=0.95, seed=2)


def related(seed: int, n: int = 80, gain: float = 0.0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2 == 0
    shared = rng.normal(size=n) + labels
    return labels, shared + rng.normal(size=n) + gain * labels, shared + rng.normal(size=n)


def test_every_difference_is_that_of_the_repeated_scans() -> None:
    labels, first, second = related(0, n=12)
    patients = np.repeat(np.arange(4), 3)

    compared = compare_aucs_bootstrap(labels, first, second, patients, bootstrap=BOOTSTRAP)

    blocks = patient_resamples(
        patients, bootstrap=Bootstrap(resamples=400, confidence=0.95, seed=2)
    )
    differences = []
    for times in np.concatenate([*blocks]):
        repeated = labels.repeat(times)
        differences.append(auc(repeated, first.repeat(times)) - auc(repeated, second.repeat(times)))
    rarer = min(len(set(patients[labels])), len(set(patients[~labels])))
    assert (compared.ci_low, compared.ci_high) == pytest.approx(
        resampled_interval(np.array(differences), patients=rarer, confidence=0.95)
    )
    assert compared.difference == pytest.approx(auc(labels, first) - auc(labels, second))


def test_with_independent_cases_it_agrees_with_delong() -> None:
    labels, first, second = related(1, n=300, gain=0.4)

    bootstrapped = compare_aucs_bootstrap(labels, first, second, range(300), bootstrap=BOOTSTRAP)
    delong = compare_aucs_delong(labels, first, second, confidence=0.95)

    assert bootstrapped.difference == delong.difference
    assert bootstrapped.ci_low == pytest.approx(delong.ci_low, abs=0.015)
    assert bootstrapped.ci_high == pytest.approx(delong.ci_high, abs=0.015)


def test_scans_told_four_times_do_not_narrow_the_interval() -> None:
    labels, first, second = related(2)

    once = compare_aucs_bootstrap(labels, first, second, range(80), bootstrap=BOOTSTRAP)
    again = compare_aucs_bootstrap(
        np.tile(labels, 4),
        np.tile(first, 4),
        np.tile(second, 4),
        np.tile(range(80), 4),
        bootstrap=BOOTSTRAP,
    )

    assert (again.ci_low, again.ci_high) == pytest.approx((once.ci_low, once.ci_high))
    assert again.p_value == once.p_value


def test_a_score_equals_itself_and_any_monotone_change_of_it() -> None:
    labels, scores, _ = related(3)

    compared = compare_aucs_bootstrap(
        labels, scores, np.exp(scores), range(80), bootstrap=BOOTSTRAP
    )

    assert (compared.difference, compared.ci_low, compared.ci_high) == (0, 0, 0)
    assert compared.p_value == 1


def test_swapping_the_two_flips_the_sign() -> None:
    labels, first, second = related(4)

    there = compare_aucs_bootstrap(labels, first, second, range(80), bootstrap=BOOTSTRAP)
    back = compare_aucs_bootstrap(labels, second, first, range(80), bootstrap=BOOTSTRAP)

    assert there.difference == -back.difference
    assert (there.ci_low, there.ci_high) == pytest.approx((-back.ci_high, -back.ci_low))
    assert there.p_value == back.p_value


def test_a_difference_that_nothing_moves_is_not_taken_for_certain() -> None:
    labels = np.repeat([True, False], 3)

    compared = compare_aucs_bootstrap(
        labels, labels * 1.0, np.zeros(6), range(6), bootstrap=BOOTSTRAP
    )

    assert compared.difference == 0.5
    assert compared.ci_low < 0 < compared.p_value - 0.05


def test_p_counts_the_side_of_zero_with_fewer_resamples() -> None:
    many = 10**9
    few, none = np.array([0.1] * 97 + [-0.1] * 2), np.array([-0.1] * 99)
    assert two_sided_p(few, patients=many) == pytest.approx(2 * 3 / 100)
    assert two_sided_p(none, patients=many) == pytest.approx(2 / 100)
    assert two_sided_p(np.zeros(99), patients=many) == 1


def test_of_few_patients_p_is_that_of_students_t() -> None:
    few = np.array([0.1] * 97 + [-0.1] * 2)

    # 3 in 100 lie beyond -1.8808 of the normal; over the root of 10 / 9 that is -1.7843, beyond which lie 5.40 in 100 of
    # Student's distribution with 9 degrees of freedom.
    assert two_sided_p(few, patients=10) == pytest.approx(2 * 0.0540, abs=1e-4)
    assert two_sided_p(few, patients=1) == 1


@pytest.mark.parametrize("patients", [3, 8, 40, 300])
def test_p_below_the_level_means_that_the_interval_leaves_out_zero(patients: int) -> None:
    told = []
    for below in range(0, 80, 2):
        drawn = np.sort(np.random.default_rng(below).random(999)) + 0.001
        drawn[:below] *= -1
        low, _ = resampled_interval(drawn, patients=patients, confidence=0.95)
        told.append((two_sided_p(drawn, patients=patients) < 0.05, low > 0))

    assert all(left_out for small, left_out in told if small)
    assert {small for small, _ in told} == ({True, False} if patients > 3 else {False})

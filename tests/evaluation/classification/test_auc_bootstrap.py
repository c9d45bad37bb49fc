"""Two AUCs compared by resampling patients."""

import numpy as np
import pytest

from sonolens.evaluation.classification import (
    auc,
    compare_aucs_bootstrap,
    compare_aucs_delong,
)
from sonolens.evaluation.classification.auc_bootstrap import two_sided_p
from sonolens.evaluation.statistics import Bootstrap, patient_resamples, percentile_interval

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
    assert (compared.ci_low, compared.ci_high) == pytest.approx(
        percentile_interval(np.array(differences), confidence=0.95)
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
    assert two_sided_p(np.array([0.1] * 97 + [-0.1] * 2)) == pytest.approx(2 * 3 / 100)
    assert two_sided_p(np.array([-0.1] * 99)) == pytest.approx(2 / 100)
    assert two_sided_p(np.zeros(99)) == 1

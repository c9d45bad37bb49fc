"""Exchanges of two sides: the p value is the share of them that differ as much."""

import itertools

import numpy as np
import pytest

from sonolens.evaluation.statistics import sign_flip_p_values


def brute_force(differences: np.ndarray) -> float:
    sums = [
        abs(np.dot(signs, differences))
        for signs in itertools.product([1, -1], repeat=len(differences))
    ]
    return float(np.mean([one >= abs(differences.sum()) - 1e-9 for one in sums]))


def p_value(differences: list[float] | np.ndarray, permutations: int = 1000) -> float:
    column = np.asarray(differences, dtype=float)[:, None]
    return float(sign_flip_p_values(column, permutations=permutations, seed=0)[0])


def test_the_p_value_of_few_patients_is_the_share_of_all_exchanges() -> None:
    rng = np.random.default_rng(0)
    for patients in range(1, 10):
        differences = rng.integers(-3, 4, size=patients) / 3
        assert p_value(differences) == brute_force(differences)


def test_the_p_value_of_many_patients_comes_near_that_share() -> None:
    differences = np.random.default_rng(1).normal(0.3, 1, size=12)

    assert p_value(differences, permutations=4000) == pytest.approx(
        brute_force(differences), abs=0.025
    )


def test_all_exchanges_are_tried_up_to_the_number_allowed() -> None:
    # Ten patients have 1024 exchanges, two of which are as far from 0.
    assert p_value(np.ones(10), permutations=1024) == 2 / 1024
    assert p_value(np.ones(200), permutations=99) == 1 / 100
    # Seven patients have 128: a hundred are drawn, and what was seen is one more.
    drawn = p_value(np.ones(7), permutations=100) * 101
    assert drawn == pytest.approx(round(drawn))


def test_no_difference_has_p_1_and_both_directions_have_the_same() -> None:
    rng = np.random.default_rng(2)
    differences = rng.normal(0.2, 1, size=(50, 3))
    forth = sign_flip_p_values(differences, permutations=500, seed=3)

    assert sign_flip_p_values(-differences, permutations=500, seed=3).tolist() == forth.tolist()
    assert p_value(np.zeros(5)) == 1
    assert p_value(np.zeros(50)) == 1
    assert p_value([]) == 1


def test_where_nothing_differs_small_p_values_are_as_rare_as_they_say() -> None:
    differences = np.random.default_rng(4).normal(size=(40, 400))

    p_values = sign_flip_p_values(differences, permutations=399, seed=0)

    assert (p_values <= 0.05).mean() == pytest.approx(0.05, abs=0.03)

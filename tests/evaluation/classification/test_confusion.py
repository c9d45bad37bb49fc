"""Calls are counted as a two-by-two table is read."""

import numpy as np
import pytest

from sonolens.evaluation.classification.confusion import blind_chances, tally_calls
from sonolens.tables.vocabulary import CALL_METRICS


def two_by_two(*, true_positive: int, false_negative: int, false_positive: int, true_negative: int):
    malignant = [True] * (true_positive + false_negative)
    malignant += [False] * (false_positive + true_negative)
    called = [True] * true_positive + [False] * false_negative
    called += [True] * false_positive + [False] * true_negative
    return np.array(malignant), np.array(called)


def test_five_shares_of_a_table_by_hand() -> None:
    tally = tally_calls(
        *two_by_two(true_positive=8, false_negative=2, false_positive=6, true_negative=24)
    )

    shares = dict(zip(CALL_METRICS, tally.hits.sum(axis=0) / tally.counts.sum(axis=0), strict=True))
    assert shares == pytest.approx(
        {
            "accuracy": 32 / 40,
            "sensitivity": 8 / 10,
            "specificity": 24 / 30,
            "ppv": 8 / 14,
            "npv": 24 / 26,
        }
    )


def test_blind_calls_score_their_rate_and_the_prevalence() -> None:
    chances = dict(
        zip(
            CALL_METRICS,
            blind_chances(
                *two_by_two(true_positive=8, false_negative=2, false_positive=6, true_negative=24)
            ),
            strict=True,
        )
    )

    # 14 of 40 are called; 10 of 40 are malignant.
    assert chances == pytest.approx(
        {
            "accuracy": 0.35 * 0.25 + 0.65 * 0.75,
            "sensitivity": 0.35,
            "specificity": 0.65,
            "ppv": 0.25,
            "npv": 0.75,
        }
    )


def test_calls_dealt_out_at_random_score_about_that() -> None:
    rng = np.random.default_rng(0)
    malignant, called = rng.random(100_000) < 0.3, rng.random(100_000) < 0.6

    tally = tally_calls(malignant, called)

    np.testing.assert_allclose(
        tally.hits.sum(axis=0) / tally.counts.sum(axis=0),
        blind_chances(malignant, called),
        atol=0.01,
    )


def test_without_cases_there_is_no_chance() -> None:
    assert np.isnan(blind_chances(np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))).all()

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.truth import rank_methods
from sonolens.evaluation.truth.ranking import measure_agreement
from sonolens.tables.truth import MethodRanking

NAMES = ["cam", "occlusion", "eigen_cam", "smooth_grad"]


def rank(scores, *, methods=NAMES):
    table = pd.DataFrame(scores, columns=methods[: len(scores[0])])
    table.index = [f"metric{number}" for number in range(len(table))]
    ranked = rank_methods(table, permutations=999, confidence=0.95, seed=0)
    return MethodRanking.validate(ranked.assign(run="net"))


def test_metrics_of_one_order_have_a_w_of_one_and_a_winner():
    ranked = rank([[0.9, 0.5, 0.4, 0.1], [30.0, 20.0, 10.0, 5.0], [3.0, 2.0, 1.0, 0.0]] * 2)

    assert ranked["method"].tolist() == NAMES
    assert ranked["mean_rank"].tolist() == [1, 2, 3, 4]
    assert ranked["w"].tolist() == [1.0] * 4
    assert ranked["wins"].tolist() == [True, False, False, False]
    assert ranked["p_value"].iloc[0] == pytest.approx(0.001)


def test_w_is_that_of_a_worked_example():
    # Three judges, four objects; rank sums 4, 7, 9 and 10 about 7.5 spread by 21, of 45 * 12 / 12 possible.
    ranks = np.array([[1, 2, 3, 4], [1, 3, 4, 2], [2, 2, 2, 4.0]])
    sums = ranks.sum(axis=0)
    tied = 3**3 - 3
    by_hand = 12 * ((sums - sums.mean()) ** 2).sum() / (3**2 * (4**3 - 4) - 3 * tied)

    assert measure_agreement(ranks) == pytest.approx(by_hand)


def test_opposite_metrics_have_no_winner():
    ranked = rank([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])

    assert ranked["w"].iloc[0] == 0
    assert not ranked["wins"].any()


def test_the_best_mean_rank_wins_nothing_while_metrics_disagree():
    ranked = rank([[4.0, 3.0, 2.0, 1.0], [4.0, 1.0, 2.0, 3.0], [1.0, 4.0, 3.0, 2.0]])

    assert ranked["mean_rank"].iloc[0] < ranked["mean_rank"].iloc[1]
    assert not ranked["wins"].any()


def test_two_methods_or_one_metric_cannot_be_asked():
    for scores in ([[1.0, 0.5]] * 7, [[1.0, 0.5, 0.2]]):
        ranked = rank(scores)
        assert ranked[["w", "p_value"]].isna().all(axis=None)
        assert not ranked["wins"].any()


def test_metrics_that_lack_a_method_or_order_nothing_are_left_out():
    ranked = rank([[3.0, 2.0, 1.0], [np.nan, 2.0, 1.0], [5.0, 5.0, 5.0], [6.0, 5.0, 4.0]])

    assert ranked["metrics"].iloc[0] == "metric0 metric3"
    assert ranked["n_metrics"].iloc[0] == 2


def test_no_metric_ranks_nobody():
    ranked = rank([[np.nan, np.nan, np.nan]])

    assert ranked["mean_rank"].isna().all()
    assert not ranked["wins"].any()


def test_metrics_of_chance_name_a_winner_in_one_of_twenty_studies_at_most():
    rng = np.random.default_rng(0)
    won = [rank(rng.random((6, 4)).tolist())["wins"].any() for _ in range(200)]

    assert np.sum(won) <= 20  # 5 % of 200 are 10; more than 20 would be one in a thousand

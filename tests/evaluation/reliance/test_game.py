"""The coalition game: laws that its values must obey, and small games by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.reliance.game import (
    count_players,
    interactions,
    necessity,
    shapley_values,
    sufficiency,
)

# Three players; coalitions in the order nothing, A, B, AB, C, AC, BC, ABC.
BY_HAND = np.array([[1.0, 2.0, 4.0, 9.0, 1.0, 3.0, 8.0, 21.0]])


@st.composite
def games(draw: st.DrawFn, players: int | None = None) -> np.ndarray:
    """One game or several whose logits are drawn at random; no two coalitions are alike."""
    count = draw(st.integers(1, 5)) if players is None else players
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.normal(scale=10.0, size=(draw(st.integers(1, 3)), 2**count))


def over_all_orders(answers: np.ndarray) -> np.ndarray:
    """The mean of what each player adds, order of joining by order."""
    players = int(np.log2(answers.shape[1]))
    orders = list(permutations(range(players)))
    values = np.zeros((len(answers), players))
    for order in orders:
        shown = 0
        for player in order:
            values[:, player] += answers[:, shown + 2**player] - answers[:, shown]
            shown += 2**player
    return values / len(orders)


def renumber(answers: np.ndarray, order: list[int]) -> np.ndarray:
    """The same game with its players numbered anew: new player `i` is the old `order[i]`."""
    renumbered = np.empty_like(answers)
    for coalition in range(answers.shape[1]):
        shown = [order[new] for new in range(len(order)) if coalition >> new & 1]
        renumbered[:, coalition] = answers[:, sum(2**old for old in shown)]
    return renumbered


@given(games())
def test_values_are_the_means_over_all_orders_of_showing_regions(answers: np.ndarray) -> None:
    assert shapley_values(answers) == pytest.approx(over_all_orders(answers), abs=1e-9)


@given(games())
def test_values_add_up_to_the_whole_less_nothing(answers: np.ndarray) -> None:
    assert shapley_values(answers).sum(axis=1) == pytest.approx(answers[:, -1] - answers[:, 0])


@given(games(players=3), st.integers(0, 3))
def test_a_region_that_changes_no_logit_is_worth_nothing(answers: np.ndarray, dummy: int) -> None:
    shown = np.arange(16)
    others = (shown & (2**dummy - 1)) | (shown >> (dummy + 1) << dummy)
    ignored = answers[:, others]

    assert shapley_values(ignored)[:, dummy] == pytest.approx(0, abs=1e-9)
    assert np.delete(shapley_values(ignored), dummy, axis=1) == pytest.approx(
        shapley_values(answers), abs=1e-9
    )
    assert necessity(ignored)[:, dummy] == pytest.approx(0)
    assert sufficiency(ignored)[:, dummy] == pytest.approx(0)
    for pair, together in interactions(ignored).items():
        if dummy in pair:
            assert together == pytest.approx(0, abs=1e-9)


@given(games(players=4), st.sampled_from(list(combinations(range(4), 2))))
def test_regions_that_can_be_exchanged_are_worth_the_same(
    answers: np.ndarray, pair: tuple[int, int]
) -> None:
    order = list(range(4))
    order[pair[0]], order[pair[1]] = order[pair[1]], order[pair[0]]
    alike = answers + renumber(answers, order)

    values = shapley_values(alike)
    assert values[:, pair[0]] == pytest.approx(values[:, pair[1]])


@given(games(players=4), games(players=4), st.floats(-3, 3))
def test_the_values_of_two_games_added_are_the_values_added(
    first: np.ndarray, second: np.ndarray, times: float
) -> None:
    together = first[:1] + times * second[:1]

    assert shapley_values(together) == pytest.approx(
        shapley_values(first[:1]) + times * shapley_values(second[:1]), abs=1e-8
    )


@given(games(players=4), st.permutations(list(range(4))))
@settings(max_examples=30)
def test_numbering_the_regions_anew_numbers_all_answers_anew(
    answers: np.ndarray, order: list[int]
) -> None:
    anew = renumber(answers, order)

    for measure in (shapley_values, necessity, sufficiency):
        assert measure(anew) == pytest.approx(measure(answers)[:, order], abs=1e-9)
    before = interactions(answers)
    for (one, other), together in interactions(anew).items():
        old = tuple(sorted((order[one], order[other])))
        assert together == pytest.approx(before[old], abs=1e-9)


def test_three_regions_by_hand() -> None:
    # A: 1 alone; 5, 2 with one other; 13 last. Weights 1/3, 1/6, 1/6, 1/3.
    assert shapley_values(BY_HAND) == pytest.approx(
        np.array([[1 / 3 + 5 / 6 + 2 / 6 + 13 / 3, 1 + 7 / 6 + 7 / 6 + 6, 0 + 1 / 6 + 4 / 6 + 4]])
    )
    assert necessity(BY_HAND).tolist() == [[13.0, 18.0, 12.0]]
    assert sufficiency(BY_HAND).tolist() == [[1.0, 3.0, 0.0]]


def test_what_two_regions_add_together_by_hand() -> None:
    # A and B: without C 9 - 2 - 4 + 1 = 4, with it 21 - 3 - 8 + 1 = 11, each half of the time. A and C: 3 - 2 - 1 + 1
    # and 21 - 9 - 8 + 4. B and C: 8 - 4 - 1 + 1 and 21 - 9 - 3 + 2.
    found = {pair: float(values[0]) for pair, values in interactions(BY_HAND).items()}

    assert found == {(0, 1): 7.5, (0, 2): 4.5, (1, 2): 7.5}


@given(games(players=2))
def test_two_regions_share_equally_what_they_add_together(answers: np.ndarray) -> None:
    together = interactions(answers)[0, 1]

    assert shapley_values(answers) == pytest.approx(
        sufficiency(answers) + together[:, None] / 2, abs=1e-9
    )
    assert shapley_values(answers) == pytest.approx(
        necessity(answers) - together[:, None] / 2, abs=1e-9
    )


def test_one_region_has_all_of_the_logit_and_no_partner() -> None:
    assert shapley_values(np.array([[0.5, 3.0]])).tolist() == [[2.5]]
    assert interactions(np.array([[0.5, 3.0]])) == {}


@pytest.mark.parametrize("coalitions", [1, 3, 6, 12])
def test_a_game_without_all_its_coalitions_is_refused(coalitions: int) -> None:
    with pytest.raises(ValueError, match=f"{coalitions} logits are no game"):
        count_players(np.zeros((1, coalitions)))

"""The coalition game: what each region adds to a logit, over every way to show some of a scan's regions.

All values are weighted sums of the coalitions' logits, so a few matrix products settle a whole study.
Coalitions stand in the order of `list_coalitions`: region `p` is shown in coalition `c` if bit `p` of `c` is set.
"""

from itertools import combinations
from math import factorial

import numpy as np
from jaxtyping import Float

from sonolens.removal import list_coalitions

Answers = Float[np.ndarray, "games coalitions"]
"""The logit of every coalition, one row per scan and fill."""

OfRegions = Float[np.ndarray, "games regions"]


def shapley_values(answers: Answers) -> OfRegions:
    """Return what each region adds to the logit, averaged over all orders in which regions can be shown.

    The values of a game add up to the logit of the whole scan less that of the scan with nothing shown. A region
    that changes no logit has 0; two that can be exchanged have the same.

    References:
        Shapley (1953), A value for n-person games. Exact, as a scan has five regions at most.

    Examples:
        A logit of 6 for both together, 2 for the first and 0 for the second alone:

        >>> shapley_values(np.array([[0.0, 2.0, 0.0, 6.0]]))
        array([[4., 2.]])
    """
    players = count_players(answers)
    coalitions = list_coalitions(players)
    size = coalitions.sum(axis=1)
    weight = np.array(
        [factorial(n) * factorial(players - 1 - n) / factorial(players) for n in range(players)]
    )
    values = []
    for player in range(players):
        without = np.flatnonzero(~coalitions[:, player])
        gained = answers[:, without + (1 << player)] - answers[:, without]
        values.append(gained @ weight[size[without]])
    return np.column_stack(values)


def necessity(answers: Answers) -> OfRegions:
    """Return what is lost of the logit when one region alone is left out.

    Examples:
        >>> necessity(np.array([[0.0, 2.0, 0.0, 6.0]]))
        array([[6., 4.]])
    """
    everything = answers.shape[1] - 1
    alone = 1 << np.arange(count_players(answers))
    return np.asarray(answers[:, [everything]] - answers[:, everything - alone])


def sufficiency(answers: Answers) -> OfRegions:
    """Return what one region alone adds to the logit of nothing.

    Examples:
        >>> sufficiency(np.array([[0.0, 2.0, 0.0, 6.0]]))
        array([[2., 0.]])
    """
    alone = 1 << np.arange(count_players(answers))
    return np.asarray(answers[:, alone] - answers[:, [0]])


def interactions(answers: Answers) -> dict[tuple[int, int], Float[np.ndarray, " games"]]:
    """Return what every two regions add together beyond what they add one by one.

    Above 0 one needs the other; below 0 they say the same, so that either will do.

    References:
        Shapley interaction index: Grabisch and Roubens (1999), Int J Game Theory 28:547-565.

    Examples:
        >>> interactions(np.array([[0.0, 2.0, 0.0, 6.0]]))
        {(0, 1): array([4.])}
    """
    players = count_players(answers)
    coalitions = list_coalitions(players)
    size = coalitions.sum(axis=1)
    found = {}
    for one, other in combinations(range(players), 2):
        neither = np.flatnonzero(~coalitions[:, one] & ~coalitions[:, other])
        first, second = 1 << one, 1 << other
        together = (
            answers[:, neither + first + second]
            - answers[:, neither + first]
            - answers[:, neither + second]
            + answers[:, neither]
        )
        weight = [
            factorial(n) * factorial(players - 2 - n) / factorial(players - 1)
            for n in size[neither]
        ]
        found[one, other] = together @ np.array(weight)
    return found


def count_players(answers: Answers) -> int:
    """Count the players of a game by its coalitions.

    Raises:
        ValueError: If the coalitions are no power of 2, so that some have no answer.
    """
    coalitions = answers.shape[1]
    players = coalitions.bit_length() - 1
    if coalitions != 2**players or players < 1:
        raise ValueError(
            f"{coalitions} logits are no game: every coalition of a scan's regions needs one, "
            "2 for one region, 4 for two and so on"
        )
    return players

"""Two readers' answers for one scan: overlap, distances and kappa whose values are known before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from sonolens.evaluation.readers.likeness import (
    RANKS,
    centroid_distance_mm,
    dice,
    surface_distance_mm,
    weighted_kappa,
)

SPACING = (0.5, 0.25)


def rectangle(rows: slice, cols: slice) -> np.ndarray:
    mask = np.zeros((20, 30), dtype=bool)
    mask[rows, cols] = True
    return mask


FIRST = rectangle(slice(2, 8), slice(4, 14))
LOWER = rectangle(slice(5, 11), slice(4, 14))
FAR = rectangle(slice(15, 18), slice(20, 28))
NOTHING = np.zeros((20, 30), dtype=bool)


def test_two_rectangles_that_share_half_of_each_have_dice_one_half() -> None:
    assert dice(FIRST, LOWER) == 0.5  # 2 * 30 of 60 + 60
    assert dice(FIRST, FIRST) == 1.0
    assert dice(FIRST, FAR) == dice(FIRST, NOTHING) == 0.0
    assert np.isnan(dice(NOTHING, NOTHING))


def test_centres_lie_as_far_apart_as_the_rectangles_were_moved() -> None:
    assert centroid_distance_mm(FIRST, LOWER, spacing_mm=SPACING) == pytest.approx(3 * 0.5)
    right = np.roll(FIRST, 4, axis=1)
    assert centroid_distance_mm(FIRST, right, spacing_mm=SPACING) == pytest.approx(4 * 0.25)


def test_outlines_of_bars_lie_as_far_apart_as_the_bars() -> None:
    bar, lower = rectangle(slice(2, 3), slice(0, 30)), rectangle(slice(6, 7), slice(0, 30))

    assert surface_distance_mm(bar, lower, spacing_mm=SPACING) == pytest.approx(4 * 0.5)
    assert surface_distance_mm(bar, bar, spacing_mm=SPACING) == 0.0


@pytest.mark.parametrize("measure", [centroid_distance_mm, surface_distance_mm])
def test_without_spacing_or_a_mask_there_is_no_distance(measure) -> None:
    assert np.isnan(measure(FIRST, LOWER, spacing_mm=(np.nan, np.nan)))
    assert np.isnan(measure(FIRST, NOTHING, spacing_mm=SPACING))


def test_kappa_of_a_worked_example() -> None:
    # 3 x 3, quadratic weights: disagreement seen 4 of 10, expected 0.4 * (0.3 + 4 * 0.2) + ...
    table = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 1.0]])
    rows, cols = table.sum(axis=1), table.sum(axis=0)
    expected = sum(
        rows[one] * cols[other] * (one - other) ** 2 for one in range(3) for other in range(3)
    )

    assert weighted_kappa(table[None])[0] == pytest.approx(1 - 4 * 10 / expected)
    assert weighted_kappa(table[None])[0] == pytest.approx(0.642857, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    table = np.zeros((1, 5, 5))
    np.add.at(table[0], tuple(np.array(pairs).T), 1)
    first, second = zip(*pairs, strict=True)
    (found,) = weighted_kappa(table)

    if len({*first, *second}) == 1:
        assert np.isnan(found)
    else:
        known = cohen_kappa_score(first, second, labels=range(5), weights="quadratic")
        assert found == pytest.approx(known)


def test_categories_rise_with_suspicion_and_4_stands_where_4b_does() -> None:
    order = ("2", "3", "4a", "4b", "4c", "5", "6")
    assert [RANKS[name] for name in order] == list(range(7))
    assert RANKS["4"] == RANKS["4b"]

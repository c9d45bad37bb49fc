"""Parallel work: same order, every item once, never everything at once."""

import time
from collections.abc import Iterator

import pytest

from sonolens.parallel import ITEMS_AT_ONCE, in_parallel


def slow_for_even(number: int) -> int:
    time.sleep(0.002 * (number % 2 == 0))
    return 10 * number


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(in_parallel(slow_for_even, range(150))) == [10 * n for n in range(150)]


def test_items_are_taken_only_as_results_are() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    results = in_parallel(slow_for_even, items())
    next(results)

    assert len(taken) == ITEMS_AT_ONCE


def test_an_error_is_raised_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_parallel(lambda number: 1 / number, [1, 0]))


def test_nothing_gives_nothing() -> None:
    assert list(in_parallel(abs, [])) == []

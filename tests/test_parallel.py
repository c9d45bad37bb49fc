"""Parallel work: same order, every item once, never everything at once."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import cloudpickle
import distributed
import pytest

from sonolens.parallel import AHEAD, ITEMS_AT_ONCE, in_parallel, spread

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test


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


def test_a_slow_item_holds_up_none_of_those_after_it() -> None:
    later_begun = threading.Event()

    def work(number: int) -> int:
        if number == 10:
            assert later_begun.wait(20), "item 70 waited for item 10"
        if number == 70:
            later_begun.set()
        return number

    assert list(in_parallel(work, range(100))) == list(range(100))


def test_work_that_fills_a_machine_goes_one_after_the_other_without_a_cluster() -> None:
    running = []

    def work(number: int) -> int:
        running.append(number)
        return 10 * number

    results = spread(work, range(3))

    assert next(results) == 0
    assert running == [0]
    assert list(results) == [10, 20]


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as started:
        yield started


@pytest.fixture
def client(cluster: distributed.LocalCluster) -> Iterator[distributed.Client]:
    with distributed.Client(cluster) as connected:
        connected.wait_for_workers(2)
        yield connected


class Study:
    """Counts how often it is packed for another process."""

    packed = 0

    def __reduce__(self) -> tuple[type["Study"], tuple[()]]:
        Study.packed += 1
        return Study, ()

    def look(self, number: int) -> tuple[int, int]:
        return number, os.getpid()


@pytest.mark.usefixtures("client")
def test_a_cluster_gives_the_same_results_and_its_work_is_packed_a_few_times_for_all_items() -> (
    None
):
    Study.packed = 0

    results = list(in_parallel(Study().look, range(300)))

    assert [number for number, _ in results] == list(range(300))
    workers = {process for _, process in results}
    assert len(workers) == 2
    assert os.getpid() not in workers
    assert Study.packed <= 6


def wait_then_square(number: int) -> int:
    time.sleep(0.05)
    return number * number


def test_a_worker_that_is_killed_costs_nothing_but_time(client: distributed.Client) -> None:
    results = in_parallel(wait_then_square, range(80))
    first = next(results)
    processes = client.run(os.getpid)
    os.kill(next(iter(processes.values())), signal.SIGKILL)

    assert [first, *results] == [number * number for number in range(80)]
    client.wait_for_workers(2)  # the cluster starts another one


def refuse(number: int) -> int:
    raise ValueError(f"scan {number} is odd")


@pytest.mark.usefixtures("client")
def test_an_error_on_a_cluster_is_raised_as_itself() -> None:
    with pytest.raises(ValueError, match="scan 1 is odd"):
        list(in_parallel(refuse, [1]))


def test_fits_go_to_all_workers_and_few_wait_at_a_time(client: distributed.Client) -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(50):
            taken.append(number)
            yield number

    results = spread(wait_then_square, items())

    assert next(results) == 0
    assert len(taken) == AHEAD * len(client.nthreads())
    assert list(results) == [number * number for number in range(1, 50)]

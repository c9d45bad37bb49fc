"""Parallel work: same order, every item once, never everything at once."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import cloudpickle
import distributed
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from sonolens.parallel import (
    AHEAD,
    ITEMS_AT_ONCE,
    BuildsOnce,
    Pending,
    _bundle_size,
    in_parallel,
    in_turn,
    spread,
)
from sonolens.progress import track

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

    results = iter(in_parallel(slow_for_even, items()))
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

    results = iter(spread(work, range(3)))

    assert next(results) == 0
    assert running == [0]
    assert list(results) == [10, 20]


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
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
    results = iter(in_parallel(wait_then_square, range(80)))
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

    results = iter(spread(wait_then_square, items()))

    assert next(results) == 0
    assert len(taken) == AHEAD * len(client.nthreads())
    assert list(results) == [number * number for number in range(1, 50)]


def test_steps_are_done_where_results_are_made_and_the_last_one_is_what_comes() -> None:
    def add_thread(number: int) -> tuple[int, str]:
        return number, threading.current_thread().name

    made = in_parallel(add_thread, range(20)).then(lambda made: (*made, threading.current_thread()))

    results = list(made.then(lambda step: (step[0], step[1] == step[2].name)))

    assert results == [(number, True) for number in range(20)]


def test_work_in_turn_is_asked_for_when_the_work_before_it_is_done() -> None:
    seen = []

    def parts() -> Iterator[Pending[int]]:
        for part in range(2):
            seen.append(f"part {part}")
            yield spread(slow_for_even, [part, part + 10])

    seen.extend(in_turn(parts()).then(lambda result: result + 1))

    assert seen == ["part 0", 1, 101, "part 1", 11, 111]


def test_who_tells_of_progress_still_lets_steps_be_done_where_results_are_made() -> None:
    here = threading.get_ident()

    def elsewhere(_: int) -> bool:
        return threading.get_ident() != here

    tracked = track(in_parallel(abs, range(3)), description="Counting", total=3)

    assert list(tracked.then(elsewhere)) == [True] * 3
    assert list(track([0, 1], description="Counting", total=2).then(elsewhere)) == [False] * 2


def processes_of(number: int) -> tuple[int, int]:
    return number, os.getpid()


def add_process(made: tuple[int, int]) -> tuple[int, int, int]:
    return (*made, os.getpid())


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("distribute", [in_parallel, spread])
def test_on_a_cluster_steps_are_done_by_the_worker_that_made_the_result(distribute) -> None:
    results = list(distribute(processes_of, range(200)).then(add_process))

    assert [number for number, _, _ in results] == list(range(200))
    assert all(made == stepped != os.getpid() for _, made, stepped in results)


def refuse_seven(number: int) -> int:
    if number == 7:
        raise ValueError("scan 7 is odd")
    return number


@pytest.mark.usefixtures("client")
def test_items_that_travel_together_fail_one_by_one() -> None:
    results = iter(in_parallel(refuse_seven, range(1000)))

    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(ValueError, match="scan 7 is odd"):
        next(results)


@dataclass(eq=False)
class Opens(BuildsOnce):
    """Builds what cannot be packed, as a network that is ready to explain cannot."""

    number: int

    def __call__(self, item: int) -> tuple[int, int]:
        time.sleep(0.02)
        self.built = threading.Lock()
        return self.number * item, os.getpid()


@pytest.mark.usefixtures("client")
def test_what_was_built_stays_with_its_worker_and_the_work_still_reaches_the_others() -> None:
    work = Opens(3)
    work(1)

    results = list(spread(work, range(60)))

    assert [product for product, _ in results] == [3 * number for number in range(60)]
    assert len({process for _, process in results}) == 2


def square_all(numbers: list[int]) -> tuple[list[int], bool]:
    here = os.getpid()
    results = list(in_parallel(processes_of, numbers))
    return [number**2 for number, _ in results], all(process == here for _, process in results)


@pytest.mark.usefixtures("client")
def test_work_of_a_worker_does_not_wait_for_the_workers_that_it_keeps_busy() -> None:
    results = list(in_parallel(square_all, [[1, 2], [3], [4], [5, 6]]))

    assert [squares for squares, _ in results] == [[1, 4], [9], [16], [25, 36]]
    assert all(own for _, own in results)


def name_worker(_: int) -> str:
    return str(distributed.get_worker().name)


def test_work_that_fills_a_machine_goes_to_workers_with_a_gpu_where_there_are_any() -> None:
    kinds = {name: {"cls": distributed.Worker, "options": options} for name, options in GPU_OR_NOT}
    cluster = distributed.SpecCluster(
        workers=kinds,
        scheduler={"cls": distributed.Scheduler, "options": {"dashboard_address": ":0"}},
    )
    with cluster, distributed.Client(cluster) as client:
        client.wait_for_workers(2)

        assert set(spread(name_worker, range(12))) == {"fast"}
        assert set(in_parallel(name_worker, range(100))) == {"fast", "slow"}


GPU_OR_NOT = [
    ("fast", {"nthreads": 1, "resources": {"GPU": 1}}),
    ("slow", {"nthreads": 1}),
]


@pytest.mark.parametrize(
    ("items", "workers", "together"),
    [(range(60), 2, 3), (range(60), 16, 1), (range(20_000), 2, 8), ([], 2, 1), (iter("ab"), 1, 1)],
)
def test_items_travel_together_only_where_every_worker_has_enough(items, workers, together) -> None:
    assert _bundle_size(items, workers=workers) == together


def algebra_threads(_: int = 0) -> set[int]:
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_threads_of_a_crew_do_their_own_algebra_until_the_last_crew_has_gone() -> None:
    with threadpool_limits(limits=3, user_api="blas"):
        before = algebra_threads()
        first, second = (iter(in_parallel(algebra_threads, range(200))) for _ in range(2))

        assert next(first) == next(second) == {1}
        list(first)
        assert next(second) == {1}
        list(second)
        assert algebra_threads() == before != {1}

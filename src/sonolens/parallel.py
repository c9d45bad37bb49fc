"""Work on many items at once: on all cores of this machine, or on a cluster; in order and in bounded memory."""

import os
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from itertools import islice
from threading import Lock
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result", covariant=True)  # noqa: PLC0105 - one word for one thing
Further = TypeVar("Further")

ITEMS_AT_ONCE = 64
"""How many items may be in work or wait to be taken: a few dozen scans, whatever the study's size."""

AHEAD = 2
"""How many items that fill a machine wait for each worker, so that none is idle between two."""

MOST_TOGETHER = 8
"""How many items at most travel to a worker at once: a task costs milliseconds, whatever is in it."""

BUNDLES_PER_WORKER = 8
"""How many bundles a worker gets at least, before they hold more than one item."""

LARGE = "distributed.admin.large-graph-warning-threshold"
"""Dask's setting: what is too large to be sent with a task without a warning."""

GPU = "GPU"
"""What a worker that has a GPU is told to call it: ``dask worker --resources GPU=1``."""


@runtime_checkable
class Promise(Protocol):
    """What will be a result."""

    def result(self) -> Any:
        """Wait for it."""


Submit: TypeAlias = Callable[[Any], Promise]


class Pending(ABC, Generic[Result]):
    """Results in the order of their items, made when they are asked for.

    What is to be done with each can be done where it is made, so that a scan that is drawn by another machine is also
    written there and only what it weighs comes back.
    """

    @abstractmethod
    def __iter__(self) -> Iterator[Result]:
        """Begin, and yield one result after the other; an exception is raised where its result would be."""

    @abstractmethod
    def then(self, step: Callable[[Any], Further]) -> "Pending[Further]":
        """Have `step` done with each result where it is made; what it returns takes the result's place."""


class BuildsOnce:
    """Work, a dataclass, that builds something once where it is done, such as a network from its weights.

    Only its fields travel: one worker hands it to the next, also when it has built what may be large or cannot be packed.
    """

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was built."""
        return {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> Pending[Result]:
    """Apply `work` to every item; results come in the order of the items.

    This machine's threads are used, or, with a ``dask.distributed`` client in the process, its cluster, to which
    `work` is sent once and not with every item, and items a few at a time. `ITEMS_AT_ONCE` are in work or wait at a time,
    more only if there are more workers; a slow one holds up none of those after it until so many wait.

    Args:
        work: A function of one item that shares no state with other calls; picklable for a cluster.
        items: May be a generator; it is taken from as results are.

    Returns:
        One result per item.

    Examples:
        >>> list(in_parallel(abs, [-2, 1]))
        [2, 1]
        >>> list(in_parallel(abs, [-2, 1]).then(str))
        ['2', '1']
    """
    return _Work(work, items, _on_all_cores)


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> Pending[Result]:
    """Apply work that fills a machine by itself to every item: here one after the other, on a cluster one per worker.

    Where workers say that they have a GPU (`GPU`), only they do such work.

    Args:
        work: As for `in_parallel`.
        items: May be a generator.

    Returns:
        One result per item, in their order.
    """
    return _Work(work, items, _one_by_one)


def in_turn(parts: Iterable[Pending[Result]]) -> Pending[Result]:
    """Do several pieces of work, one after the other; each is asked for when the one before it is done."""
    return _InTurn(parts)


@dataclass(frozen=True, eq=False)
class _Work(Pending[Result]):
    """Work, what it is done on, and who does it."""

    work: Callable[[Any], Any]
    items: Iterable[Any]
    crew: Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]

    def __iter__(self) -> Iterator[Result]:
        return self.crew(self.work, self.items)

    def then(self, step: Callable[[Any], Further]) -> Pending[Further]:
        return replace(self, work=_Steps(self.work, step))  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class _InTurn(Pending[Result]):
    parts: Iterable[Pending[Result]]

    def __iter__(self) -> Iterator[Result]:
        for part in self.parts:
            yield from part

    def then(self, step: Callable[[Any], Further]) -> Pending[Further]:
        return _InTurn(part.then(step) for part in self.parts)


@dataclass(frozen=True, eq=False)
class _Steps:
    """Two steps as one; picklable if both are."""

    first: Callable[[Any], Any]
    second: Callable[[Any], Any]

    def __call__(self, item: Any) -> Any:
        return self.second(self.first(item))


def _on_all_cores(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    client = _find_client()
    if client is None:
        yield from _slide(_threads(work), items, width=ITEMS_AT_ONCE)
        return
    workers = max(1, sum(client.nthreads().values()))
    size = _bundle_size(items, workers=workers)
    crew = _cluster(client, _Each(work), resources=None)
    width = max(ITEMS_AT_ONCE // size, AHEAD * workers)
    for outcomes in _slide(crew, _bundles(items, size=size), width=width):
        for outcome in outcomes:
            if isinstance(outcome, _Failure):
                raise outcome.error
            yield outcome


def _one_by_one(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    client = _find_client()
    if client is None:
        yield from map(work, items)
        return
    able = _with_gpu(client)
    workers = len(able) if able else len(client.nthreads())
    crew = _cluster(client, work, resources={GPU: 1} if able else None)
    yield from _slide(crew, items, width=AHEAD * max(1, workers))


def _slide(
    crew: AbstractContextManager[Submit], items: Iterable[Any], *, width: int
) -> Iterator[Any]:
    waiting: deque[Promise] = deque()
    with crew as submit:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) == width:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@dataclass(frozen=True)
class _Failure:
    """What became of an item that has no result."""

    error: Exception


@dataclass(frozen=True, eq=False)
class _Each:
    """Applies work to every item of a bundle, as far as it succeeds."""

    work: Callable[[Any], Any]

    def __call__(self, bundle: Sequence[Any]) -> list[Any]:
        outcomes: list[Any] = []
        for item in bundle:
            try:
                outcomes.append(self.work(item))
            except Exception as error:
                return [*outcomes, _Failure(error)]
        return outcomes


def _bundle_size(items: Iterable[Any], *, workers: int) -> int:
    """Tell how many items go to a worker together: few enough that all have some, and none waits for a last one."""
    known = len(items) if isinstance(items, Sized) else 0
    return min(MOST_TOGETHER, max(1, known // (BUNDLES_PER_WORKER * workers)))


def _bundles(items: Iterable[Any], *, size: int) -> Iterator[list[Any]]:
    left = iter(items)
    while bundle := list(islice(left, size)):
        yield bundle


def _find_client() -> Any:
    """Find the ``dask.distributed`` client of this process, if it has one.

    Work that a worker does finds none: it would wait for results of its own that wait for it.
    """
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    with suppress(ValueError):
        distributed.get_worker()
        return None
    with suppress(ValueError):
        return distributed.get_client()
    return None


def _with_gpu(client: Any) -> list[str]:
    """Name the workers that say they have a GPU."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return [name for name, worker in workers.items() if worker["resources"].get(GPU)]


@contextmanager
def _threads(work: Callable[[Any], Any]) -> Iterator[Submit]:
    pool = ThreadPoolExecutor(os.cpu_count())

    def submit(item: Any) -> Future[Any]:
        return pool.submit(work, item)

    with ALGEBRA.one_thread_each():
        try:
            yield submit
        finally:
            pool.shutdown(cancel_futures=True)


class _Algebra:
    """The threads of linear algebra, which all threads of the process share."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._crews = 0
        self._limits: threadpool_limits | None = None

    @contextmanager
    def one_thread_each(self) -> Iterator[None]:
        """Let each thread of a crew do its own algebra: with theirs beside it, they would wait for one another."""
        with self._lock:
            self._crews += 1
            if self._crews == 1:
                self._limits = threadpool_limits(limits=1, user_api="blas")
        try:
            yield
        finally:
            with self._lock:
                self._crews -= 1
                if self._crews == 0 and self._limits is not None:
                    self._limits.restore_original_limits()


ALGEBRA = _Algebra()
"""One for the process, as the threads that it speaks of are."""


@contextmanager
def _cluster(
    client: Any, work: Callable[[Any], Any], *, resources: dict[str, int] | None
) -> Iterator[Submit]:
    # A task of its own, which the scheduler can have done again: scattered data is lost with the worker that has it.
    from dask import config  # noqa: PLC0415 - an extra

    with config.set({LARGE: "1GB"}):  # a network's weights, once
        held = client.submit(_hold, work, pure=False)

    def submit(item: Any) -> Promise:
        # An item that is lost with its worker goes to another one.
        promise: Promise = client.submit(_apply, held, item, pure=False, resources=resources)
        return promise

    yield submit


def _hold(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return work


def _apply(work: Callable[[Any], Any], item: Any) -> Any:
    return work(item)

"""Work on many items at once: on all cores of this machine, or on a cluster; in order and in bounded memory."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

Item = TypeVar("Item")
Result = TypeVar("Result")

ITEMS_AT_ONCE = 64
"""How many items may be in work or wait to be taken: a few dozen scans, whatever the study's size."""

AHEAD = 2
"""How many items that fill a machine wait for each worker, so that none is idle between two."""


@runtime_checkable
class Promise(Protocol):
    """What will be a result."""

    def result(self) -> Any:
        """Wait for it."""


Submit: TypeAlias = Callable[[Any], Promise]


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply `work` to every item, and yield the results in the order of the items.

    This machine's threads are used, or, with a ``dask.distributed`` client in the process, its cluster, to which
    `work` is sent once and not with every item. `ITEMS_AT_ONCE` are in work or wait at a time; a slow one holds up none
    of those after it until so many wait.

    Args:
        work: A function of one item that shares no state with other calls; picklable for a cluster.
        items: May be a generator; it is taken from as results are.

    Yields:
        One result per item. An exception in `work` is raised where its result would be.

    Examples:
        >>> list(in_parallel(abs, [-2, 1]))
        [2, 1]
    """
    client = _find_client()
    crew = _threads(work) if client is None else _cluster(client, work)
    with crew as submit:
        yield from _slide(submit, items, width=ITEMS_AT_ONCE)


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply work that fills a machine by itself to every item: here one after the other, on a cluster one per worker.

    Args:
        work: As for `in_parallel`.
        items: May be a generator.

    Yields:
        One result per item, in their order.
    """
    client = _find_client()
    if client is None:
        yield from map(work, items)
        return
    with _cluster(client, work) as submit:
        yield from _slide(submit, items, width=AHEAD * max(1, len(client.nthreads())))


def _slide(submit: Submit, items: Iterable[Item], *, width: int) -> Iterator[Any]:
    waiting: deque[Promise] = deque()
    for item in items:
        waiting.append(submit(item))
        if len(waiting) == width:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _find_client() -> Any:
    """Find the ``dask.distributed`` client of this process, if it has one."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return None
    try:
        return distributed.get_client()
    except ValueError:
        return None


@contextmanager
def _threads(work: Callable[[Item], Result]) -> Iterator[Submit]:
    pool = ThreadPoolExecutor(os.cpu_count())

    def submit(item: Item) -> Future[Result]:
        return pool.submit(work, item)

    try:
        yield submit
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(client: Any, work: Callable[[Item], Result]) -> Iterator[Submit]:
    # Every worker gets a copy: what one that dies has held alone could not be made again.
    held = client.scatter(work, broadcast=True, hash=False)

    def submit(item: Item) -> Promise:
        # An item that is lost with its worker goes to another one.
        promise: Promise = client.submit(_apply, held, item, pure=False)
        return promise

    yield submit


def _apply(work: Callable[[Item], Result], item: Item) -> Result:
    return work(item)

"""Per-scan work on all cores, in order and in bounded memory."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from dask.base import compute
from dask.delayed import delayed

Item = TypeVar("Item")
Result = TypeVar("Result")

ITEMS_AT_ONCE = 64
"""How many results may wait to be taken: a few dozen scans, whatever the study's size."""


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply `work` to every item through Dask, and yield the results in the order of the items.

    Dask's local threads are used unless another scheduler is set up: with a ``dask.distributed``
    client in the process, the work goes to its cluster. No more than `ITEMS_AT_ONCE` results are
    held at a time.

    Args:
        work: A function of one item that shares no state with other calls; picklable for a cluster.
        items: May be a generator; it is taken from as results are.

    Yields:
        One result per item. An exception in `work` is raised where its result would be.

    Examples:
        >>> list(in_parallel(abs, [-2, 1]))
        [2, 1]
    """
    remaining = iter(items)
    while chunk := list(itertools.islice(remaining, ITEMS_AT_ONCE)):
        tasks = [delayed(work, pure=False)(item) for item in chunk]
        yield from compute(*tasks)

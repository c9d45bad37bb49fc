"""Progress of long steps: a bar on a terminal, plain log lines elsewhere."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from rich import get_console
from rich.progress import Progress

from sonolens.parallel import Further, Pending

Item = TypeVar("Item", covariant=True)  # noqa: PLC0105 - one word for one thing

Advance: TypeAlias = Callable[[float], None]
"""Tells that so many more are done; parts of one count."""

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0
SHORT_SECONDS = 1.0
"""A step that is over before leaves no line."""


def track(items: Iterable[Item], *, description: str, total: int) -> Pending[Item]:
    """Yield `items` unchanged while telling how far along they are; see `counting`.

    Args:
        items: What is worked through; may be a generator.
        description: What is being done, for example ``"Drawing region masks"``.
        total: How many items there will be.
    """
    return _Tracked(items, description, total)


@dataclass(frozen=True, eq=False)
class _Tracked(Pending[Item]):
    """Items that tell how far along they are, whoever makes them."""

    items: Iterable[Any]
    description: str
    total: int

    def __iter__(self) -> Iterator[Item]:
        with counting(description=self.description, total=self.total) as advance:
            for item in self.items:
                yield item
                advance(1.0)

    def then(self, step: Callable[[Any], Further]) -> Pending[Further]:
        items = self.items
        then = items.then(step) if isinstance(items, Pending) else map(step, items)
        return _Tracked(then, self.description, self.total)


@contextmanager
def counting(*, description: str, total: int) -> Iterator[Advance]:
    """Tell how far along a step is that says so itself, because one of its items takes long.

    On a terminal rich draws a bar on the console that Kedro's log handler also uses, so log lines and bar do not
    tear each other; elsewhere a line is logged every 30 seconds, and one at the end of what was not short.

    Args:
        description: What is being done.
        total: How many items there will be.

    Yields:
        A function to call with how many more are done.
    """
    if get_console().is_terminal:
        with Progress(console=get_console()) as progress:
            task = progress.add_task(description, total=total)
            yield lambda more: progress.advance(task, more)
        return
    started = last_line = time.monotonic()
    done = 0.0

    def advance(more: float) -> None:
        nonlocal done, last_line
        done += more
        if time.monotonic() - last_line > SECONDS_BETWEEN_LINES:
            last_line = time.monotonic()
            logger.info("%s: %d of %d", description, done, total)

    yield advance
    seconds = time.monotonic() - started
    if seconds >= SHORT_SECONDS:
        logger.info("%s: %d done in %.1f s", description, round(done), seconds)

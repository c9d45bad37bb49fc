"""Progress of long steps: a bar on a terminal, plain log lines elsewhere."""

import logging
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich import get_console
from rich.progress import track as rich_track

Item = TypeVar("Item")

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0


def track(items: Iterable[Item], *, description: str, total: int) -> Iterator[Item]:
    """Yield `items` unchanged while telling how far along they are.

    Args:
        items: What is worked through; may be a generator.
        description: What is being done, for example ``"Drawing region masks"``.
        total: How many items there will be.

    Yields:
        The items. On a terminal rich draws a bar on the console that Kedro's log handler also uses,
        so log lines and bar do not tear each other; elsewhere a line is logged every 30 seconds
        and one at the end.
    """
    if get_console().is_terminal:
        yield from rich_track(items, description=description, total=total)
        return
    started = last_line = time.monotonic()
    done = 0
    for item in items:
        yield item
        done += 1
        if time.monotonic() - last_line > SECONDS_BETWEEN_LINES:
            last_line = time.monotonic()
            logger.info("%s: %d of %d", description, done, total)
    logger.info("%s: %d done in %.1f s", description, done, time.monotonic() - started)

"""What a reader has to say of a picture that it read: heard where scans are inspected, else nowhere.

A reader returns grey levels or a mask and nothing else. What it had to decide on the way - colours that
became grey, odd pixels that were left out - it remarks, and whoever asked for the picture may listen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Remark(NamedTuple):
    """What a reader says of one picture.

    Attributes:
        check: The check of `sonolens.tables.vocabulary.CHECKS` whose finding it becomes.
        value: The number that gave it away, as text.
        message: The sentence.
    """

    check: str
    value: str
    message: str


_heard: ContextVar[list[Remark] | None] = ContextVar("heard", default=None)


def remark(check: str, value: str, message: str) -> None:
    """Say something of the picture that is being read; nobody need listen."""
    heard = _heard.get()
    if heard is not None:
        heard.append(Remark(check, value, message))


@contextmanager
def listen() -> Iterator[list[Remark]]:
    """Collect what readers remark inside the block, in this thread alone.

    >>> with listen() as heard:
    ...     remark("mask_levels", "2 px", "mask has 2 odd pixels")
    >>> [said.value for said in heard]
    ['2 px']
    """
    heard: list[Remark] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)

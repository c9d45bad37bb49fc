"""The one boundary between a user's file and the libraries that read it.

What a library raises over a broken file depends on where it is broken: errors of zip, zlib and struct, keys that are
absent, memory that does not suffice, warnings that were turned into errors. Every call of a library on a user's file
stands in a `reading` block, which makes of any of them one line: the file, what is wrong, why, and what to do. A block
holds the library's calls and not our formulas, so that a mistake of our own keeps its traceback.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sonolens.studies.limits import PER_MEGA, USUAL, ReadingLimits

GOOD_COPY = "replace it by a good copy"
LONGEST_REASON = 160
LONGEST_LINE = 800
"""Letters of an error; what is longer, as a table that is one long word, is cut in its middle."""

KINDS = {
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
"""What must not be opened, because reading from it need not end."""


class StudyFileError(ValueError):
    """What is wrong with a file of a study: one line, whatever the file put into it."""

    def __init__(self, message: str) -> None:
        super().__init__(in_one_line(message))


class _InForce:
    """The limits that this process reads by; those of a study's catalog entry, or the usual ones."""

    limits = USUAL


def use_limits(limits: ReadingLimits) -> None:
    """Read by these limits from now on, in this process and all its threads."""
    _InForce.limits = limits


def limits() -> ReadingLimits:
    """Tell the limits that this process reads by."""
    return _InForce.limits


@contextmanager
def reading(
    what: str, problem: str, *, remedy: str | Callable[[Exception], str] = GOOD_COPY
) -> Iterator[None]:
    """Turn whatever is raised inside the block into one line; the block holds calls of a library and nothing else.

    Args:
        what: The file, as ``picture 'a.png'``.
        problem: What it is not, as ``cannot be read as PNG``.
        remedy: What to do, or what tells it from the error.

    Raises:
        FileNotFoundError: As raised in the block.
        StudyFileError: For everything else that is an error.
    """
    try:
        yield
    except (StudyFileError, FileNotFoundError):
        raise
    except Exception as error:
        told = remedy if isinstance(remedy, str) else remedy(error)
        raise StudyFileError(f"{what} {problem} ({tell_why(error)}); {told}") from error


def check_file(
    path: Path, what: str, *, setting: str = "largest_file_mb", shown: str | None = None
) -> None:
    """See before it is opened that a file is one, and not too large.

    Args:
        path: The file.
        what: What it should be, as ``picture``.
        setting: The limit that tells how large it may be.
        shown: The file as errors name it; by default its whole path.

    Raises:
        FileNotFoundError: There is nothing of this name.
        StudyFileError: It is a folder, a pipe, a socket, a device, or too large.
    """
    named = f"{what} {shown or str(path)!r}"
    try:
        with reading(named, "cannot be read", remedy="see to it that you may read it"):
            facts = path.stat()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{named} does not exist; restore it or correct its name"
        ) from error
    if stat.S_ISDIR(facts.st_mode):
        raise StudyFileError(f"{named} is a folder; name the file in it")
    for is_kind, kind in KINDS.items():
        if is_kind(facts.st_mode):
            raise StudyFileError(f"{named} is {kind} and no file; save what it gives as a file")
    refuse_above(facts.st_size / PER_MEGA, setting, what=named, unit="MB")


def refuse_above(amount: float, setting: str, *, what: str, unit: str) -> None:
    """Refuse what takes more than a limit.

    Args:
        amount: What it takes.
        setting: The name of the limit.
        what: The file, as ``picture 'a.png'``.
        unit: Of both.

    Raises:
        StudyFileError: The amount is above the limit, or no number.
    """
    most: float = getattr(limits(), setting)
    if not amount <= most:
        raise StudyFileError(
            f"{what} has {amount:,.4g} {unit}, more than the {most:,.4g} that are read; {GOOD_COPY} of usual size, or, if "
            f"it is sound, raise reading_limits.{setting} in conf/base/globals.yml"
        )


def check_pixels(rows: int, cols: int, *, what: str) -> None:
    """Refuse a picture of more pixels than are decoded.

    Raises:
        StudyFileError: See `refuse_above`.
    """
    refuse_above(rows * cols / PER_MEGA, "largest_picture_mpx", what=what, unit="megapixels")


def tell_why(error: Exception) -> str:
    r"""Tell an error in a few words, for decoders like to list everything they tried.

    >>> tell_why(RuntimeError("all failed:\n a: no bytes\n b: no")), tell_why(EOFError())
    ('all failed: a: no bytes', 'EOFError')
    >>> tell_why(KeyError("xl/workbook.xml")), tell_why(MemoryError())
    ("KeyError 'xl/workbook.xml'", 'it does not fit into the memory')
    """
    if isinstance(error, MemoryError):
        return "it does not fit into the memory"
    if isinstance(error, RecursionError):
        return "its parts are nested too deeply"
    first, _, others = str(error).partition("\n")
    cause = others.partition("\n")[0].strip() if first.endswith(":") else ""
    told = f"{first} {cause}".strip()
    if isinstance(error, KeyError) or not told:
        told = f"{type(error).__name__} {told}".strip()
    return _cut(in_one_line(told), LONGEST_REASON)


def in_one_line(text: str) -> str:
    r"""Tell a text in one line of letters that show, of bounded length; a remedy at its end stays.

    >>> in_one_line("a\n b\x00c"), len(in_one_line("x" * 5000)) <= LONGEST_LINE
    ('a b\\x00c', True)
    """
    words = _cut(" ".join(text.split()), LONGEST_LINE)
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in words)
    return _cut(shown, LONGEST_LINE)


def _cut(text: str, most: int) -> str:
    """Cut the middle out of a text that is too long."""
    if len(text) <= most:
        return text
    kept = (most - 5) // 2
    return f"{text[:kept]} ... {text[-kept:]}"

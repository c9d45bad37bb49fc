"""The law of a broken file: it is read, or refused in one line that names it, in little time and memory.

`SONOLENS_FUZZ` says how many files are broken, over all formats; ``make fuzz`` breaks 10,000.
"""

import os
import resource
import signal
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile_files import FORMATS, SOMEHOW

from sonolens.studies import StudyFileError

SAMPLE = 240
FILES = int(os.environ.get("SONOLENS_FUZZ", SAMPLE))
MOST_SECONDS = 20
MOST_RSS = 1.5e9
FAILURES_TOLD = 5
LONGEST = 1000


class TookTooLong(BaseException):
    """No error of a file: nothing may turn it into one."""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def outcome(read: Callable[[], Any], file: Path) -> str:
    """What became of a file: read, refused, or how the law was broken."""
    try:
        with within(MOST_SECONDS):
            read()
    except TookTooLong:
        return f"took more than {MOST_SECONDS} s"
    except Exception as error:
        return judge_refusal(error, file)
    return "read"


def judge_refusal(error: Exception, file: Path) -> str:
    said = str(error)
    if type(error) not in {ValueError, FileNotFoundError, StudyFileError}:
        return f"raw {type(error).__name__}: {said}"
    if not said.isprintable() or len(said) > LONGEST:
        return f"told in more than a line: {said[:300]!r}"
    if file.stem not in said and "study '" not in said:  # its mask, or what a study lacks
        return f"names no file: {said}"
    return "refused"


@pytest.mark.filterwarnings("ignore", "error::RuntimeWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_file_is_read_or_refused_in_one_line_that_names_it(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file_name, make, reads, own_breaks = FORMATS[name]
    valid, breaks = make(), (*SOMEHOW, *own_breaks, *own_breaks)
    before, counts, broken = peak(), Counter[str](), []
    for number in range(-(-FILES // len(FORMATS))):
        rng = np.random.default_rng([number, zlib.crc32(name.encode())])
        how = breaks[number % len(breaks)]
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            file = Path(folder) / file_name
            file.write_bytes(how(valid, rng))
            found = [outcome(read, file) for read in reads(file)]
        lawless = set(found) - {"read", "refused"}
        broken += [f"{name}, {how.__name__} {number}: {each}" for each in sorted(lawless)]
        counts["refused" if "refused" in found else "read"] += 1
    if "SONOLENS_FUZZ" in os.environ:
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {dict(counts)}, {len(broken)} broke the law\n")
    assert not broken, "\n".join([f"{len(broken)} broke the law", *broken[:FAILURES_TOLD]])
    assert peak() - before < MOST_RSS


@pytest.mark.parametrize("name", FORMATS)
def test_the_file_that_is_broken_was_sound(name: str, tmp_path: Path) -> None:
    file_name, make, reads, _ = FORMATS[name]
    file = tmp_path / file_name
    file.write_bytes(make())

    found = [outcome(read, file) for read in reads(file)]

    assert found[0] == "read"
    assert set(found) <= {"read", "refused"}

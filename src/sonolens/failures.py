"""How a failure is told: one line for what its user can mend, the traceback for all else."""

import os
import re
import sys
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from kedro.io import DatasetError
from kedro.validation.exceptions import DataValidationError, ParameterValidationError

TRACEBACK_VARIABLE = "SONOLENS_TRACEBACK"
"""Set to 1, every failure shows where in the code it happened."""

PACKAGE = str(Path(__file__).parent)
AROUND_WHAT_IS_WRONG = re.compile(
    r"Parameter validation failed:\n- |Failed to instantiate \w+ for parameter '\w+': \d+ validation errors? for \w+"
    r"|\[type=.*?, input_value=.*?, input_type=\w+\]"
    r"|For further information visit \S+"
    r"|Value error, ",
    re.DOTALL,
)


def tell_failures_in_one_line() -> None:
    """From now on, end the process with one line on stderr where a user can mend what failed.

    What is no fault of the input keeps the traceback, and so does everything while
    `SONOLENS_TRACEBACK` is 1. The exit status stays 1.
    """
    shown_before = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if os.environ.get(TRACEBACK_VARIABLE) == "1" or not is_mendable(error):
            shown_before(kind, error, where)
        else:
            print(f"Error: {in_one_line(error)}", file=sys.stderr)  # noqa: T201 - the last line

    if not getattr(shown_before, "tells_in_one_line", False):
        tell.tells_in_one_line = True  # type: ignore[attr-defined]
        sys.excepthook = tell


def is_mendable(error: BaseException) -> bool:
    """Say whether an error is about what was given rather than about the code.

    Args:
        error: What ended the run; the errors that it was raised from count.

    Returns:
        True for a parameter or a table that breaks its contract, a file that cannot be read or
        written, a dataset that refuses, and a value that this package refused, by itself or because of what a
        user's own code did.
    """
    chain = _chain(error)
    if any(isinstance(each, DataValidationError | ParameterValidationError) for each in chain):
        return True
    if isinstance(chain[-1], OSError | DatasetError):
        return True
    return any(isinstance(each, ValueError) and _raised_here(each) for each in chain)


def in_one_line(error: BaseException) -> str:
    r"""Tell an error without line breaks and without what checkers put around it.

    >>> in_one_line(ValueError("no scan;\n  give one"))
    'no scan; give one'
    """
    text = str(error) or type(error).__name__
    if isinstance(error, ParameterValidationError):
        text = AROUND_WHAT_IS_WRONG.sub("", text)
    return " ".join(text.split())


def _chain(error: BaseException) -> list[BaseException]:
    """An error and those that it was raised from, the first cause last."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    return chain


def _raised_here(error: BaseException) -> bool:
    frames = extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.startswith(PACKAGE)

"""One row of a table: what its cells say, and where it stands when they say it wrongly."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from sonolens.studies.boundary import StudyFileError
from sonolens.studies.spelling import fold_id, fold_name, is_no_answer, read_answer

LABELS = {"benign": "benign", "malignant": "malignant", "0": "benign", "1": "malignant"}
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One row of a table: its cells by column, and its number in a spreadsheet.

    Attributes:
        file: Name of the table.
        number: As a spreadsheet counts, the header's row among them.
        cells: Text by column, without blanks around it; empty or absent where nothing was written.
    """

    file: str
    number: int
    cells: Mapping[str, str]

    def refuse(self, reason: str) -> NoReturn:
        """Raise what is wrong with this row, and where it stands."""
        raise StudyFileError(f"{self.file} row {self.number}: {reason}")

    def written(self, column: str) -> str:
        """Return what stands in a column, whatever it means; empty if nothing does."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """Return what stands in a column that may not be empty."""
        text = self.written(column)
        if not text:
            self.refuse(f"has no {column}; fill it in or remove the row")
        return text

    def known(self, column: str) -> str:
        """Return what a column tells; empty where it is empty or says that nobody knows."""
        text = self.written(column)
        return "" if is_no_answer(text) else text

    def label(self, column: str) -> str:
        """Read benign or malignant, or 0 and 1."""
        text = self.written(column)
        label = LABELS.get(fold_id(text))
        if label is None:
            self.refuse(
                f"{column} {text!r} is unknown; write benign or malignant (or 0 and 1, where 1 is "
                "malignant), and leave out scans without a mass"
            )
        return label

    def choice(self, column: str, choices: Sequence[str]) -> str | None:
        """Read one of a few words, however it is spelled; None if it is not known."""
        text = self.known(column)
        if not text:
            return None
        word = fold_name(fold_id(text)).removeprefix(fold_name(column))
        if word not in choices:
            self.refuse(
                f"{column} {text!r} is unknown; choose from {', '.join(choices)}, or leave it empty"
            )
        return word

    def amount(self, column: str) -> float:
        """Read a number, with a decimal point or comma; NaN if it is not known."""
        text = self.known(column)
        amount = _read_number(text) if text else math.nan
        if amount is None:
            self.refuse(
                f"{column} {text!r} is no number; correct it, or leave it empty if it is unknown"
            )
        return amount

    def number_or_zero(self, column: str) -> float:
        """Read a number of which 0 is one, as a place counted from 0; NaN where nothing is written."""
        text = self.written(column)
        number = _read_number(text) if text else math.nan
        if number is None and not is_no_answer(text):
            self.refuse(f"{column} {text!r} is no number; correct it, or leave it empty")
        return math.nan if number is None else number

    def millimetres(self, column: str) -> float:
        """Read the size of a pixel in mm, above 0; NaN if it is not known."""
        text = self.known(column)
        length = _read_number(text) if text else math.nan
        if length is None or length <= 0:
            self.refuse(
                f"{column} {text!r} is no length; write the size of a pixel in mm, above 0, for "
                "example 0.08"
            )
        return length

    def answer(self, column: str) -> bool | None:
        """Read yes or no; None if it is neither."""
        return read_answer(self.written(column))


def _read_number(text: str) -> float | None:
    """Read a finite number; None if it is none.

    >>> _read_number("0,07"), _read_number("6E-2"), _read_number("1.234,5")
    (0.07, 0.06, None)
    """
    number = text if "." in text else text.replace(",", ".", 1)
    if not NUMBER.fullmatch(number) or math.isinf(float(number)):
        return None
    return float(number)

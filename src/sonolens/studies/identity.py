"""Whose scans they are: ids that name nobody, are given by halves, or are one id in two spellings.

Any of these makes one patient two, who may then stand in training and test at once, or strangers one
patient. None can be repaired without asking, so all are refused.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from sonolens.studies.row import Row
from sonolens.studies.spelling import fold_id, is_no_answer

ZERO, ONE = "0", "1"
FEWEST_NUMBERED = 5
"""From so many other ids on, all with a number in them, one without a number is odd."""


def check_ids(rows: Sequence[Row], column: str) -> None:
    """Refuse ids that cannot be told apart or name nobody.

    Args:
        rows: All rows of a table.
        column: The column of ids; fine if it is absent or wholly empty.

    Raises:
        ValueError: If a row has an id that is a word for not knowing or stands where one would, has none
            while others have one, or has one that differs from another's in spelling only (`fold_id`).
            Names row and value.
    """
    given = [row for row in rows if row.written(column)]
    zero_counts = _zero_is_a_number(given, column)
    for row in given:
        text = row.written(column)
        if is_no_answer(text) and not (zero_counts and fold_id(text) == ZERO):
            row.refuse(
                f"{column} {text!r} names nobody; give every row its own, or leave the column "
                "empty throughout"
            )
    if given and len(given) < len(rows):
        bare = next(row for row in rows if not row.written(column))
        bare.refuse(
            f"has no {column}, but {len(given)} rows of {len(rows)} have one, and one patient could "
            "get two ids; give all of them or none"
        )
    _check_spelling(given, column)
    _check_words(given, column)


def check_lesions(
    rows: Sequence[Row],
    *,
    lesion_ids: Sequence[str],
    patient_ids: Sequence[str],
    labels: Sequence[str],
) -> None:
    """Refuse a lesion of two patients or two labels.

    Args:
        rows: The rows that tell of the scans, one each, in the order of the rest.
        lesion_ids: Which lesion each shows.
        patient_ids: Whose it is.
        labels: What it is.

    Raises:
        ValueError: Names the row, the lesion and both values.
    """
    told = list(zip(rows, patient_ids, labels, strict=True))
    first: dict[str, tuple[Row, str, str]] = {}
    for lesion_id, (row, *values) in zip(lesion_ids, told, strict=True):
        earlier, *others = first.setdefault(lesion_id, (row, values[0], values[1]))
        for column, value, other in zip(("patient_id", "label"), values, others, strict=True):
            if value != other:
                row.refuse(
                    f"lesion {lesion_id!r} has the {column} {value!r} but {other!r} in row "
                    f"{earlier.number}; a lesion has one, so correct it or number the lesions "
                    "through the whole study"
                )


def _zero_is_a_number(given: Sequence[Row], column: str) -> bool:
    """Tell whether ``0`` starts a numbering from 0, and does not stand for many unknown ones.

    It does if all ids are whole numbers, 1 is among them, and 0 has no more rows than another.
    """
    count = Counter(fold_id(row.written(column)) for row in given)
    others = {text: rows for text, rows in count.items() if text != ZERO}
    return ONE in others and all(map(str.isdigit, others)) and count[ZERO] <= max(others.values())


def _check_spelling(given: Sequence[Row], column: str) -> None:
    first: dict[str, Row] = {}
    for row in given:
        text = row.written(column)
        earlier = first.setdefault(fold_id(text), row)
        other = earlier.written(column)
        if other != text:
            look_alike = unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", other)
            shows = ascii if look_alike else repr
            row.refuse(
                f"{column} {shows(text)} differs from {shows(other)} in row {earlier.number} "
                "in spelling only (case, blanks, dashes, zeros, .0 or Unicode form); write one id in "
                "one way, or two ids in two that differ otherwise"
            )


def _check_words(given: Sequence[Row], column: str) -> None:
    """Refuse a word that stands in more rows than any id, where all ids have numbers: ``to be asked``."""
    count = Counter(row.written(column) for row in given)
    words = {text for text in count if not any(map(str.isdigit, text))}
    numbered = [count[text] for text in count.keys() - words]
    if len(words) > 1 or len(numbered) < FEWEST_NUMBERED:
        return
    for row in given:
        text = row.written(column)
        if text in words and count[text] > max(numbered):
            row.refuse(
                f"{column} {text!r} stands in {count[text]} rows, more than any other, and has no number "
                "as the others have, so it most likely names nobody; give every row its own, or leave "
                "the column empty throughout"
            )

"""The one door for tables: text in any separator, or the first sheet of an XLSX.

Every cell is read as text, so that ids such as ``0007`` and BI-RADS categories such as ``4a`` stay
what they are, and every row knows the number that a spreadsheet shows beside it.
"""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sonolens.studies.boundary import StudyFileError, check_file, reading
from sonolens.studies.columns import name_columns, refuse_likely
from sonolens.studies.row import Row
from sonolens.studies.workbook import read_sheet

SEPARATORS = ",;\t"
BEYOND = ""
"""The column of what a row has beyond the header, where that is kept."""

WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_table(
    file: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    key: str | None = None,
    published: bool = True,
    keep_beyond: bool = False,
) -> list[Row]:
    """Read the rows of a table and name its columns.

    A column is known by its letters and digits, so that ``BI-RADS`` is ``birads`` and ``Spacing (mm)``
    is ``spacing_mm``; all others keep their names.

    Args:
        file: Text parted by commas, semicolons or tabulators, in UTF-8 with or without byte order
            mark, or in UTF-16 with it; or an ``.xlsx`` file.
        required: The columns the table must have, as they are to be called.
        optional: Further columns that are known.
        key: The one of `required` that names a row: never empty, never twice the same.
        published: A table of the user's own (False) may not have a column that is most likely a known
            one, such as ``subject`` for ``patient_id``: it would be lost without a word.
        keep_beyond: Keep what a row has beyond the header in the column `BEYOND`, and do not refuse it.

    Returns:
        The rows in the table's order, without blank ones; none if it has only a header.

    Raises:
        ValueError: If the file cannot be read as a table, lacks a column or has one twice, a row is
            longer than the header, or its key is empty or repeated.
    """
    remedy = (
        "use the table as published"
        if published
        else "save it from the spreadsheet as CSV UTF-8, with the columns named in its first row"
    )
    lines = _read_lines(file, remedy)
    heading = next((place for place, line in enumerate(lines) if any(line)), len(lines))
    header = lines[heading] if lines[heading:] else []
    columns = name_columns(header, required=required, optional=optional, file=file.name)
    if not published:
        refuse_likely(columns, known=(*required, *optional), file=file.name)
    rows = []
    for number, line in enumerate(lines[heading + 1 :], start=heading + 2):
        row = Row(file.name, number, dict(zip(columns, line, strict=False)))
        beyond = "".join(line[len(columns) :])
        if beyond and keep_beyond:
            row = replace(row, cells={**row.cells, BEYOND: beyond})
        elif beyond:
            row.refuse(
                f"has {len(line)} cells but the header has {len(columns)}; put a cell that holds "
                "the separator in quotes, and write decimals with a point"
            )
        if any(line):
            rows.append(row)
    if key is not None:
        _check_key(rows, key)
    return rows


def _read_lines(file: Path, remedy: str) -> list[list[str]]:
    """Read a table's cells, line by line; blank lines are empty."""
    if file.suffix.lower() == ".xlsx":
        return read_sheet(file, remedy=remedy)
    text = _decode(file, remedy)
    separator = _separator(text)
    with reading(file.name, "is no table", remedy=remedy):
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    hint = bool(lines) and text.lower().startswith("sep=")
    return [
        [] if hint and not place else [cell.strip() for cell in line]
        for place, line in enumerate(lines)
    ]


def _decode(file: Path, remedy: str) -> str:
    """Decode a table's text; another encoding is refused rather than guessed."""
    check_file(file, "table", setting="largest_table_mb", shown=file.name)
    with reading(file.name, "cannot be read", remedy="see to it that you may read it"):
        content = file.read_bytes()
    encoding = "utf-16" if content.startswith(WIDE_MARKS) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise StudyFileError(
            f"{file.name} row {row}: is no UTF-8 text ({error.reason} {content[error.start]:#x}); "
            f"{remedy}"
        ) from error
    if "\0" in text:
        raise StudyFileError(f"{file.name} is no UTF-8 text (it holds zero bytes); {remedy}")
    return text


def _separator(text: str) -> str:
    """Tell by the first line what parts the cells.

    >>> _separator("image;mask;label"), _separator("sep=;")
    (';', ';')
    """
    heading = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=heading.count)


def _check_key(rows: Sequence[Row], key: str) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        name = row.required(key)
        earlier = first.setdefault(name, row)
        if earlier is not row:
            row.refuse(
                f"{key} {name!r} is already that of row {earlier.number}; keep the right one"
            )

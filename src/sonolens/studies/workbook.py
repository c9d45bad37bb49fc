"""The first sheet of an XLSX as text, read row by row so that a small file cannot unfold into hours or gigabytes."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import TYPE_ERROR
from openpyxl.cell.read_only import EMPTY_CELL

from sonolens.studies.boundary import check_file, limits, reading, refuse_above
from sonolens.studies.limits import PER_MEGA

NO_WORKBOOK = "is no XLSX that can be read"


def read_sheet(file: Path, *, remedy: str) -> list[list[str]]:
    """Read the cells of the first sheet; empty ones, and errors of formulas, are empty text.

    Args:
        file: The workbook.
        remedy: What to do about one that cannot be read.

    Returns:
        One list per row, empty for a blank one, else at least as long as the first that is not blank.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no XLSX, is broken, or holds more than is read.
    """
    check_file(file, "table", setting="largest_table_mb", shown=file.name)
    with reading(file.name, NO_WORKBOOK, remedy=remedy), zipfile.ZipFile(file) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    refuse_above(unpacked / PER_MEGA, "largest_table_mb", what=f"{file.name}, unpacked,", unit="MB")
    most = limits().most_cells
    lines: list[list[str]] = []
    cells, width = 0, 0
    for line in _read_lines(file, remedy):
        width = width or len(line)
        cells += max(1, len(line), width)
        if cells > most:
            refuse_above(float(cells), "most_cells", what=file.name, unit="cells")
        lines.append(line + [""] * (width - len(line)) if line else line)
    return lines


def _read_lines(file: Path, remedy: str) -> Iterator[list[str]]:
    """Yield every row as text, without the empty cells at its end."""
    with reading(file.name, NO_WORKBOOK, remedy=remedy), file.open("rb") as opened:
        book = openpyxl.load_workbook(opened, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a writer claims of the size may be wrong
        for row in sheet.rows:
            line = ["" if cell is EMPTY_CELL else _write(cell) for cell in row]
            while line and not line[-1]:
                line.pop()
            yield line


def _write(cell: Any) -> str:
    """Write what a cell shows: whole numbers without a point, nothing for the error of a formula."""
    value = cell.value
    if value is None or cell.data_type == TYPE_ERROR:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()

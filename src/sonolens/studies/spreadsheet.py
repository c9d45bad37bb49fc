"""The tables that come with published scans: CSV of any separator, or the first sheet of an XLSX.

Every cell is read as text, so that ids such as ``0007`` and BI-RADS categories such as ``4a`` stay
what they are. Blank cells are empty.
"""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

SEPARATORS = ",;\t"


def read_table(file: Path, *, columns: Sequence[str], key: str) -> pd.DataFrame:
    """Read a table and find its columns, whatever their case and the blanks around them.

    Args:
        file: A ``.csv`` file in UTF-8, with or without byte order mark, separated by comma,
            semicolon or tabulator; or an ``.xlsx`` file.
        columns: The columns the table must have, as they are to be called.
        key: The one of `columns` that names a row: never empty, never twice the same.

    Returns:
        The rows as text, in the table's order; further columns stay under their own names.

    Raises:
        ValueError: If the file cannot be read as a table, lacks a column, or its key is empty or
            repeated.
    """
    rows = _read_text(file)
    rows.columns = [str(column).strip() for column in rows.columns]
    present = list(rows.columns)
    spelled = {column.lower(): column for column in (*present, *set(columns).intersection(present))}
    absent = [column for column in columns if column.lower() not in spelled]
    if absent:
        raise ValueError(
            f"table {file.name!r} has no column {absent[0]!r} but {', '.join(present)}; "
            "use the table as published"
        )
    rows = rows.rename(columns={spelled[column.lower()]: column for column in columns})
    rows = rows.apply(lambda cells: cells.str.strip()).replace("", pd.NA)
    rows = rows.dropna(how="all").reset_index(drop=True)
    _check_key(rows[key], file)
    return rows


def read_numbers(rows: pd.DataFrame, column: str, *, key: str) -> "pd.Series[float]":
    """Turn a column of text into numbers; empty cells become NaN.

    Args:
        rows: A table of `read_table`.
        column: The column to turn.
        key: The column that names a row in the error.

    Raises:
        ValueError: If a cell holds text that is no number.
    """
    numbers = pd.to_numeric(rows[column], errors="coerce").astype(float)
    wrong = rows.loc[rows[column].notna() & numbers.isna()]
    if len(wrong):
        raise ValueError(
            f"{wrong[key].iloc[0]!r} has the {column} {wrong[column].iloc[0]!r}, which is no number; "
            "correct it, or leave the cell empty if it is unknown"
        )
    return numbers


def _read_text(file: Path) -> pd.DataFrame:
    try:
        if file.suffix.lower() == ".csv":
            with file.open(encoding="utf-8-sig") as text:
                heading = text.readline()
            return pd.read_csv(
                file,
                sep=max(SEPARATORS, key=heading.count),
                dtype="str",
                encoding="utf-8-sig",
                keep_default_na=False,
                na_values=[""],
            )
        return pd.read_excel(
            file, dtype="str", engine="openpyxl", keep_default_na=False, na_values=[""]
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(
            f"table {str(file)!r} is no UTF-8 CSV ({error}); use the table as published"
        ) from error
    except (BadZipFile, KeyError) as error:
        raise ValueError(
            f"table {str(file)!r} is no XLSX ({error}); use the table as published"
        ) from error


def _check_key(names: "pd.Series[str]", file: Path) -> None:
    if names.isna().any():
        row = int(names.isna().to_numpy().argmax()) + 1
        raise ValueError(
            f"table {file.name!r} has an empty {names.name} in its row {row}; "
            "use the table as published, or remove the row"
        )
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise ValueError(
            f"table {file.name!r} has two rows for the {names.name} {twice!r}; keep the right one"
        )

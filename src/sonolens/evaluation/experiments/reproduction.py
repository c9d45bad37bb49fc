"""Tables of a run made again, number by number against the archived ones."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonolens.tables.reproduction import Reproduction

TIMES = frozenset({"seconds"})
"""Columns that say how long something took."""

OF_OTHER_RUNS = "tells what other runs of its data root found"
A_TIME = "how long something takes is never the same"
"""Why these are not compared; no fault of the new run."""

OF_FIRST, OF_SECOND = "_first", "_second"


def compare_tables(
    dataset: str,
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    keys: Sequence[str],
    tolerance: float,
) -> pd.DataFrame:
    """Compare two tables of one kind, column by column.

    Args:
        dataset: What to call the table.
        first: The archived table.
        second: The one made again.
        keys: Columns that tell rows apart; without any, or where they do not, the rows are paired in their order.
        tolerance: Differences up to this share of the value, or of 1 where that is more, count as within.

    Returns:
        `sonolens.tables.reproduction.Reproduction`: a row for the rows, and one for every column of either table.
        Missing cells are equal to each other and differ from every value.
    """
    pairs, alone = _pair(first, second, keys)
    n = len(pairs) + alone
    found: list[dict[str, Any]] = [_tell(dataset, None, "rows", n=n, exact=len(pairs))]
    for column in [*first.columns, *(name for name in second if name not in first)]:
        if column not in first or column not in second:
            whose = "made again" if column in first else "archived"
            reason = f"the {whose} table has no such column"
            found.append(_tell(dataset, column, "text", n=0, exact=0, reason=reason))
            continue
        if column in TIMES:
            found.append(_tell(dataset, column, "number", n=0, exact=0, reason=A_TIME))
            continue
        one, other = pairs[f"{column}{OF_FIRST}"], pairs[f"{column}{OF_SECOND}"]
        found.append(_compare_column(dataset, column, one, other, tolerance=tolerance))
    return _as_table(found, tolerance)


def compare_files(
    dataset: str, first: dict[str, str], second: dict[str, str], *, tolerance: float
) -> pd.DataFrame:
    """Compare files by their SHA-256; one that a side lacks differs.

    Args:
        dataset: What to call them.
        first: SHA-256 of the archived files by name.
        second: Of those made again.
        tolerance: Only told.
    """
    names = first.keys() | second.keys()
    exact = sum(first.get(name) == second.get(name) for name in names)
    told = _tell(dataset, None, "bytes", n=len(names), exact=exact)
    return _as_table([told], tolerance)


def tell_uncompared(dataset: str, reason: str, *, tolerance: float) -> pd.DataFrame:
    """Say that a table could not be compared, and why."""
    return _as_table([_tell(dataset, None, "rows", n=0, exact=0, reason=reason)], tolerance)


def _pair(
    first: pd.DataFrame, second: pd.DataFrame, keys: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """Set rows that belong together side by side, and count those that stand alone."""
    known = [key for key in keys if key in first and key in second]
    row = "row of both"
    if not known or first.duplicated(known).any() or second.duplicated(known).any():
        marks = [pd.Series(np.arange(len(table)), table.index) for table in (first, second)]
    else:
        marks = [
            table[known]
            .astype(object)
            .where(table[known].notna(), "")
            .astype(str)
            .agg("\n".join, axis=1)
            if len(table)
            else pd.Series(dtype=str)
            for table in (first, second)
        ]
    one, other = (
        table.add_suffix(suffix).assign(**{row: mark})
        for table, suffix, mark in zip((first, second), (OF_FIRST, OF_SECOND), marks, strict=True)
    )
    if one.empty or other.empty:
        columns = [*one.columns, *(name for name in other if name not in one)]
        return pd.DataFrame(columns=columns), len(one) + len(other)
    pairs = one.merge(other, on=row, how="inner")
    return pairs, len(one) + len(other) - 2 * len(pairs)


def _compare_column(
    dataset: str, column: str, one: pd.Series, other: pd.Series, *, tolerance: float
) -> dict[str, Any]:
    absent = (one.isna() & other.isna()).to_numpy()
    if not (_holds_numbers(one) and _holds_numbers(other)):
        exact = absent | (one.astype(str) == other.astype(str)).to_numpy()
        return _tell(dataset, column, "text", n=len(one), exact=int(exact.sum()))
    a, b = one.to_numpy(dtype=float, na_value=np.nan), other.to_numpy(dtype=float, na_value=np.nan)
    same = absent | (a == b)
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(a - b))
        within = ~same & (apart <= tolerance * np.maximum(1.0, np.abs(a)))
    known = apart[np.isfinite(apart)]
    largest = float(known.max()) if len(known) else None
    told = _tell(
        dataset, column, "number", n=len(a), exact=int(same.sum()), within=int(within.sum())
    )
    return {**told, "largest_difference": largest}


def _holds_numbers(column: pd.Series) -> bool:
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return bool(is_number or column.isna().all())


def _tell(
    dataset: str,
    column: str | None,
    kind: str,
    *,
    n: int,
    exact: int,
    within: int = 0,
    reason: str | None = None,
) -> dict[str, Any]:
    differs = n - exact - within
    verdict = "differs" if differs else "within tolerance" if within else "exact"
    return {
        "dataset": dataset,
        "column": column,
        "kind": kind,
        "verdict": "not compared" if reason else verdict,
        "n": n,
        "n_exact": exact,
        "n_within": within,
        "n_differs": differs,
        "largest_difference": None,
        "reason": reason,
    }


def _as_table(rows: Sequence[dict[str, Any]], tolerance: float) -> pd.DataFrame:
    table = pd.DataFrame(list(rows)).assign(tolerance=tolerance)
    return Reproduction.validate(table)

"""What a study does not tell of its scans and a reader filled in, so that no guess passes for a fact."""

from collections.abc import Mapping, Sequence

import pandas as pd

FILLED_IN = "filled_in"
"""Column of the `scans` table: the columns of a row that were filled in, with blanks between."""
FILLABLE = ("lesion_id", "patient_id")
"""Columns that are filled in where they are unknown: with the scan's id, and with the lesion's."""


def mark_filled(scans: pd.DataFrame, filled: Mapping[str, Sequence[bool]]) -> pd.DataFrame:
    """Mark in a table of scans which ids were filled in.

    Args:
        scans: The table so far.
        filled: For at least one of `FILLABLE`, whether each row's value was filled in.

    Returns:
        The table with `FILLED_IN`, empty where every id was read.
    """
    names = [column for column in FILLABLE if column in filled]
    marks = zip(*(filled[column] for column in names), strict=True)
    told = [
        " ".join(name for name, is_marked in zip(names, marked, strict=True) if is_marked) or None
        for marked in marks
    ]
    return scans.assign(**{FILLED_IN: pd.Series(told, index=scans.index, dtype="str")})


def is_filled(scans: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Say of every scan whether its id was filled in; False for tables that do not tell.

    >>> scans = pd.DataFrame({"filled_in": ["patient_id lesion_id", None]})
    >>> is_filled(scans, "lesion_id").tolist()
    [True, False]
    """
    if FILLED_IN not in scans:
        return pd.Series(False, index=scans.index)
    return scans[FILLED_IN].fillna("").str.split().map(lambda names: column in names).astype(bool)


def name_units(scans: pd.DataFrame) -> str:
    """Name what counts as one patient: what is resampled, split apart and counted.

    Returns:
        ``patients`` where every patient was read, else what stands in for them and that it does.

    >>> name_units(pd.DataFrame({"filled_in": ["patient_id", "patient_id"]}))
    'lesions (patients unknown)'
    >>> name_units(pd.DataFrame({"filled_in": ["patient_id", None]}))
    'patients (unknown for 1 of 2 scans)'
    """
    filled = is_filled(scans, "patient_id")
    if not filled.any():
        return "patients"
    if not filled.all():
        return f"patients (unknown for {filled.sum()} of {len(scans)} scans)"
    units = "scans" if is_filled(scans, "lesion_id").all() else "lesions"
    return f"{units} (patients unknown)"

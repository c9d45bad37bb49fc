"""What every contract of a table has in common."""

from typing import Any

import pandera.pandas as pa


class Table(pa.DataFrameModel):
    """Columns are exactly those declared, in any order; text stays text."""

    class Config:
        """Refuse undeclared columns; turn declared ones into their type."""

        strict = True
        coerce = True


def text_columns() -> dict[str, Any]:
    """Name the columns that must be read as text, or an id such as ``0007`` becomes the number 7."""
    ids = ("scan_id", "lesion_id", "patient_id", "birads", "view", "device", "source")
    names = ("run", "configuration", "first", "second")
    return dict.fromkeys((*ids, *names), "str")

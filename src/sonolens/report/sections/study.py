"""The study at a glance: what its data set tells, where its scans went, and what they are like."""

from typing import Any

from sonolens.report.section import Section, Tables
from sonolens.report.sections import characteristics, flow
from sonolens.tables.cohort import ScansTable
from sonolens.tables.filled_in import is_filled

TOLD = ("patient_id", "lesion_id", "view", "birads", "spacing_row_mm", "spacing_col_mm", "device")
"""Columns that a data set may leave out."""


def count_spaced(scans: ScansTable) -> int:
    """Count the scans whose pixel size is known in both directions."""
    return int(scans[["spacing_row_mm", "spacing_col_mm"]].notna().all(axis=1).sum())


def count_told(scans: ScansTable) -> list[dict[str, Any]]:
    """Count per column of the scans how many values were read, filled in, or are unknown."""
    rows = []
    for column in TOLD:
        filled = int(is_filled(scans, column).sum())
        unknown = int(scans[column].isna().sum())
        read = len(scans) - filled - unknown
        rows.append({"column": column, "read": read, "filled": filled, "unknown": unknown})
    return rows


def _tell(tables: Tables) -> dict[str, Any]:
    return {
        "sources": sorted(tables["scans"]["source"].unique()),
        "told": count_told(tables["scans"]),
        "scans": len(tables["scans"]),
        "spaced": count_spaced(tables["scans"]),
    }


SECTION = Section(
    "study",
    "Study",
    "study.html",
    heading="The study at a glance",
    folded=False,
    needs=("scans",),
    tell=_tell,
    parts=(flow.SECTION, characteristics.SECTION),
)

"""The study at a glance: counts of scans, lesions and patients."""

import itertools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.section import Section, Tables
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.filled_in import is_filled
from sonolens.tables.vocabulary import BIRADS, LABELS, PARTITIONS

UNKNOWN = "unknown"
TOLD = ("patient_id", "lesion_id", "view", "birads", "spacing_row_mm", "spacing_col_mm", "device")
"""Columns that a data set may leave out."""


@dataclass(frozen=True)
class Count:
    """How many scans, lesions and patients one label of one partition has; None: not all are known."""

    fold: int
    partition: str
    label: str
    scans: int
    lesions: int | None
    patients: int | None


def count_partitions(scans: ScansTable, splits: SplitsTable) -> list[Count]:
    """Count scans, lesions and patients per fold, partition and label.

    A patient who has a benign and a malignant lesion counts under both labels, and once under
    ``both``. Partitions without a scan are left out.
    """
    listed = splits[["scan_id", "fold", "partition"]].merge(
        scans, on="scan_id", validate="many_to_one", suffixes=(None, "_of_study")
    )
    counts = []
    for fold, partition in itertools.product(sorted(listed["fold"].unique()), PARTITIONS):
        part = listed[(listed["fold"] == fold) & (listed["partition"] == partition)]
        if part.empty:
            continue
        groups = {label: part[part["label"] == label] for label in LABELS} | {"both": part}
        counts += [
            Count(
                fold=int(fold),
                partition=partition,
                label=label,
                scans=len(found),
                lesions=_count_known(found, "lesion_id"),
                patients=_count_known(found, "patient_id"),
            )
            for label, found in groups.items()
        ]
    return counts


def count_birads(scans: ScansTable) -> list[dict[str, Any]]:
    """Count scans and lesions per BI-RADS category and label, unknown last; absent ones are left out."""
    categories = scans["birads"].astype(object).where(scans["birads"].notna(), UNKNOWN)
    rows: list[dict[str, Any]] = []
    for category in (*BIRADS, UNKNOWN):
        found = scans[categories == category]
        if len(found):
            by_label = {label: int((found["label"] == label).sum()) for label in LABELS}
            lesions = _count_known(found, "lesion_id")
            rows.append({"category": category, **by_label, "lesions": lesions})
    return rows


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


def _count_known(found: pd.DataFrame, column: str) -> int | None:
    return None if is_filled(found, column).any() else int(found[column].nunique())


def _tell(tables: Tables) -> dict[str, Any]:
    counts = count_partitions(tables["scans"], tables["splits"])
    return {
        "counts": counts,
        "folds": len({count.fold for count in counts}),
        "birads": count_birads(tables["scans"]),
        "sources": sorted(tables["scans"]["source"].unique()),
        "told": count_told(tables["scans"]),
        "scans": len(tables["scans"]),
        "spaced": count_spaced(tables["scans"]),
    }


SECTION = Section("study", "Study", "study.html", needs=("scans", "splits"), tell=_tell)

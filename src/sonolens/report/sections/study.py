"""The study at a glance: counts of scans, lesions and patients."""

import itertools
from dataclasses import dataclass
from typing import Any

from sonolens.report.section import Section, Tables
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.vocabulary import BIRADS, LABELS, PARTITIONS

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Count:
    """How many scans, lesions and patients one label of one partition has."""

    fold: int
    partition: str
    label: str
    scans: int
    lesions: int
    patients: int


def count_partitions(scans: ScansTable, splits: SplitsTable) -> list[Count]:
    """Count scans, lesions and patients per fold, partition and label.

    A patient who has a benign and a malignant lesion counts under both labels, and once under
    ``both``. Partitions without a scan are left out.
    """
    listed = splits[["scan_id", "fold", "partition"]].merge(
        scans[["scan_id", "lesion_id", "patient_id", "label"]], on="scan_id", validate="many_to_one"
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
                lesions=found["lesion_id"].nunique(),
                patients=found["patient_id"].nunique(),
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
            lesions = found["lesion_id"].nunique()
            rows.append({"category": category, **by_label, "lesions": lesions})
    return rows


def count_spaced(scans: ScansTable) -> int:
    """Count the scans whose pixel size is known in both directions."""
    return int(scans[["spacing_row_mm", "spacing_col_mm"]].notna().all(axis=1).sum())


def _tell(tables: Tables) -> dict[str, Any]:
    counts = count_partitions(tables["scans"], tables["splits"])
    return {
        "counts": counts,
        "folds": len({count.fold for count in counts}),
        "birads": count_birads(tables["scans"]),
        "sources": sorted(tables["scans"]["source"].unique()),
        "scans": len(tables["scans"]),
        "spaced": count_spaced(tables["scans"]),
    }


SECTION = Section("study", "Study", "study.html", needs=("scans", "splits"), tell=_tell)

"""The study and the run at a glance: counts of scans, findings, regions and map cells."""

import itertools
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.numerals import amount
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


@dataclass(frozen=True)
class CellSize:
    """How large one cell of a method's map is on the native grid, as text with its unit."""

    method: str
    run: str
    size: str


def count_partitions(scans: pd.DataFrame, splits: pd.DataFrame) -> list[Count]:
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


def count_birads(scans: pd.DataFrame) -> list[dict[str, Any]]:
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


def count_spaced(scans: pd.DataFrame) -> int:
    """Count the scans whose pixel size is known in both directions."""
    return int(scans[["spacing_row_mm", "spacing_col_mm"]].notna().all(axis=1).sum())


def average_shares(region_shares: pd.DataFrame) -> list[dict[str, Any]]:
    """Average, per method, run and region, the share of the scan and of the cells that it covers."""
    means = region_shares.groupby(["method", "run", "region"], sort=False)[
        ["area_share", "cell_share"]
    ].mean()
    return [{str(k): v for k, v in row.items()} for row in means.reset_index().to_dict("records")]


def measure_cells(region_shares: pd.DataFrame) -> list[CellSize]:
    """Say how large a cell of each method's map is: the median over scans, depth times width.

    Scans without a pixel size count as unknown; if all are, so is the cell.
    """
    sizes = region_shares.groupby(["method", "run"], sort=False)[
        ["cell_row_mm", "cell_col_mm"]
    ].median()
    return [
        CellSize(
            method=row["method"],
            run=row["run"],
            size=UNKNOWN
            if pd.isna(row["cell_row_mm"]) or pd.isna(row["cell_col_mm"])
            else f"{amount(row['cell_row_mm'], digits=2)} × {amount(row['cell_col_mm'], digits=2)} mm",
        )
        for row in sizes.reset_index().to_dict(orient="records")
    ]


def summarise_screening(screening: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the scans of every check that found something, errors first, with one example each."""
    ordered = screening.sort_values(["severity", "check", "scan_id"], kind="stable")
    return [
        {
            "severity": severity,
            "check": check,
            "scans": int(findings["scan_id"].nunique()),
            "message": findings["message"].iloc[0],
        }
        for (severity, check), findings in ordered.groupby(["severity", "check"], sort=False)
    ]

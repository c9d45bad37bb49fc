"""What the scans of every partition are like: counts, and medians with quartiles."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sonolens.tables.cohort import MassMeasurementsTable, ScansTable, SplitsTable
from sonolens.tables.filled_in import is_filled
from sonolens.tables.participants import ALL, PartitionCharacteristics
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.vocabulary import BIRADS, LABELS, VIEWS

GROUP = ["fold", "partition", "label"]
ID_OF = {"scan": "scan_id", "lesion": "lesion_id", "patient": "patient_id"}
CATEGORIES = {"birads": BIRADS, "view": VIEWS, "device": ()}
"""What scans are counted by, with the order of its categories; other categories stand in the order of their names."""

MEASURES = ("size_mm", "depth_mm", "age")


def describe_partitions(
    scans: ScansTable,
    splits: SplitsTable,
    mass_measurements: MassMeasurementsTable,
    scan_properties: ScanPropertiesTable,
) -> pd.DataFrame:
    """Count and measure the scans of every fold, partition and label.

    Args:
        scans: A column of its own whose name holds the word ``age`` is measured too, in the study's unit.
        mass_measurements: `size_mm` of every mass.
        scan_properties: Rows of every scan; with the spacing they make its depth.

    Returns:
        A `PartitionCharacteristics` table. Partitions and labels without a scan, and what no scan of the study
        tells, have no rows.
    """
    told = _tell_scans(scans, mass_measurements, scan_properties)
    listed = splits[["scan_id", "fold", "partition"]].merge(
        told, on="scan_id", validate="many_to_one"
    )
    listed = pd.concat([listed, listed.assign(partition=ALL)])
    listed = listed.assign(of_label=listed["label"])
    listed = pd.concat([listed.assign(label="both"), listed], ignore_index=True)
    rows = [
        *_count_units(listed),
        *(row for name in CATEGORIES if told[name].notna().any() for row in _count(listed, name)),
        *(row for name in MEASURES if told[name].notna().any() for row in _measure(listed, name)),
    ]
    columns = list(PartitionCharacteristics.to_schema().columns)
    return pd.DataFrame(rows, columns=columns)


def _tell_scans(
    scans: ScansTable,
    mass_measurements: MassMeasurementsTable,
    scan_properties: ScanPropertiesTable,
) -> pd.DataFrame:
    """Set beside every scan what it is counted and measured by."""
    size = mass_measurements.set_index("scan_id")["size_mm"]
    rows_px = scan_properties.set_index("scan_id")["rows_px"]
    age = next((name for name in scans if names_age(str(name))), None)
    return pd.DataFrame(
        {name: scans[name] for name in (*ID_OF.values(), "label", *CATEGORIES)}
        | {f"{unit}_filled": is_filled(scans, ID_OF[unit]) for unit in ID_OF}
        | {
            "size_mm": scans["scan_id"].map(size),
            "depth_mm": scans["scan_id"].map(rows_px) * scans["spacing_row_mm"],
            "age": float("nan") if age is None else pd.to_numeric(scans[age], errors="coerce"),
        }
    )


def names_age(column: str) -> bool:
    """Say whether the name of a column holds the word age.

    >>> names_age("patient_age"), names_age("Age (years)"), names_age("image")
    (True, True, False)
    """
    return "age" in re.split(r"[^a-z]+", column.lower())


def _count_units(listed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Count scans, lesions and patients, together and by label."""
    for key, found in listed.groupby(GROUP, sort=False):
        group = dict(zip(GROUP, key, strict=True))
        for unit, column in ID_OF.items():
            unknown = int(found[f"{unit}_filled"].sum())
            whole = found[column].nunique()
            tally = {"unit": unit, "known": 0 if unknown else whole, "unknown": unknown}
            number = float("nan") if unknown else whole
            yield group | tally | {"characteristic": "number", "category": ALL, "n": number}
            if group["label"] != "both" or unknown:
                continue
            for label in LABELS:
                part = found.loc[found["of_label"] == label, column].nunique()
                counted = {"category": label, "n": part, "share": part / whole}
                yield group | tally | {"characteristic": "label"} | counted


def _count(listed: pd.DataFrame, name: str) -> Iterator[dict[str, Any]]:
    """Count the scans of every category of one property; all groups list the same ones."""
    present = set(listed[name].dropna())
    order = [each for each in CATEGORIES[name] if each in present]
    order += sorted(present - set(order))
    for key, found in listed.groupby(GROUP, sort=False)[name]:
        known = int(found.notna().sum())
        tally = {"unit": "scan", "known": known, "unknown": len(found) - known}
        counts = found.value_counts()
        for category in order:
            number = int(counts.get(category, 0))
            share = number / known if known else float("nan")
            counted = {"characteristic": name, "category": category, "n": number, "share": share}
            yield dict(zip(GROUP, key, strict=True)) | tally | counted


def _measure(listed: pd.DataFrame, name: str) -> Iterator[dict[str, Any]]:
    """Take median and quartiles of one measure."""
    for key, found in listed.groupby(GROUP, sort=False)[name]:
        known = found.dropna()
        yield dict(zip(GROUP, key, strict=True)) | {
            "characteristic": name,
            "category": ALL,
            "unit": "scan",
            "n": len(known),
            "known": len(known),
            "unknown": len(found) - len(known),
            "median": known.median(),
            "q1": known.quantile(0.25),
            "q3": known.quantile(0.75),
        }

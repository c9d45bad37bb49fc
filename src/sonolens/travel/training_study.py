"""The study that trained a network, in numbers: whose scans they were, of which devices, and where their properties lay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.tables.cohort import ScansTable
from sonolens.tables.filled_in import name_units
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LABELS, PARTITIONS
from sonolens.travel.card import Count, DeviceCount, TrainingStudy
from sonolens.travel.scan_hashes import hash_scans
from sonolens.travel.training_range import ScanFacts, measure_ranges

SHAPED_BY = tuple(partition for partition in PARTITIONS if partition != "test")
"""Partitions that fitted a network or chose its epoch: a copy of their scans is no new scan to it."""


@dataclass(frozen=True)
class MeasuredScan:
    """What is read of one scan's picture for the card.

    Attributes:
        facts: From `measure_picture`.
        digest: From `digest_scan`.
    """

    facts: ScanFacts
    digest: bytes


def describe_training_study(
    decided: DecisionsTable,
    scans: ScansTable,
    scan_properties: ScanPropertiesTable,
    measured: Mapping[str, MeasuredScan],
    *,
    study_facts: Mapping[str, Any],
    made_in: str,
) -> TrainingStudy:
    """Describe the study that trained one network.

    Args:
        decided: The `Decisions` of its run.
        scans: The `Scans` table.
        scan_properties: The `ScanProperties` table.
        measured: What was read of every scan of `SHAPED_BY`.
        study_facts: Name and description of the study.
        made_in: Id of the run that fitted the network.
    """
    training = list(decided.loc[decided["partition"] == "train", "scan_id"])
    shaping = decided.loc[decided["partition"].isin(SHAPED_BY), "scan_id"]
    facts = _measure_masses(scans, scan_properties).loc[training].to_dict(orient="records")
    return TrainingStudy(
        name=str(study_facts["name"]),
        description=str(study_facts["description"]),
        made_in=made_in,
        units=name_units(scans),
        counts=_count(decided),
        devices=_count_devices(scans.set_index("scan_id").loc[training, "device"]),
        ranges=measure_ranges(
            [
                measured[scan_id].facts | {str(name): value for name, value in of_mass.items()}
                for scan_id, of_mass in zip(training, facts, strict=True)
            ]
        ),
        scans=hash_scans(
            (measured[scan_id].digest for scan_id in shaping), run=str(decided["run"].iloc[0])
        ),
    )


def _count(decided: DecisionsTable) -> tuple[Count, ...]:
    counts = []
    for partition in PARTITIONS:
        for label in LABELS:
            found = decided[(decided["partition"] == partition) & (decided["label"] == label)]
            count = Count(
                partition=partition,
                label=label,
                scans=len(found),
                lesions=found["lesion_id"].nunique(),
                patients=found["patient_id"].nunique(),
            )
            counts.append(count)
    return tuple(counts)


def _count_devices(devices: "pd.Series[str]") -> tuple[DeviceCount, ...]:
    """Count the scans of each device, most first; a device that is not told comes last."""
    told = devices.dropna().value_counts().sort_index().sort_values(ascending=False, kind="stable")
    counts = [DeviceCount(device=str(device), scans=int(n)) for device, n in told.items()]
    untold = int(devices.isna().sum())
    return (*counts, *([DeviceCount(device=None, scans=untold)] if untold else []))


def _measure_masses(scans: ScansTable, scan_properties: ScanPropertiesTable) -> pd.DataFrame:
    """Tell of every scan what needs its mask or its annotations; NaN where a spacing is unknown."""
    both = scan_properties.merge(scans, on="scan_id", validate="one_to_one").set_index("scan_id")
    found = {
        "mass_height_mm": both["mass_height_px"] * both["spacing_row_mm"],
        "mass_width_mm": both["mass_width_px"] * both["spacing_col_mm"],
    }
    if "annotation_share" in both:
        found["annotation_share"] = both["annotation_share"]
    return pd.DataFrame(found).astype(float)

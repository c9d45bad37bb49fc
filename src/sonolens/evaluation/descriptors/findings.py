"""What was noted in a study, finding by finding, and which regions it speaks of."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from sonolens.tables.descriptors import DescriptorsTable, region_of_descriptor
from sonolens.tables.vocabulary import RELIANCE_REGIONS


@dataclass(frozen=True)
class Finding:
    """One finding that may be noted of a scan.

    Attributes:
        descriptor: As the study calls it.
        value: What is noted.
        regions: The region that it speaks of; all, where its name does not say.
        noted: Whether it was noted, by scan; scans of which it is not known are absent.
    """

    descriptor: str
    value: str
    regions: tuple[str, ...]
    noted: "pd.Series[bool]"


def list_findings(descriptors: DescriptorsTable) -> list[Finding]:
    """List every finding that was noted of any scan, descriptors in their order, the more frequent first.

    Where a descriptor is always one of two, as circumscribed or not, both would ask the same: the rarer stands for
    both.

    Args:
        descriptors: What was noted of the scans of a study.
    """
    return [
        finding
        for descriptor, rows in descriptors.groupby("descriptor", sort=False)
        for finding in _list_values(str(descriptor), rows)
    ]


def _list_values(descriptor: str, rows: pd.DataFrame) -> Iterator[Finding]:
    region = region_of_descriptor(descriptor)
    told = pd.crosstab(rows["scan_id"], rows["value"].fillna("")).astype(bool)
    counts = (
        told.drop(columns="", errors="ignore").sum().sort_values(ascending=False, kind="stable")
    )
    for place, value in enumerate(counts.index, start=1):
        # Of two that are each other's opposite the last is the rarer.
        if any((told[other] != told[value]).all() for other in counts.index[place:]):
            continue
        yield Finding(
            descriptor=descriptor,
            value=str(value),
            regions=(region,) if region else RELIANCE_REGIONS,
            noted=told[value],
        )

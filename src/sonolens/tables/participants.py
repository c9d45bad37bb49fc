"""The tables that a reader of a journal asks for first: where scans went, and what those of a partition are like."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import (
    CHARACTERISTICS,
    COUNTED_LABELS,
    FLOW_DIVISIONS,
    FLOW_PARENTS,
    PARTITIONS,
    UNITS,
)

ALL = "all"
"""Stands where a row is not of one partition, run or method."""

KEYS = ["fold", "partition", "run", "method"]
"""What a box of the flow is of, beside its name."""


class ScanFlow(Table, unique=["box", "reason", *KEYS]):
    """Where the scans of a study went, from what was found to whose maps were scored: one row per box of the diagram.

    `FLOW_PARENTS` says which box each is a part of. Each of `FLOW_DIVISIONS` parts a box so that every scan is
    counted once, so scans add up; lesions and patients need not, for one may have scans in several boxes. They are
    empty where the study does not tell them, or where scans are gone from its tables. `fold` is empty, and
    `partition`, `run` and `method` are ``all``, before the split, the networks and the maps.
    """

    box: Series[str] = pa.Field(isin=tuple(FLOW_PARENTS))
    reason: Series[str] = pa.Field(description="Why scans were left out; ``all`` elsewhere.")
    fold: Series[float] = pa.Field(ge=0, nullable=True)
    partition: Series[str] = pa.Field(isin=(*PARTITIONS, ALL))
    run: Series[str]
    method: Series[str]
    scans: Series[int] = pa.Field(ge=0)
    lesions: Series[float] = pa.Field(ge=0, nullable=True)
    patients: Series[float] = pa.Field(ge=0, nullable=True)

    @pa.dataframe_check(error="the scans of the parts of a box add up to its own")
    def scans_add_up(cls, table: pd.DataFrame) -> bool:  # noqa: N805
        """No scan is counted twice or lost where a box is parted."""
        return not list_unequal(table)


class PartitionCharacteristics(
    Table, unique=["fold", "partition", "label", "characteristic", "category", "unit"]
):
    """What the scans of a partition are like: Table 1 of a report, long.

    A count has its `category`, `n` of the `known` ones and their `share`; a measure has category ``all``, `n` equal to
    `known`, and median and quartiles. `unknown` counts the scans of which nobody knows. Partition ``all`` is the whole
    fold, label ``both`` benign and malignant together. `n` is empty where not all lesions or patients are known.
    """

    fold: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=(*PARTITIONS, ALL))
    label: Series[str] = pa.Field(isin=COUNTED_LABELS)
    characteristic: Series[str] = pa.Field(isin=CHARACTERISTICS)
    category: Series[str]
    unit: Series[str] = pa.Field(isin=UNITS)
    n: Series[float] = pa.Field(ge=0, nullable=True)
    known: Series[int] = pa.Field(ge=0)
    unknown: Series[int] = pa.Field(ge=0)
    share: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    median: Series[float] = pa.Field(nullable=True)
    q1: Series[float] = pa.Field(nullable=True)
    q3: Series[float] = pa.Field(nullable=True)


def list_unequal(flow: pd.DataFrame) -> list[str]:
    """Name the divisions whose boxes do not add up to the box that they part; none in a sound table."""
    rows = flow.to_dict(orient="records")
    scans_of = {_key(row, row["box"]): row["scans"] for row in rows if row["reason"] == ALL}
    division_of = {box: name for name, boxes in FLOW_DIVISIONS.items() for box in boxes}
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        division = division_of.get(row["box"])
        parted = next((key for key in _wider(row) if key in scans_of), None)
        if division and parted:
            # Folds, runs and methods each part the same box anew.
            sums[division, parted, _fold(row), row["run"], row["method"]] += row["scans"]
    return [
        f"{division}: {total} of {scans_of[parted]} scans"
        for (division, parted, *_), total in sums.items()
        if total != scans_of[parted]
    ]


def _wider(row: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
    """List where the box may stand that a row is a part of, the narrowest key first."""
    parent = FLOW_PARENTS[row["box"]]
    parent = row["partition"] if parent == "partition" else parent
    return [
        _key(row, parent),
        _key(row, parent, method=ALL),
        _key(row, parent, run=ALL, method=ALL),
        (parent, None, ALL, ALL, ALL),
    ]


def _key(row: Mapping[Any, Any], box: str, **wider: str) -> tuple[Any, ...]:
    return (
        box,
        _fold(row),
        *(wider.get(name, row[name]) for name in ("partition", "run", "method")),
    )


def _fold(row: Mapping[Any, Any]) -> float | None:
    return None if pd.isna(row["fold"]) else row["fold"]


ScanFlowTable: TypeAlias = Annotated[pd.DataFrame, fits(ScanFlow)]
PartitionCharacteristicsTable: TypeAlias = Annotated[pd.DataFrame, fits(PartitionCharacteristics)]

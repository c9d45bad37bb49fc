"""What the scans of every partition are like: Table 1 of a report, wide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.report.numerals import NOTHING, amount, percent
from sonolens.report.section import Section, Tables
from sonolens.tables.participants import ALL, PartitionCharacteristicsTable
from sonolens.tables.vocabulary import COUNTED_LABELS, PARTITIONS

NAMES = {
    "birads": "BI-RADS",
    "view": "View",
    "device": "Device",
    "size_mm": "Size of the mass, mm",
    "depth_mm": "Depth of the field, mm",
    "age": "Age",
}
UNKNOWN = "unknown"


@dataclass(frozen=True)
class CharacteristicTable:
    """A table of characteristics: its title, its columns, and its lines, each a name and a cell for every column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def set_out(
    characteristics: PartitionCharacteristicsTable, *, by: str, title: str
) -> CharacteristicTable:
    """Set out the characteristics of one fold by partition or by label.

    Args:
        characteristics: Rows of one fold, and of one label or one partition.
        by: ``partition`` or ``label``: what the columns are.
        title: Of the table.
    """
    order = (*PARTITIONS, ALL) if by == "partition" else COUNTED_LABELS
    columns = tuple(name for name in order if (characteristics[by] == name).any())
    rows: list[tuple[str, tuple[str, ...]]] = []

    def add(name: str, cells: Mapping[str, str]) -> None:
        rows.append((name, tuple(cells.get(column, NOTHING) for column in columns)))

    for key, told in characteristics.groupby(["characteristic", "unit"], sort=False):
        for _, found in told.groupby("category", sort=False):
            add(
                _name(found.iloc[0]),
                {row[by]: _print(row) for row in found.to_dict(orient="records")},
            )
        if key[0] in NAMES and told["unknown"].any():
            unknown = told.drop_duplicates(by)
            numbers = dict(zip(unknown[by], unknown["unknown"].astype("str"), strict=True))
            add(f"{NAMES[str(key[0])]}, {UNKNOWN}", numbers)
    return CharacteristicTable(title, tuple(map(_head, columns)), tuple(rows))


def _name(row: pd.Series) -> str:
    unit = f"{row['unit']}s"
    if row["characteristic"] == "number":
        return unit.title()
    if row["characteristic"] == "label":
        return (
            f"Patients with a {row['category']} lesion"
            if row["unit"] == "patient"
            else f"{row['category'].title()} {unit}"
        )
    name = NAMES[row["characteristic"]]
    return f"{name}, median [quartiles]" if row["category"] == ALL else f"{name} {row['category']}"


def _print(row: dict[Any, Any]) -> str:
    if row["category"] == ALL and row["characteristic"] != "number":
        if not row["known"]:
            return NOTHING
        return f"{amount(row['median'])} [{amount(row['q1'])}, {amount(row['q3'])}]"
    if pd.isna(row["n"]):
        return UNKNOWN
    share = "" if pd.isna(row["share"]) else f" ({percent(row['share'])})"
    return f"{row['n']:.0f}{share}"


def _head(name: str) -> str:
    return "All" if name in {ALL, "both"} else name.title()


def list_tables(
    characteristics: PartitionCharacteristicsTable,
) -> tuple[list[CharacteristicTable], CharacteristicTable]:
    """List a table by partition per fold, and one by label for all scans of the first fold."""
    both = characteristics[characteristics["label"] == "both"]
    folds = sorted(both["fold"].unique())
    several = len(folds) > 1
    by_fold = [
        set_out(
            both[both["fold"] == fold],
            by="partition",
            title="Characteristics by partition" + (f", fold {fold}" if several else ""),
        )
        for fold in folds
    ]
    whole = characteristics[
        (characteristics["partition"] == ALL)
        & (characteristics["fold"] == folds[0])
        & (characteristics["characteristic"] != "label")
    ]
    return by_fold, set_out(whole, by="label", title="Characteristics by label")


def _tell(tables: Tables) -> dict[str, Any]:
    by_fold, by_label = list_tables(tables["partition_characteristics"])
    return {"by_fold": by_fold, "by_label": by_label}


SECTION = Section(
    "characteristics",
    "Characteristics",
    "characteristics.html",
    heading="Characteristics by partition",
    needs=("partition_characteristics",),
    tell=_tell,
)

"""Reporting checklists: where the page answers an item, and what is left to the authors."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import StringIO
from typing import Any

import pandas as pd

from sonolens.report.section import Section

FOLDER = "checklists"
ANSWERED_BY_AUTHORS = "for the authors"


@dataclass(frozen=True)
class ChecklistItem:
    """One item: its number, its subject in our words, where the page answers it, and what it leaves to the authors.

    Attributes:
        part: Heading of the checklist that it stands under.
        anchor: Address on the page; empty where only authors can answer.
        authors: What they must add; empty where the page answers all.
    """

    number: str
    part: str
    subject: str
    anchor: str
    authors: str


@dataclass(frozen=True)
class Checklist:
    """A published checklist.

    Attributes:
        count: How many items it has; some have parts of their own, which are items here.
        verified: Whether its numbers were checked against what was published, as `checked` says.
        doi: Of its publication.
    """

    name: str
    count: int
    verified: bool
    source: str
    doi: str
    checked: str
    items: tuple[ChecklistItem, ...]

    @property
    def answered(self) -> int:
        """How many of its rows the page answers, at least in part."""
        return sum(bool(item.anchor) for item in self.items)


@cache
def read_checklists() -> tuple[Checklist, ...]:
    """Read the checklists that come with the package, in the order of ``sources.csv``."""
    return tuple(
        Checklist(
            name=row["name"],
            count=int(row["items"]),
            verified=row["verified"] == "yes",
            source=row["source"],
            doi=row["doi"],
            checked=row["checked"],
            items=tuple(ChecklistItem(**item) for item in _read(row["file"])),
        )
        for row in _read("sources")
    )


def _read(name: str) -> list[dict[str, Any]]:
    text = (resources.files("sonolens.report") / FOLDER / f"{name}.csv").read_text("utf-8")
    table = pd.read_csv(StringIO(text), dtype="str", keep_default_na=False)
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


SECTION = Section(
    "checklists",
    "Checklists",
    "checklists.html",
    folded=False,
    tell=lambda _: {"checklists": read_checklists(), "by_authors": ANSWERED_BY_AUTHORS},
)

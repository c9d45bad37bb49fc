"""What a study's pictures were when they were read, and how a study differs from what it was before."""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from sonolens.cohort.inspection import ScanFacts
from sonolens.tables.cohort import PictureChecksums, ScansTable

TOLD = {
    "image_sha256": "image",
    "mask_sha256": "mask",
    "label": "label",
    "spacing_row_mm": "spacing",
    "spacing_col_mm": "spacing",
    "lesion_id": "lesion",
    "patient_id": "patient",
    "birads": "BI-RADS category",
}
"""Columns of `scans` whose change changes what is learnt or measured, and what they are called."""

NAMED = 3
"""So many scans are named for each kind of change."""


def note_pictures(
    facts: Iterable[ScanFacts], *, into: dict[str, tuple[str, str]]
) -> Iterator[ScanFacts]:
    """Hand facts on, and note the hashes of image and mask of every scan that could be read."""
    for each in facts:
        if each.fingerprint is not None:
            into[each.scan_id] = (each.fingerprint.pixels, each.mask_pixels)
        yield each


def tabulate_pictures(
    noted: Mapping[str, tuple[str, str]], *, order: Iterable[str]
) -> pd.DataFrame:
    """Make a table of what `note_pictures` noted; scans that could not be read have empty cells.

    Returns:
        Rows of `sonolens.tables.cohort.PictureChecksums` in the given order.
    """
    rows = [(scan_id, *noted.get(scan_id, (None, None))) for scan_id in order]
    return pd.DataFrame(rows, columns=list(PictureChecksums.to_schema().columns), dtype="object")


def find_changes(before: ScansTable, now: ScansTable) -> dict[str, list[str]]:
    """Compare the scans of a study with those that it had.

    Args:
        before: As an earlier run selected them; columns that only one of both tables has are not compared.
        now: As they are.

    Returns:
        Ids of scans by what is different: ``new``, ``gone``, or a word of `TOLD`. Nothing where all is the same, or
        where no scan is in both: that is another study.
    """
    known, given = before.set_index("scan_id"), now.set_index("scan_id")
    both = given.index.intersection(known.index)
    if both.empty:
        return {}
    changes = {
        "new": sorted(given.index.difference(known.index)),
        "gone": sorted(known.index.difference(given.index)),
    }
    for column, word in TOLD.items():
        if column in known and column in given:
            old, new = known.loc[both, column], given.loc[both, column]
            differs = (old != new) & ~(old.isna() & new.isna())
            changes[word] = sorted({*changes.get(word, ()), *both[differs]})
    return {word: ids for word, ids in changes.items() if ids}


def say_changes(changes: Mapping[str, list[str]]) -> str:
    """Tell changes in one line.

    >>> say_changes({"new": ["a"], "mask": ["b", "c", "d", "e"]})
    "1 new ('a'); another mask in 4 ('b', 'c', 'd', …)"
    """
    return "; ".join(
        f"{f'{len(ids)} {word}' if word in {'new', 'gone'} else f'another {word} in {len(ids)}'} ({_name(ids)})"
        for word, ids in changes.items()
    )


def _name(ids: list[str]) -> str:
    named = [repr(scan_id) for scan_id in ids[:NAMED]]
    return ", ".join([*named, "…"] if len(ids) > NAMED else named)

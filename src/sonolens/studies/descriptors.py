"""What a radiologist noted of every scan: the cells of a table, turned into findings.

A cell may hold several findings, none, or no answer. These are three things: where nothing was noted the scan is
one of those that a finding is compared with, and where nobody knows it is left out.
"""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from sonolens.studies.spelling import fold_name, is_no_answer, read_answer
from sonolens.tables.descriptors import Descriptors, region_of_descriptor

PARTED_BY = re.compile(r"\s*[&;|+,]\s*|:\s+|\s+[-\N{EN DASH}\N{EM DASH}]\s+|\s+and\s+")
"""Between findings of one cell, and between a class and its kinds: ``not circumscribed - angular & indistinct``."""

NOTHING = frozenset({"no", "none", "nil", "without", "absent", "absence", "negative"})
"""First words of an answer that says that nothing was noted. ``Not`` is none: a mass may be not circumscribed."""

MEASURED = re.compile(r"[-+]?\d*[.,]\d+")
COMBINED = ("shadowing", "enhancement")
"""What BI-RADS calls combined posterior features."""


def list_descriptors(scan_ids: Sequence[str], told: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """List what was noted of every scan, one finding a row.

    Args:
        scan_ids: The scans.
        told: By descriptor, what stands in the cell of every scan.

    Returns:
        A `Descriptors` table; spellings of one finding that differ in case, blanks and signs become the first.
    """
    rows = []
    for descriptor, cells in told.items():
        names: dict[str, str] = {}
        for scan_id, cell in zip(scan_ids, cells, strict=True):
            found = read_findings(cell)
            if found is None:
                continue
            if region_of_descriptor(descriptor) == "below":
                found = _part_combined(found)
            values = dict.fromkeys(names.setdefault(fold_name(each), each) for each in found)
            rows += [(scan_id, descriptor, value) for value in values or (None,)]
    return pd.DataFrame(rows, columns=list(Descriptors.to_schema().columns)).astype("str")


def read_findings(cell: str) -> tuple[str, ...] | None:
    """Read the findings of one cell: none where nothing was noted, None where that is not known.

    Codes stay what they are, but 0 is nothing; a number with decimals is a measurement and no finding.

    Examples:
        >>> read_findings("Not circumscribed - angular&indistinct")
        ('not circumscribed', 'angular', 'indistinct')
        >>> read_findings("no posterior features"), read_findings("none"), read_findings("0")
        ((), (), ())
        >>> read_findings("not available"), read_findings("0.37"), read_findings("ja")
        (None, None, ('yes',))
    """
    text = " ".join(cell.casefold().split())
    if read_answer(text) is False or fold_name(text) in NOTHING:
        return ()
    if is_no_answer(text) or MEASURED.fullmatch(text):
        return None
    if read_answer(text) and not text.isdecimal():
        return ("yes",)
    if text.split()[0] in NOTHING:
        return ()
    parts = [part for part in PARTED_BY.split(text) if fold_name(part)]
    return tuple(part for part in parts if read_findings(part)) if len(parts) > 1 else (text,)


def _part_combined(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        part for each in found for part in (COMBINED if each.startswith("combined") else (each,))
    )

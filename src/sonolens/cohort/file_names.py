"""Ids of scans as names of files, and as cells of a spreadsheet: where other systems read them otherwise.

A run names files by its scans. Windows and macOS take names that differ in case or Unicode form for one, so that one
picture would overwrite another; Windows refuses some names. Spreadsheets compute a cell that begins like a formula.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from sonolens.tables.cohort import ScansTable

LONGEST_BYTES = 200
"""Of an id in UTF-8: a file name has 255 at most, ids get endings, and a copy may be named after them."""

RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\..*)?", re.IGNORECASE
)
"""Devices of Windows, whatever ending they have; learn.microsoft.com, "Naming Files, Paths, and Namespaces"."""

FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
FORMULA = re.compile(r"[=+\-@\t\r]")
"""What a cell begins with that a spreadsheet computes; OWASP, "CSV Injection"."""

NUMBER = re.compile(r"[+-]?[\d.,]+")
ID_COLUMNS = ("scan_id", "lesion_id", "patient_id")


class OddName(NamedTuple):
    """What is odd about an id of a scan."""

    scan_id: str
    value: str
    message: str


def find_unusable_ids(scans: ScansTable) -> Iterator[OddName]:
    """Find ids that name no file of their own everywhere: too long, or that of an earlier scan but for case.

    Returns:
        One per such scan; the first of several ids that are alike is sound.
    """
    first: dict[str, str] = {}
    for scan_id in scans["scan_id"]:
        length = len(scan_id.encode("utf-8", "replace"))
        earlier = first.setdefault(_fold(scan_id), scan_id)
        if length > LONGEST_BYTES:
            yield OddName(
                scan_id,
                f"{length} bytes",
                f"its id takes {length} bytes, and a file name has no room for more than {LONGEST_BYTES}; give it a "
                "shorter one",
            )
        elif earlier != scan_id:
            yield OddName(
                scan_id,
                earlier,
                f"its id and {earlier!r} differ in case or Unicode form only, so on Windows and macOS the files of "
                "one would overwrite those of the other; rename one",
            )


def find_unportable_ids(scans: ScansTable) -> Iterator[OddName]:
    """Find ids that name no file on Windows: devices of its own, and letters that it forbids."""
    for scan_id in scans["scan_id"]:
        sign = FORBIDDEN.search(scan_id)
        if sign or RESERVED.fullmatch(scan_id) or scan_id != scan_id.strip(" ."):
            told = f"holds {sign[0]!r}" if sign else "is reserved there, or ends in a blank or dot"
            yield OddName(
                scan_id,
                scan_id,
                f"its id names no file on Windows (it {told}), so results cannot be moved there; rename it",
            )


def find_formula_like_ids(scans: ScansTable) -> Iterator[OddName]:
    """Find the first scan one of whose ids a spreadsheet would compute; numbers with a sign are none.

    Ids are not changed, because tables of a run are read again and their ids must stay what they are.
    """
    found = [
        (scan_id, value)
        for column in ID_COLUMNS
        for scan_id, value in zip(scans["scan_id"], scans[column], strict=True)
        if FORMULA.match(value) and not NUMBER.fullmatch(value)
    ]
    if found:
        scan_id, value = found[0]
        yield OddName(
            scan_id,
            value,
            f"id {value!r} begins as a formula does, as do {len(found) - 1} more; a spreadsheet would compute it, so import "
            "the tables of this run as text, or rename it",
        )


def _fold(scan_id: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", scan_id).casefold())

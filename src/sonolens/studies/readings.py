"""What other readers saw of a study's scans: a long table, one row per scan and reader, read row by row.

What is wrong with a row costs that reading and nothing else: it stays in the table with the reason. Only a table that is
no table, or lacks the column of scans, is refused.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.arrays import Mask
from sonolens.studies.listing import locate
from sonolens.studies.picture_file import FORMATS
from sonolens.studies.row import Row
from sonolens.studies.spelling import fold_id
from sonolens.studies.spreadsheet import BEYOND, read_table
from sonolens.studies.study import MaskFile, Study
from sonolens.tables.readers import Readings
from sonolens.tables.vocabulary import BIRADS, STUDY_READER
from sonolens.ultrasound import to_shares

COLUMNS = ("mask", "point_row", "point_col", "birads")
"""What a reader may tell of a scan; the columns of a manifest begin with ``reader_``."""

REQUIRED, OPTIONAL = ("scan_id",), ("reader", *COLUMNS, "confidence", "seconds")
UNNAMED = "reader"
"""What a reader without a name is called."""

UNKNOWN = {
    "drawn": False,
    "point_row_px": math.nan,
    "point_col_px": math.nan,
    "birads": None,
    "confidence": None,
    "seconds": math.nan,
}
"""What is kept of a reading that cannot be used."""

Found = tuple[pd.DataFrame, dict[str, Callable[[], Mask]]]


def add_readings(study: Study, file: Path) -> Study:
    """Add to a study what other readers saw of its scans.

    A scan is known by its id or by the name of its picture. Of two readings of one scan by one reader the first counts.
    Paths of masks are relative to the table's folder.

    Args:
        study: As its reader made it; readings that it holds already stay.
        file: The table, in any form of `read_table`, with the column ``scan_id`` and any of `OPTIONAL`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no table, or lacks the column of scans.
    """
    if not file.is_file():
        raise FileNotFoundError(
            f"readings {str(file)!r} do not exist; correct study.readings, or set it to null"
        )
    rows = read_table(file, required=REQUIRED, optional=OPTIONAL, published=False, keep_beyond=True)
    names = _name_scans(study)
    table, masks = list_readings(
        rows,
        find_scan=lambda row: _find_scan(row, names),
        folder=file.parent,
        known=study.readings,
    )
    return replace(study, readings=table, reader_masks={**study.reader_masks, **masks})


def list_readings(
    rows: Sequence[Row],
    *,
    find_scan: Callable[[Row], str],
    folder: Path,
    prefix: str = "",
    known: pd.DataFrame | None = None,
) -> Found:
    """List the readings of a table's rows.

    Args:
        rows: One per scan and reader.
        find_scan: Names the scan of a row, or refuses it.
        folder: What the paths of masks are relative to.
        prefix: What stands before the names of `COLUMNS`.
        known: Readings of the same scans from elsewhere.

    Returns:
        A `Readings` table, the known ones first, and what reads the mask of every new reading that has one. Whether masks
        and points fit their scans, `check_reading` sees.
    """
    first: dict[tuple[str, str], str] = {}
    spelled: dict[str, str] = {}
    start = 0 if known is None else len(known)
    if known is not None:
        kept = known[known["left_out"].isna()]
        first = dict.fromkeys(zip(kept["scan_id"], kept["reader"], strict=True), "elsewhere")
        spelled = {fold_id(name): name for name in kept["reader"]}
    listed: list[dict[str, Any]] = []
    masks: dict[str, Callable[[], Mask]] = {}
    for number, row in enumerate(rows, start=start + 1):
        reader = _name_reader(row, spelled)
        reading: dict[str, Any] = {"reading_id": f"r{number:05d}", "reader": reader}
        scan_id = row.written("scan_id") or "?"
        try:
            scan_id = find_scan(row)
            told, mask = _read_row(row, prefix, folder)
            earlier = first.setdefault((scan_id, reader), f"in row {row.number}")
            if earlier != f"in row {row.number}":
                row.refuse(
                    f"scan {scan_id!r} was read by {reader!r} already {earlier}; that counts"
                )
        except ValueError as error:
            listed.append(reading | leave_out(str(error)) | {"scan_id": scan_id})
            continue
        listed.append(reading | told | {"scan_id": scan_id, "left_out": None})
        if mask is not None:
            masks[reading["reading_id"]] = mask
    columns = list(Readings.to_schema().columns)
    table = pd.DataFrame(listed, columns=columns)
    joined = table if known is None else pd.concat([known, table], ignore_index=True)
    checked: pd.DataFrame = Readings.validate(joined) if len(joined) else Readings.empty()
    return checked, masks


def leave_out(reason: str) -> dict[str, Any]:
    """Tell why a reading cannot be used, and forget what it said."""
    return UNKNOWN | {"left_out": reason}


def check_reading(
    reading: Mapping[Any, Any], read: Callable[[], Mask] | None, *, size: tuple[int, int] | None
) -> dict[Any, Any]:
    """Hold a reading against its scan.

    Args:
        reading: A row of a `Readings` table.
        read: Reads its mask, if it has one.
        size: Rows and columns of the scan; None if the scan is not among those that are used.

    Returns:
        The row; left out where the scan is, the mask cannot be read or has another size, or the point lies
        beyond the scan. An empty mask is none.
    """
    if pd.notna(reading["left_out"]):
        return dict(reading)
    try:
        drawn = _check_drawn(reading, read, size)
    except (OSError, ValueError) as error:
        told = str(error)
        if isinstance(read, MaskFile):
            told = told.replace(str(read.path), read.path.name)  # no folder of this machine
        whose = f"{reading['reader']!r} of scan {reading['scan_id']!r}"
        return {**reading, **leave_out(f"{whose}: {told}")}
    return {**reading, "drawn": drawn}


def _check_drawn(
    reading: Mapping[Any, Any], read: Callable[[], Mask] | None, size: tuple[int, int] | None
) -> bool:
    """Say whether a mass was drawn, and raise what does not fit the scan."""
    if size is None:
        raise ValueError("it is not among the scans that are used")
    place = (reading["point_row_px"], reading["point_col_px"])
    shares = to_shares(np.array(place), size)
    if pd.notna(place[0]) and not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(
            f"point {place[0]:g}, {place[1]:g} lies beyond {size[0]} x {size[1]} pixels"
        )
    if read is None:
        return False
    mask = read()
    if mask.shape != size:
        raise ValueError(
            f"mask is {mask.shape[0]} x {mask.shape[1]} pixels but the scan {size[0]} x {size[1]}; draw it on the "
            "scan as read"
        )
    return bool(mask.any())


def _read_row(row: Row, prefix: str, folder: Path) -> tuple[dict[str, Any], MaskFile | None]:
    """Read what one row says beside scan and reader."""
    mask_column, row_column, col_column, birads_column = (f"{prefix}{name}" for name in COLUMNS)
    if row.written(BEYOND):
        row.refuse("has more cells than the header; put a cell that holds the separator in quotes")
    place = row.number_or_zero(row_column), row.number_or_zero(col_column)
    if math.isnan(place[0]) != math.isnan(place[1]):
        row.refuse(f"has one of {row_column} and {col_column}; give both or none")
    seconds = row.number_or_zero("seconds")
    if seconds < 0:
        row.refuse(f"seconds {seconds:g} are no time; correct it, or leave it empty")
    named = row.known(mask_column)
    mask = locate(named, folder) if named else None
    if mask is not None and not mask.is_file():
        row.refuse(f"{mask_column} {named!r} does not exist beside the table")
    word = row.known(birads_column)
    birads = Row(row.file, row.number, {"birads": word}).choice("birads", BIRADS)
    told = {
        "drawn": mask is not None,
        "point_row_px": place[0],
        "point_col_px": place[1],
        "birads": birads,
        "confidence": row.written("confidence") or None,
        "seconds": seconds,
    }
    return told, None if mask is None else MaskFile(mask)


def _name_reader(row: Row, spelled: dict[str, str]) -> str:
    """Name the reader of a row as it was spelled first; without signs that do not show."""
    shown = "".join(sign for sign in row.known("reader") if sign.isprintable()).strip()
    name = spelled.setdefault(fold_id(shown), shown) if shown else UNNAMED
    return f"reader {name}" if fold_id(name) == STUDY_READER else name


def _name_scans(study: Study) -> dict[str, set[str]]:
    """List the scans that every name may mean: ids, names of pictures, and their folded forms."""
    names: dict[str, set[str]] = defaultdict(set)
    for scan_id in study.scans["scan_id"]:
        read = study.images[scan_id]
        picture = next(iter(read.args), None) if isinstance(read, partial) else None
        files = (picture.name, picture.stem) if isinstance(picture, Path) else ()
        for name in (scan_id, *files):
            names[name].add(scan_id)
            names[fold_id(name)].add(scan_id)
    return names


def _find_scan(row: Row, names: Mapping[str, set[str]]) -> str:
    """Find the scan that a row means: by its id as written, else by the one that its name fits."""
    text = row.required("scan_id")
    if text in names.get(text, ()):
        return text
    name = PureWindowsPath(text).name  # which parts at slashes of either kind
    spellings = [text, name, *([PureWindowsPath(name).stem] if _is_picture(name) else [])]
    keys = [key for spelling in spellings for key in (spelling, fold_id(spelling))]
    found: set[str] = next((names[key] for key in keys if key in names), set())
    if len(found) > 1:
        meant = " or ".join(map(repr, sorted(found)))
        row.refuse(f"scan_id {text!r} may mean {meant}; write the scan's id")
    if not found:
        row.refuse(
            f"scan_id {text!r} names no scan of the study; write its id or the name of its picture"
        )
    return next(iter(found))


def _is_picture(name: str) -> bool:
    suffix = PureWindowsPath(name).suffix.lower()
    return Image.registered_extensions().get(suffix) in FORMATS or suffix in {".npy", ".dcm"}

"""The table beside DICOM files: what the user tells of every file or frame, and where the files lie."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonolens.studies.boundary import StudyFileError
from sonolens.studies.folder import folders_holding
from sonolens.studies.identity import check_ids
from sonolens.studies.listing import locate
from sonolens.studies.row import Row
from sonolens.studies.spreadsheet import read_table
from sonolens.tables import vocabulary
from sonolens.tables.filled_in import mark_filled

COLUMNS = ("file", "label")
STRATA = ("histology", "side")
OPTIONAL = (
    *("frame", "lesion_id", "patient_id", "birads", "view"),
    *("mask_value", "mask_colour"),
    *STRATA,
)


def find_folder(path: str, labels: str) -> Path:
    """Find the folder that holds the table, also one level too high or too low.

    Raises:
        FileNotFoundError: If no folder or several hold it.
    """
    found = folders_holding(path, parts=[labels])
    if len(found) != 1:
        raise FileNotFoundError(
            f"DICOM folder {path!r} holds {len(found)} tables {labels!r}; give the folder of one, or "
            f"write one there with the columns {' and '.join(COLUMNS)}, one row per DICOM file"
        )
    return found[0]


def read_labels(file: Path) -> list[Row]:
    """Read the table of labels, and refuse ids that do not tell lesions and patients apart.

    Raises:
        ValueError: If the table is not understood, or lists a file, or a frame of one, twice.
    """
    rows = read_table(file, required=COLUMNS, optional=OPTIONAL, published=False)
    if not rows:
        raise StudyFileError(f"{file.name} lists no file; write one row per DICOM file")
    first: dict[tuple[str, int | None], Row] = {}
    for row in rows:
        name, frame = row.required("file"), whole_number(row, "frame")
        earlier = first.setdefault((name, frame), row)
        if earlier is not row:
            which = "" if frame is None else f"frame {frame} of "
            row.refuse(
                f"{which}file {name!r} is already that of row {earlier.number}; keep the right one"
            )
    for column in ("patient_id", "lesion_id"):
        check_ids(rows, column)
    return rows


def list_labels(rows: Sequence[Row]) -> pd.DataFrame:
    """Read what the table tells of every scan; what it does not tell stays empty.

    Without `lesion_id` a file is a lesion of its own, for its frames most likely show one mass.

    Raises:
        ValueError: If a value is not understood, or two scans would have one name.
    """
    told: list[dict[str, str | None]] = [
        {
            "scan_id": name_scan(row),
            "lesion_id": row.written("lesion_id") or stem(row.written("file")),
            "patient_id": row.written("patient_id") or None,
            "view": row.choice("view", vocabulary.VIEWS),
            "label": row.label("label"),
            "birads": row.choice("birads", vocabulary.BIRADS),
            **{column: row.known(column) or None for column in STRATA if column in row.cells},
        }
        for row in rows
    ]
    filled = [not row.written("lesion_id") for row in rows]
    table = mark_filled(pd.DataFrame(told, dtype="str"), {"lesion_id": filled})
    twice = table["scan_id"].duplicated().to_numpy()
    if twice.any():
        place = int(twice.argmax())
        rows[place].refuse(
            f"names {table['scan_id'].iloc[place]!r} twice, and names are scan ids; rename one file"
        )
    return table


def find_files(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Find the file of every row.

    Raises:
        FileNotFoundError: If the folder does not hold one.
    """
    files = []
    for row in rows:
        file = locate(row.written("file"), folder)
        if not file.is_file():
            raise FileNotFoundError(
                f"{row.file} row {row.number}: lists {row.written('file')!r} but {str(folder)!r} does "
                "not hold it; add the file or remove its row"
            )
        files.append(file)
    return files


def choose_frame(row: Row, frames: int) -> int:
    """Choose the frame of a file that a row means, from 1.

    Args:
        row: The row.
        frames: How many frames its file holds.

    Raises:
        ValueError: If the file holds several and the row names none of them.
    """
    frame, file = whole_number(row, "frame"), row.written("file")
    if frame is None and frames > 1:
        row.refuse(
            f"DICOM file {file!r} holds {frames} frames; save the one that was drawn on by itself, or name "
            "it in a column frame (the first is 1)"
        )
    if frame is not None and not 1 <= frame <= frames:
        row.refuse(f"frame {frame} is none of the {frames} of DICOM file {file!r}; correct it")
    return frame or 1


def name_scan(row: Row) -> str:
    """Name a scan like its file, and like its frame where one is named: ``clip-f003``."""
    frame = whole_number(row, "frame")
    name = stem(row.written("file"))
    return name if frame is None else f"{name}-f{frame:03d}"


def whole_number(row: Row, column: str) -> int | None:
    """Read a whole number; None where nothing is told.

    Raises:
        ValueError: If there is something else.
    """
    text = row.written(column)
    number = row.amount(column) if text else None
    if number is None:
        return None
    if not number.is_integer():  # also where it says that nobody knows
        row.refuse(f"{column} {text!r} is no whole number; correct it, or leave it empty")
    return int(number)


def stem(file: str) -> str:
    """Cut folders and ``.dcm`` off, but not a part of a UID.

    >>> stem("left/IM01.DCM"), stem("1.2.840.113")
    ('IM01', '1.2.840.113')
    """
    name = Path(file.replace("\\", "/")).name
    return name[:-4] if name.lower().endswith(".dcm") else name

"""Anybody's scans, listed in a ``manifest.csv``: one row per scan, checked before a picture is read.

``image``, ``mask`` and ``label`` are required. `OPTIONAL` columns fill the contract of
`sonolens.cohort.Scans`; all others are kept as they are. An empty cell means unknown.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

import pandas as pd

from sonolens.studies.listing import readers
from sonolens.studies.mask_choice import MaskChoice, parse_choice
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.study import Study
from sonolens.tables import vocabulary

FILE_NAME = "manifest.csv"
REQUIRED = ("image", "mask", "label")
IDS = ("scan_id", "lesion_id", "patient_id")
SPACINGS = ("spacing_mm", "spacing_row_mm", "spacing_col_mm")
MASK_CHOICES = ("mask_value", "mask_colour")
OPTIONAL = (*IDS, "view", "birads", *SPACINGS, "device", "source", *MASK_CHOICES)
LABELS = {"benign": "benign", "malignant": "malignant", "0": "benign", "1": "malignant"}
NOTHING = {"na", "n/a", "nan", "null", "none", "unknown", "-", "?"}
"""How people write that they do not know; as an id it would make strangers one patient."""

DESCRIPTION = (
    "Scans of the user's own, listed in a manifest; origin and licence are theirs to state."
)


@dataclass(frozen=True)
class Row:
    """One row of the manifest: its cells by column, and its number in a spreadsheet."""

    file: str
    number: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """Return what an optional column holds; empty if unknown."""
        text = self.cells.get(column, "")
        if text.lower() in NOTHING:
            self.refuse(f"{column} is {text!r}; leave unknown values empty")
        return text

    def refuse(self, reason: str) -> NoReturn:
        """Raise what is wrong with this row, and where it stands."""
        raise ValueError(f"{self.file} row {self.number}: {reason}")


def read_manifest(path: str) -> Study:
    """Read a study from its manifest.

    The table is UTF-8 text, its cells parted by commas, semicolons or tabs; paths in it are relative
    to its folder. Without `scan_id` a scan is called like its image, without `lesion_id` it is a
    lesion of its own, and without `patient_id` a lesion is a patient of its own.

    Args:
        path: The table; or the folder that holds ``manifest.csv``, the one above it, or one in it.

    Returns:
        The study; pictures are read when they are asked for.

    Raises:
        FileNotFoundError: If the table, an image or a mask does not exist.
        ValueError: If a column is absent, a value is not understood, or an id or a picture is named
            twice. Row numbers are those that a spreadsheet shows.
    """
    file = _find_table(Path(path))
    rows = _read_rows(file)
    images, masks = _find_pictures(rows, file.parent)
    scans = _list_scans(rows, images)
    return Study(
        name="manifest",
        scans=scans,
        images=readers(read_scan, scans["scan_id"], images),
        masks={
            scan_id: partial(read_mask, mask, choice=_read_choice_of_mask(row))
            for scan_id, mask, row in zip(scans["scan_id"], masks, rows, strict=True)
        },
        description=DESCRIPTION,
    )


def _find_table(path: Path) -> Path:
    """Find the table that is meant: itself, in this folder, one level below, or one above."""
    if path.is_file():
        return path
    if not path.exists():
        raise FileNotFoundError(f"manifest {str(path)!r} does not exist; correct study.path")
    if (path / FILE_NAME).is_file():
        return path / FILE_NAME
    below = sorted(path.glob(f"[!._]*/{FILE_NAME}"))
    above = path.resolve().parent / FILE_NAME
    if len(below) > 1:
        raise ValueError(
            f"folder {str(path)!r} holds {len(below)} studies, {below[0].parent.name!r} and others; "
            f"name one of them, for example --params study.path={below[0]}"
        )
    if not below and not above.is_file():
        raise FileNotFoundError(
            f"folder {str(path)!r} holds no {FILE_NAME!r}; write one with the columns "
            f"{', '.join(REQUIRED)}, or name the folder that holds it"
        )
    return below[0] if below else above


def _read_rows(file: Path) -> list[Row]:
    """Read the table's rows and check its columns."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        cells = csv.reader(io.StringIO(text), delimiter=_separator(text), strict=True)
        lines = [[cell.strip() for cell in line] for line in cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{file.name} is no table in UTF-8 text ({error}); save it from the spreadsheet as CSV UTF-8"
        ) from error
    columns = _name_columns(lines[0] if lines else [], file.name)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        row = Row(file.name, number, dict(zip(columns, line, strict=False)))
        if any(line[len(columns) :]):
            row.refuse(
                f"has {len(line)} cells but the header has {len(columns)}; put a cell that holds "
                "the separator in quotes, and write decimals with a point"
            )
        if any(line):
            rows.append(row)
    if not rows:
        raise ValueError(f"{file.name} lists no scan; write one row per scan below the header")
    return rows


def _separator(text: str) -> str:
    """Tell by the header what parts the cells.

    >>> _separator("image;mask;label")
    ';'
    """
    header = text.partition("\n")[0]
    return max((",", ";", "\t"), key=header.count)


def _name_columns(header: Sequence[str], file: str) -> list[str]:
    """Name the columns; those we know in lower case, the user's own as they are."""
    known = {*REQUIRED, *OPTIONAL}
    lowered = [name.lower().replace(" ", "_") for name in header]
    columns = [low if low in known else name for low, name in zip(lowered, header, strict=True)]
    while columns and not columns[-1]:  # spreadsheets like to save empty columns
        columns.pop()
    for name in columns:
        if not name or columns.count(name) > 1:
            raise ValueError(
                f"{file} has {'two columns' if name else 'a column'} named {name!r}; name each once"
            )
    absent = [name for name in REQUIRED if name not in columns]
    if absent:
        raise ValueError(
            f"{file} has no column {absent[0]!r} but {', '.join(columns) or 'none at all'}; "
            f"its first row names the columns, among them {', '.join(REQUIRED)}"
        )
    return columns


def _find_pictures(rows: Sequence[Row], folder: Path) -> tuple[list[Path], list[Path]]:
    """Find every image and mask; none may be absent or stand for two scans."""
    found: dict[str, list[Path]] = {"image": [], "mask": []}
    absent = []
    first_named: dict[Path, tuple[int, str]] = {}
    for row in rows:
        for kind, paths in found.items():
            text = row.cell(kind)
            if not text:
                row.refuse(f"has no {kind}; name its file or remove the row")
            picture = _find_picture(text, folder)
            if not picture.is_file():
                absent.append((row, kind, text))
            earlier = first_named.setdefault(picture.resolve(), (row.number, kind))
            if earlier != (row.number, kind):
                row.refuse(
                    f"{kind} {text!r} is already the {earlier[1]} of row {earlier[0]}; every scan has "
                    "an image and a mask of its own"
                )
            paths.append(picture)
    if absent:
        row, kind, text = absent[0]
        raise FileNotFoundError(
            f"{row.file} row {row.number}: {kind} {text!r} does not exist in {str(folder)!r}, nor do "
            f"{len(absent) - 1} more pictures; correct the paths, they are relative to {row.file}"
        )
    return found["image"], found["mask"]


def _find_picture(text: str, folder: Path) -> Path:
    """Find a file as written, else with a Windows path or differently composed umlauts."""
    written = folder / text
    if written.is_file():
        return written
    slashed = text.replace("\\", "/")
    spelled = [folder / unicodedata.normalize(form, slashed) for form in ("NFC", "NFD")]
    return next((path for path in (folder / slashed, *spelled) if path.is_file()), written)


def _list_scans(rows: Sequence[Row], images: Sequence[Path]) -> pd.DataFrame:
    """Turn the rows into the contract of `sonolens.cohort.Scans`."""
    scans = [_describe_scan(row, image) for row, image in zip(rows, images, strict=True)]
    first_named: dict[str, Row] = {}
    first_of_lesion: dict[str, int] = {}
    for place, (row, scan) in enumerate(zip(rows, scans, strict=True)):
        earlier = first_named.setdefault(str(scan["scan_id"]), row)
        if earlier is not row:
            row.refuse(
                f"scan_id {scan['scan_id']!r} is already that of row {earlier.number}; give every "
                "scan an id of its own in a column scan_id"
            )
        first = first_of_lesion.setdefault(str(scan["lesion_id"]), place)
        for column in ("patient_id", "label"):
            if scan[column] != scans[first][column]:
                row.refuse(
                    f"lesion {scan['lesion_id']!r} has the {column} {scan[column]!r} but "
                    f"{scans[first][column]!r} in row {rows[first].number}; a lesion has one, so "
                    "correct it or number the lesions through the whole study"
                )
    table = pd.DataFrame(scans)
    texts = [column for column in table.columns if column not in SPACINGS]
    return table.astype(dict.fromkeys(texts, "str"))


def _describe_scan(row: Row, image: Path) -> dict[str, str | float | None]:
    """Read what one row says about its scan."""
    label = row.cells.get("label", "").lower()
    if label not in LABELS:
        row.refuse(
            f"label {row.cells.get('label', '')!r} is unknown; write benign or malignant (or 0 and "
            "1, where 1 is malignant), and leave out scans without a mass"
        )
    scan_id = row.cell("scan_id") or image.stem
    if re.search(r"[/\\]", scan_id) or scan_id in {".", ".."}:
        row.refuse(f"scan_id {scan_id!r} names files, so it must hold no slash; rename it")
    lesion_id = row.cell("lesion_id") or scan_id
    spacing_row_mm, spacing_col_mm = _read_spacing(row)
    own = {
        column: text or None
        for column, text in row.cells.items()
        if column not in {*REQUIRED, *OPTIONAL}
    }
    return {
        "scan_id": scan_id,
        "lesion_id": lesion_id,
        "patient_id": row.cell("patient_id") or lesion_id,
        "view": _read_choice(row, "view", vocabulary.VIEWS),
        "label": LABELS[label],
        "birads": _read_choice(row, "birads", vocabulary.BIRADS),
        "spacing_row_mm": spacing_row_mm,
        "spacing_col_mm": spacing_col_mm,
        "device": row.cell("device") or None,
        "source": row.cell("source") or "manifest",
    } | own


def _read_choice(row: Row, column: str, choices: Sequence[str]) -> str | None:
    """Read one of a few words in any case; nothing if the cell is empty."""
    text = row.cell(column).lower()
    if text and text not in choices:
        row.refuse(
            f"{column} {text!r} is unknown; choose from {', '.join(choices)}, or leave it empty"
        )
    return text or None


def _read_choice_of_mask(row: Row) -> MaskChoice | None:
    """Read which class of a label map is the mass; nothing if both cells are empty."""
    try:
        return parse_choice(row.cell("mask_value"), row.cell("mask_colour"))
    except ValueError as error:
        row.refuse(str(error))


def _read_spacing(row: Row) -> tuple[float, float]:
    """Read the pixel height and width in mm; not a number where unknown."""
    both, height, width = (_read_millimetres(row, column) for column in SPACINGS)
    if math.isnan(height) != math.isnan(width):
        row.refuse(
            "has one of spacing_row_mm and spacing_col_mm; give both, or spacing_mm for both"
        )
    if math.isnan(both):
        return height, width
    if not math.isnan(height):
        row.refuse("has spacing_mm beside spacing_row_mm; give one or the other")
    return both, both


def _read_millimetres(row: Row, column: str) -> float:
    """Read a length above 0; not a number if the cell is empty."""
    text = row.cell(column)
    if not text:
        return math.nan
    if re.fullmatch(r"\d*,\d+", text):
        row.refuse(f"{column} {text!r} has a decimal comma; write {text.replace(',', '.')}")
    number = r"(\d+\.?\d*|\.\d+)(e[-+]?\d+)?"
    if not re.fullmatch(number, text, re.ASCII | re.IGNORECASE) or not 0 < float(text) < math.inf:
        row.refuse(
            f"{column} {text!r} is no length; write the size of a pixel in mm, above 0, for example 0.08"
        )
    return float(text)

"""Anybody's scans, listed in a ``manifest.csv``: one row per scan, checked before a picture is read.

``image``, ``mask`` and ``label`` are required. `OPTIONAL` columns fill the contract of
`sonolens.tables.Scans`; all others are kept as they are. An empty cell means unknown.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from sonolens.arrays import Mask
from sonolens.parameters import listed
from sonolens.studies import readings
from sonolens.studies.boundary import StudyFileError
from sonolens.studies.columns import SPACINGS
from sonolens.studies.descriptors import list_descriptors
from sonolens.studies.identity import check_ids, check_lesions
from sonolens.studies.listing import locate, readers
from sonolens.studies.mask_choice import read_choice
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.row import Row
from sonolens.studies.spelling import fold_id, fold_name, is_no_answer
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import MaskFile, Study
from sonolens.tables import vocabulary
from sonolens.tables.descriptors import region_of_descriptor
from sonolens.tables.filled_in import FILLABLE, mark_filled

FILE_NAME = "manifest.csv"
REQUIRED = ("image", "mask", "label")
IDS = ("scan_id", "lesion_id", "patient_id")
MASK_CHOICES = ("mask_value", "mask_colour")
READER = "reader_"
"""Before the names of the columns that hold what a second reader, who bears no name, saw of the scan."""

OPTIONAL = (
    *(*IDS, "view", "birads", *SPACINGS, "device", "source", *MASK_CHOICES, "annotations"),
    *(READER + name for name in readings.COLUMNS),
)
STRATA = ("histology", "side")
"""Columns that no table needs, but by which results are parted where a study tells them."""

DESCRIPTION = (
    "Scans of the user's own, listed in a manifest; origin and licence are theirs to state."
)


def read_manifest(path: str, *, descriptors: str | Sequence[str] | None = None) -> Study:
    """Read a study from its manifest.

    The table is UTF-8 text, its cells parted by commas, semicolons or tabs; paths in it are relative
    to its folder. Without `scan_id` a scan is called like its image, without `lesion_id` it is a
    lesion of its own, and without `patient_id` a lesion is a patient of its own.

    Args:
        path: The table; or the folder that holds ``manifest.csv``, the one above it, or one in it.
        descriptors: Columns that hold what a radiologist noted; none: those whose name says which region they
            describe (`sonolens.tables.descriptors.region_of_descriptor`).

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
    read, reader_masks = _find_readings(rows, scans["scan_id"].tolist(), file.parent)
    return Study(
        name="manifest",
        scans=scans,
        images=readers(read_scan, scans["scan_id"], images),
        masks={
            scan_id: partial(read_mask, mask, choice=read_choice(row))
            for scan_id, mask, row in zip(scans["scan_id"], masks, rows, strict=True)
        },
        annotations=_find_annotations(rows, scans["scan_id"].tolist(), file.parent),
        description=DESCRIPTION,
        descriptors=list_descriptors(
            scans["scan_id"].tolist(),
            {
                name: [row.written(name) for row in rows]
                for name in _find_descriptors(rows, asked=descriptors)
            },
        ),
        readings=read,
        reader_masks=reader_masks,
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
        raise StudyFileError(
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
    """Read the table's rows, and refuse ids that do not tell scans, lesions and patients apart."""
    rows = read_table(file, required=REQUIRED, optional=(*OPTIONAL, *STRATA), published=False)
    if not rows:
        raise StudyFileError(f"{file.name} lists no scan; write one row per scan below the header")
    for column in ("patient_id", "lesion_id"):
        check_ids(rows, column)
    return rows


def _find_pictures(rows: Sequence[Row], folder: Path) -> tuple[list[Path], list[Path]]:
    """Find every image and mask; none may be absent or stand for two scans."""
    found: dict[str, list[Path]] = {"image": [], "mask": []}
    absent = []
    first_named: dict[Path, tuple[int, str]] = {}
    for row in rows:
        for kind, paths in found.items():
            text = row.written(kind)
            if is_no_answer(text):
                row.refuse(f"has no {kind}; name its file or remove the row")
            picture = locate(text, folder)
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


def _find_annotations(
    rows: Sequence[Row], scan_ids: Sequence[str], folder: Path
) -> dict[str, Callable[[], Mask]]:
    """Find the masks of annotations that some rows name; several scans may share one."""
    readers: dict[str, Callable[[], Mask]] = {}
    for scan_id, row in zip(scan_ids, rows, strict=True):
        text = row.written("annotations")
        if is_no_answer(text):
            continue
        picture = locate(text, folder)
        if not picture.is_file():
            row.refuse(
                f"annotations {text!r} do not exist in {str(folder)!r}; correct the path, or leave the cell empty "
                "to have annotations found"
            )
        readers[scan_id] = MaskFile(picture)
    return readers


def _find_readings(
    rows: Sequence[Row], scan_ids: Sequence[str], folder: Path
) -> tuple[pd.DataFrame | None, dict[str, Callable[[], Mask]]]:
    """Find what a second reader saw of some scans; None where no row tells of one."""
    columns = [READER + name for name in readings.COLUMNS]
    scan_of = {
        row.number: scan_id
        for row, scan_id in zip(rows, scan_ids, strict=True)
        if any(row.known(column) for column in columns)
    }
    if not scan_of:
        return None, {}
    told = [row for row in rows if row.number in scan_of]
    return readings.list_readings(
        told, find_scan=lambda row: scan_of[row.number], folder=folder, prefix=READER
    )


def _find_descriptors(rows: Sequence[Row], *, asked: str | Sequence[str] | None) -> Sequence[str]:
    """Find the columns that hold what was noted: those asked for, or those whose name says so."""
    columns = dict.fromkeys(name for row in rows for name in row.cells)
    own = [name for name in columns if name not in {*REQUIRED, *OPTIONAL}]
    if asked is None:
        return [name for name in own if region_of_descriptor(name)]
    known = {fold_name(name): name for name in own}
    for name in listed(asked):
        if fold_name(name) not in known:
            raise StudyFileError(
                f"{rows[0].file} has no column {name!r} to read descriptors from (study.options.descriptors) "
                f"but {', '.join(own) or 'none of its own'}; correct the name"
            )
    return [known[fold_name(name)] for name in listed(asked)]


def _list_scans(rows: Sequence[Row], images: Sequence[Path]) -> pd.DataFrame:
    """Turn the rows into the contract of `sonolens.tables.Scans`."""
    scans = [_describe_scan(row, image) for row, image in zip(rows, images, strict=True)]
    first_named: dict[str, Row] = {}
    for row, scan in zip(rows, scans, strict=True):
        earlier = first_named.setdefault(str(scan["scan_id"]), row)
        if earlier is not row:
            row.refuse(
                f"scan_id {scan['scan_id']!r} is already that of row {earlier.number}; give every "
                "scan an id of its own in a column scan_id"
            )
    table = pd.DataFrame(scans)
    check_lesions(
        rows,
        lesion_ids=table["lesion_id"].tolist(),
        patient_ids=table["patient_id"].tolist(),
        labels=table["label"].tolist(),
    )
    texts = [column for column in table.columns if column not in SPACINGS]
    return mark_filled(
        table.astype(dict.fromkeys(texts, "str")),
        {column: [not row.written(column) for row in rows] for column in FILLABLE},
    )


def _describe_scan(row: Row, image: Path) -> dict[str, str | float | None]:
    """Read what one row says about its scan."""
    label = row.label("label")
    scan_id = _name_scan(row, image)
    lesion_id = row.written("lesion_id") or scan_id
    spacing_row_mm, spacing_col_mm = _read_spacing(row)
    own = {
        column: (row.known(column) if column in STRATA else text) or None
        for column, text in row.cells.items()
        if column not in {*REQUIRED, *OPTIONAL}
    }
    return {
        "scan_id": scan_id,
        "lesion_id": lesion_id,
        "patient_id": row.written("patient_id") or lesion_id,
        "view": row.choice("view", vocabulary.VIEWS),
        "label": label,
        "birads": row.choice("birads", vocabulary.BIRADS),
        "spacing_row_mm": spacing_row_mm,
        "spacing_col_mm": spacing_col_mm,
        "device": row.known("device") or None,
        "source": row.known("source") or "manifest",
    } | own


def _name_scan(row: Row, image: Path) -> str:
    """Take a scan's id from its column, else from its picture; it names files."""
    scan_id = row.written("scan_id") or image.stem
    if re.search(r"[/\\]", scan_id) or scan_id in {".", ".."}:
        row.refuse(f"scan_id {scan_id!r} names files, so it must hold no slash; rename it")
    if row.written("scan_id") and is_no_answer(scan_id) and fold_id(scan_id) != "0":
        row.refuse(f"scan_id {scan_id!r} names nothing; leave unknown values empty")
    return scan_id


def _read_spacing(row: Row) -> tuple[float, float]:
    """Read the pixel height and width in mm; not a number where unknown."""
    both, height, width = (row.millimetres(column) for column in SPACINGS)
    if math.isnan(height) != math.isnan(width):
        row.refuse(
            "has one of spacing_row_mm and spacing_col_mm; give both, or spacing_mm for both"
        )
    if math.isnan(both):
        return height, width
    if not math.isnan(height):
        row.refuse("has spacing_mm beside spacing_row_mm; give one or the other")
    return both, both

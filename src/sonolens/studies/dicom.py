r"""A folder of ultrasound DICOM files, with masks beside them and a table of labels.

The table (``labels.csv``) has one row per file: ``file`` (as named in the folder, subfolders with
/ or \) and ``label`` (benign or malignant, or 0 and 1), and may have ``lesion_id``,
``patient_id``, ``birads``, ``view``, ``histology`` and ``side``. The mask of ``a/b.dcm`` is
``a/b_mask.png``, the DICOM segmentation ``a/b_mask.dcm``, or any segmentation in the folder that
refers to the file's SOP Instance UID; it covers the whole picture, as the file does.

No patient's name, number or date leaves a header: patients are told apart by a keyed hash. File
names become scan ids and ids given in the table are used as they are, so neither may name anybody.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from pydicom.dataset import Dataset

from sonolens.arrays import Mask
from sonolens.studies.dicom_file import (
    TissueBox,
    cut_mask,
    find_tissue,
    is_segmentation,
    list_references,
    read_grey,
    read_header,
    read_segmentation,
)
from sonolens.studies.folder import folders_holding
from sonolens.studies.identity import check_ids, check_lesions
from sonolens.studies.listing import locate
from sonolens.studies.picture import read_mask
from sonolens.studies.row import Row
from sonolens.studies.spelling import fold_id, is_no_answer
from sonolens.studies.spreadsheet import read_table
from sonolens.studies.study import Study
from sonolens.tables import vocabulary
from sonolens.tables.filled_in import mark_filled

DESCRIPTION = (
    "DICOM files of the user's own, cut to their tissue region; patients by keyed hash only."
)
COLUMNS = ("file", "label")
STRATA = ("histology", "side")
OPTIONAL = ("lesion_id", "patient_id", "birads", "view", *STRATA)
KEY_BYTES = 16
HASH_DIGITS = 12


def read_dicom(path: str, *, key_file: str, labels: str = "labels.csv") -> Study:
    """Read a folder of ultrasound DICOM files.

    Without `lesion_id` every scan counts as a lesion of its own. Files in the folder that the table
    does not list are counted as left out.

    Args:
        path: The folder that holds the table of labels; its parent or the table itself do as well.
        key_file: A file with a secret of 16 bytes or more; `patient_id` is the first 12 digits of
            HMAC-SHA256 over PatientID. It is a file because options are written to run records.
            Keep it out of the project and its results (``conf/local`` is never committed): who has
            the secret and a list of patient numbers can undo the hash. The same secret gives the
            same ids, so keep it for as long as studies are to be compared.
        labels: Name of the table inside the folder.

    Returns:
        The study; pictures are decoded when they are asked for.

    Raises:
        FileNotFoundError: If the table, a listed file, a mask or the secret is absent.
        ValueError: If a file shows flow, several tissue regions or frames, two files share a name, a
            mask is ambiguous, a patient is unknown, or the table is not understood; its rows are told
            before a picture is read.
    """
    folder = _find_folder(path, labels)
    rows = _read_labels(folder / labels)
    table = _list_labels(rows)
    files = _find_files(rows, folder)
    headers = {scan_id: read_header(file) for scan_id, file in files.items()}
    boxes = {scan_id: find_tissue(headers[scan_id], file.name) for scan_id, file in files.items()}
    beside = _list_others(folder, set(files.values()))
    drawn = {
        file: list_references(header) for file, header in beside.items() if is_segmentation(header)
    }
    unlisted = len(beside) - len(drawn)
    return Study(
        name="dicom",
        scans=_list_scans(rows, table, headers, boxes, secret=_read_secret(Path(key_file))),
        images={
            scan_id: partial(read_grey, file, box=boxes[scan_id]) for scan_id, file in files.items()
        },
        masks={
            scan_id: _find_mask(
                file,
                drawn,
                instance=str(headers[scan_id].get("SOPInstanceUID")),
                box=boxes[scan_id],
            )
            for scan_id, file in files.items()
        },
        description=DESCRIPTION,
        left_out={f"not in {labels}": unlisted} if unlisted else {},
    )


def _find_folder(path: str, labels: str) -> Path:
    """Find the folder that holds the table, also one level too high or too low."""
    found = folders_holding(path, parts=[labels])
    if len(found) != 1:
        raise FileNotFoundError(
            f"DICOM folder {path!r} holds {len(found)} tables {labels!r}; give the folder of one, or "
            f"write one there with the columns {' and '.join(COLUMNS)}, one row per DICOM file"
        )
    return found[0]


def _read_labels(file: Path) -> list[Row]:
    """Read the table of labels, and refuse ids that do not tell lesions and patients apart."""
    rows = read_table(file, required=COLUMNS, optional=OPTIONAL, key="file", published=False)
    if not rows:
        raise ValueError(f"{file.name} lists no file; write one row per DICOM file")
    for column in ("patient_id", "lesion_id"):
        check_ids(rows, column)
    return rows


def _list_labels(rows: Sequence[Row]) -> pd.DataFrame:
    """Read what the table tells of every file; what it does not tell stays empty."""
    told: list[dict[str, str | None]] = [
        {
            "scan_id": _stem(row.written("file")),
            "lesion_id": row.written("lesion_id") or _stem(row.written("file")),
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


def _find_files(rows: Sequence[Row], folder: Path) -> dict[str, Path]:
    """Find every listed file by its scan id."""
    files = {}
    for row in rows:
        file = locate(row.written("file"), folder)
        if not file.is_file():
            raise FileNotFoundError(
                f"{row.file} row {row.number}: lists {row.written('file')!r} but {str(folder)!r} does "
                "not hold it; add the file or remove its row"
            )
        files[_stem(row.written("file"))] = file
    return files


def _stem(file: str) -> str:
    """Cut folders and ``.dcm`` off, but not a part of a UID.

    >>> _stem("left/IM01.DCM"), _stem("1.2.840.113")
    ('IM01', '1.2.840.113')
    """
    name = Path(file.replace("\\", "/")).name
    return name[:-4] if name.lower().endswith(".dcm") else name


def _list_others(folder: Path, listed: set[Path]) -> dict[Path, Dataset]:
    """Read the headers of the DICOM files that the table does not list."""
    return {
        file: read_header(file)
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() == ".dcm" and file not in listed
    }


def _find_mask(
    file: Path, drawn: dict[Path, set[str]], *, instance: str, box: TissueBox
) -> Callable[[], Mask]:
    """Find the only mask of a picture, by name or by what a segmentation refers to."""
    name = _stem(file.name)
    picture, segmentation = (file.parent / f"{name}_mask{end}" for end in (".png", ".dcm"))
    found = {other for other, references in drawn.items() if instance in references}
    found |= {segmentation} & drawn.keys()
    if picture.is_file():
        found.add(picture)
    if not found:
        raise FileNotFoundError(
            f"DICOM file {file.name!r} has no mask: neither {picture.name!r} beside it nor a "
            "segmentation that refers to it; add one or remove its row from the table"
        )
    if len(found) > 1:
        names = " and ".join(sorted(repr(mask.name) for mask in found))
        raise ValueError(
            f"DICOM file {file.name!r} has several masks, {names}; keep the one that holds"
        )
    mask = found.pop()
    if mask == picture:
        return partial(_read_picture_mask, mask, box=box)
    return partial(read_segmentation, mask, instance=instance, box=box)


def _read_picture_mask(file: Path, *, box: TissueBox) -> Mask:
    """Read a mask drawn on the whole picture and cut it as the picture is cut."""
    return cut_mask(read_mask(file), box=box, name=file.name)


def _list_scans(
    rows: Sequence[Row],
    table: pd.DataFrame,
    headers: dict[str, Dataset],
    boxes: dict[str, TissueBox],
    *,
    secret: bytes,
) -> pd.DataFrame:
    """Turn labels and headers into the contract of `sonolens.tables.Scans`."""
    found = [headers[scan_id] for scan_id in table["scan_id"]]
    devices = [
        f"{header.get('Manufacturer') or ''} {header.get('ManufacturerModelName') or ''}".strip()
        for header in found
    ]
    patient_ids = _tell_patients(rows, table, found, secret=secret)
    check_lesions(
        rows,
        lesion_ids=table["lesion_id"].tolist(),
        patient_ids=patient_ids.tolist(),
        labels=table["label"].tolist(),
    )
    return table.assign(
        patient_id=patient_ids,
        spacing_row_mm=[boxes[scan_id].row_mm for scan_id in table["scan_id"]],
        spacing_col_mm=[boxes[scan_id].col_mm for scan_id in table["scan_id"]],
        device=pd.Series([device or pd.NA for device in devices], dtype="str"),
        source="dicom",
    )


def _tell_patients(
    rows: Sequence[Row], table: pd.DataFrame, headers: Sequence[Dataset], *, secret: bytes
) -> "pd.Series[str]":
    """Take patients from the table, or else hash those of the headers; `check_ids` allows no mixture."""
    if table["patient_id"].notna().all():
        return table["patient_id"]
    patients = [str(header.get("PatientID") or "").strip() for header in headers]
    first: dict[str, tuple[Row, str]] = {}
    for row, patient in zip(rows, patients, strict=True):
        earlier, other = first.setdefault(fold_id(patient), (row, patient))
        if patient != other:
            row.refuse(
                f"DICOM file {row.written('file')!r} has a PatientID that differs from that of "
                f"{earlier.written('file')!r} in spelling only; give patient_id in the table of labels"
            )
        if is_no_answer(patient):
            row.refuse(
                f"DICOM file {row.written('file')!r} has no PatientID ({patient!r}), so scans of one "
                "patient cannot be kept together; give patient_id in the table of labels"
            )
    hashes = [hmac.new(secret, number.encode(), hashlib.sha256).hexdigest() for number in patients]
    return pd.Series([digits[:HASH_DIGITS] for digits in hashes], dtype="str")


def _read_secret(file: Path) -> bytes:
    """Read the secret; what it is never appears in an error."""
    make_one = (
        f"make one with: python -c 'import secrets; print(secrets.token_hex())' > {file.name}"
    )
    if not file.is_file():
        raise FileNotFoundError(f"key_file {str(file)!r} does not exist; {make_one}")
    secret = file.read_bytes().strip()
    if len(secret) < KEY_BYTES:
        raise ValueError(
            f"key_file {str(file)!r} holds {len(secret)} bytes, which can be guessed; {make_one}"
        )
    return secret

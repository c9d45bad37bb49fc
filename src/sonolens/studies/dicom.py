"""A folder of ultrasound DICOM files, with masks beside them and a table of labels.

The table (``labels.csv``) has one row per file: ``file`` (as named in the folder, subfolders with
/) and ``label`` (benign or malignant), and may have ``lesion_id``, ``patient_id``, ``birads`` and
``view``. The mask of ``a/b.dcm`` is ``a/b_mask.png``, the DICOM segmentation ``a/b_mask.dcm``, or
any segmentation in the folder that refers to the file's SOP Instance UID; it covers the whole
picture, as the file does.

No patient's name, number or date leaves a header: patients are told apart by a keyed hash. File
names become scan ids and ids given in the table are used as they are, so neither may name anybody.
"""

import hashlib
import hmac
from collections.abc import Callable
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
from sonolens.studies.picture import read_mask
from sonolens.studies.study import Study

DESCRIPTION = (
    "DICOM files of the user's own, cut to their tissue region; patients by keyed hash only."
)
COLUMNS = ("file", "label")
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
            mask is ambiguous, or a patient is unknown.
    """
    folder = _find_folder(path, labels)
    table = _read_labels(folder / labels)
    files = {_stem(file): folder / file for file in table["file"]}
    headers = {scan_id: _read_listed(file) for scan_id, file in files.items()}
    boxes = {scan_id: find_tissue(headers[scan_id], file.name) for scan_id, file in files.items()}
    beside = _list_others(folder, set(files.values()))
    drawn = {
        file: list_references(header) for file, header in beside.items() if is_segmentation(header)
    }
    unlisted = len(beside) - len(drawn)
    return Study(
        name="dicom",
        scans=_list_scans(table, headers, boxes, secret=_read_secret(Path(key_file))),
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


def _read_labels(file: Path) -> pd.DataFrame:
    """Read the table of labels with one `scan_id` per row; what is absent stays empty."""
    table = pd.read_csv(file, dtype="str", encoding="utf-8-sig")
    absent = [column for column in COLUMNS if column not in table.columns]
    if absent:
        raise ValueError(
            f"{file.name} has no column {absent[0]!r} but {', '.join(table.columns)}; "
            f"{' and '.join(COLUMNS)} are needed"
        )
    table = table.reindex(
        columns=[
            *table.columns,
            *({"lesion_id", "patient_id", "birads", "view"} - {*table.columns}),
        ]
    ).astype("str")
    table = table.apply(lambda column: column.str.strip())
    for column in COLUMNS:
        if table[column].isna().any():
            raise ValueError(
                f"{file.name} has an empty {column!r} in row {int(table[column].isna().argmax()) + 2}; "
                "fill it in or remove the row"
            )
    table["scan_id"] = table["file"].map(_stem)
    repeated = table.loc[table["scan_id"].duplicated(), "scan_id"]
    if len(repeated):
        raise ValueError(
            f"{file.name} names {repeated.iloc[0]!r} twice, and names are scan ids; rename one file"
        )
    return table


def _stem(file: str) -> str:
    """Cut folders and ``.dcm`` off, but not a part of a UID.

    >>> _stem("left/IM01.DCM"), _stem("1.2.840.113")
    ('IM01', '1.2.840.113')
    """
    name = Path(file).name
    return name[:-4] if name.lower().endswith(".dcm") else name


def _read_listed(file: Path) -> Dataset:
    """Read the header of a listed file."""
    if not file.is_file():
        raise FileNotFoundError(
            f"the table of labels lists {file.name!r} but {str(file.parent)!r} does not hold it; "
            "add the file or remove its row"
        )
    return read_header(file)


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
    table: pd.DataFrame, headers: dict[str, Dataset], boxes: dict[str, TissueBox], *, secret: bytes
) -> pd.DataFrame:
    """Turn labels and headers into the contract of `sonolens.tables.Scans`."""
    found = [headers[scan_id] for scan_id in table["scan_id"]]
    devices = [
        f"{header.get('Manufacturer') or ''} {header.get('ManufacturerModelName') or ''}".strip()
        for header in found
    ]
    return pd.DataFrame(
        {
            "scan_id": table["scan_id"],
            "lesion_id": table["lesion_id"].fillna(table["scan_id"]),
            "patient_id": _tell_patients(table, found, secret),
            "view": table["view"].str.lower(),
            "label": table["label"].str.lower(),
            "birads": table["birads"].str.lower(),
            "spacing_row_mm": [boxes[scan_id].row_mm for scan_id in table["scan_id"]],
            "spacing_col_mm": [boxes[scan_id].col_mm for scan_id in table["scan_id"]],
            "device": pd.Series([device or pd.NA for device in devices], dtype="str"),
            "source": "dicom",
        }
    )


def _tell_patients(table: pd.DataFrame, headers: list[Dataset], secret: bytes) -> "pd.Series[str]":
    """Take patients from the table, or else hash those of the headers; never mix the two."""
    given = table["patient_id"]
    if given.notna().all():
        return given
    if given.notna().any():
        raise ValueError(
            f"the table of labels gives a patient_id for {given.notna().sum()} files of {len(given)}, "
            "and one patient could get two ids; give all of them or none"
        )
    patients = [str(header.get("PatientID") or "").strip() for header in headers]
    if "" in patients:
        raise ValueError(
            f"DICOM file {table['file'].iloc[patients.index('')]!r} has no PatientID, so scans of one "
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

r"""A folder of ultrasound DICOM files, with masks beside them and a table of labels.

The table (``labels.csv``) has one row per file or frame: ``file`` (as named in the folder, subfolders
with / or \) and ``label`` (benign or malignant, or 0 and 1), and may have ``frame`` (from 1),
``lesion_id``, ``patient_id``, ``birads``, ``view``, ``histology``, ``side``, ``mask_value`` and
``mask_colour``. The mask of ``a/b.dcm`` is ``a/b_mask.png``, the DICOM segmentation ``a/b_mask.dcm``,
or any segmentation in the folder that refers to the file's SOP Instance UID; it covers the whole
picture, as the file does. The third frame is the scan ``b-f003``, its mask ``a/b-f003_mask.png``.

No patient's name, number or date leaves a header: patients are told apart by a keyed hash. File
names become scan ids and ids given in the table are used as they are, so neither may name anybody.
"""

import hashlib
import hmac
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

import pandas as pd
from pydicom.dataset import Dataset

from sonolens.arrays import Mask, Scan
from sonolens.studies.boundary import check_file, reading
from sonolens.studies.dicom_grey import read_grey
from sonolens.studies.dicom_header import check_numbers, count_frames, read_header, text
from sonolens.studies.dicom_labels import (
    choose_frame,
    find_files,
    find_folder,
    list_labels,
    read_labels,
)
from sonolens.studies.dicom_masks import find_mask, list_others
from sonolens.studies.dicom_segmentation import Drawn, Reference
from sonolens.studies.dicom_tissue import TissueBox, find_tissue
from sonolens.studies.identity import check_lesions
from sonolens.studies.row import Row
from sonolens.studies.spelling import fold_id, is_no_answer
from sonolens.studies.study import Study

DESCRIPTION = (
    "DICOM files of the user's own, cut to their tissue region; patients by keyed hash only."
)
KEY_BYTES = 16
HASH_DIGITS = 12


@dataclass(frozen=True, eq=False)
class _Picture:
    """What one row of the table shows.

    Attributes:
        file: Its file.
        header: The header of the file.
        box: Where it shows tissue; or why that is not known, in one sentence.
        frame: Which frame, from 1.
        frames: How many the file holds; 0 where that cannot be told.
    """

    file: Path
    header: Dataset
    box: TissueBox | str
    frame: int
    frames: int


def read_dicom(path: str, *, key_file: str, labels: str = "labels.csv") -> Study:
    """Read a folder of ultrasound DICOM files.

    Without `lesion_id` every file counts as a lesion of its own. Files in the folder that the table
    does not list are counted as left out. A file that is no DICOM, has a malformed number in its header, shows flow or
    several tissue regions, or cannot be decoded, costs its own scan: that is told when the scan is read.

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
        ValueError: If a file holds several frames of which none is named, two scans share a name, a mask is
            ambiguous, a patient is unknown, or the table is not understood; its rows are told before a picture is
            read.
    """
    folder = find_folder(path, labels)
    rows = read_labels(folder / labels)
    table = list_labels(rows)
    pictures = _read_pictures(rows, find_files(rows, folder))
    others = list_others(folder, {picture.file for picture in pictures})
    unlisted = sum(references is None for references in others.values())
    scan_ids = table["scan_id"].tolist()
    listed = Counter(picture.file for picture in pictures)
    return Study(
        name="dicom",
        scans=_list_scans(rows, table, pictures, secret=_read_secret(Path(key_file))),
        images={
            scan_id: _find_image(picture)
            for scan_id, picture in zip(scan_ids, pictures, strict=True)
        },
        masks={
            scan_id: _find_mask(row, picture, others, is_only=listed[picture.file] == 1)
            for scan_id, row, picture in zip(scan_ids, rows, pictures, strict=True)
        },
        description=DESCRIPTION,
        left_out={f"not in {labels}": unlisted} if unlisted else {},
    )


def _read_pictures(rows: Sequence[Row], files: Sequence[Path]) -> list[_Picture]:
    """Read every header once and choose the frame that each row means."""
    read: dict[Path, tuple[Dataset, TissueBox | str, int]] = {}
    pictures = []
    for row, file in zip(rows, files, strict=True):
        if file not in read:
            read[file] = _read_box(file)
        header, box, frames = read[file]
        frame = choose_frame(row, frames) if frames else 1
        pictures.append(_Picture(file, header, box, frame, frames))
    return pictures


def _read_box(file: Path) -> tuple[Dataset, TissueBox | str, int]:
    """Read a header, where its tissue lies, and its number of frames.

    What is wrong with the file costs its scans alone, and is told when they are read: in place of the box. Where not
    even the frames can be counted they are 0.
    """
    header, frames = Dataset(), 0
    try:
        header = read_header(file)
        check_numbers(header, file.name)
        frames = count_frames(header, file.name)
        return header, find_tissue(header, file.name), frames
    except ValueError as error:
        return header, str(error), frames


def _find_image(picture: _Picture) -> Callable[[], Scan]:
    if isinstance(picture.box, str):
        return partial(_refuse, picture.box)
    return partial(read_grey, picture.file, box=picture.box, frame=picture.frame)


def _find_mask(
    row: Row,
    picture: _Picture,
    others: Mapping[Path, set[Reference] | None],
    *,
    is_only: bool,
) -> Callable[[], Mask]:
    if isinstance(picture.box, str):
        return partial(_refuse, picture.box)
    drawn = Drawn(
        instance=text(picture.header, "SOPInstanceUID", picture.file.name),
        frame=picture.frame,
        frames=picture.frames,
        box=picture.box,
    )
    return find_mask(picture.file, row, drawn=drawn, others=others, is_only=is_only)


def _refuse(reason: str) -> NoReturn:
    raise ValueError(reason)


def _list_scans(
    rows: Sequence[Row], table: pd.DataFrame, pictures: Sequence[_Picture], *, secret: bytes
) -> pd.DataFrame:
    """Turn labels and headers into the contract of `sonolens.tables.Scans`."""
    headers = [picture.header for picture in pictures]
    devices = [
        f"{text(header, 'Manufacturer', '')} {text(header, 'ManufacturerModelName', '')}".strip()
        for header in headers
    ]
    patient_ids = _tell_patients(rows, table, headers, secret=secret)
    known = [bool(header) for header in headers]
    check_lesions(
        [row for row, is_known in zip(rows, known, strict=True) if is_known],
        lesion_ids=table.loc[known, "lesion_id"].tolist(),
        patient_ids=patient_ids[known].tolist(),
        labels=table.loc[known, "label"].tolist(),
    )
    boxes = [picture.box for picture in pictures]
    return table.assign(
        patient_id=patient_ids,
        spacing_row_mm=[math.nan if isinstance(box, str) else box.row_mm for box in boxes],
        spacing_col_mm=[math.nan if isinstance(box, str) else box.col_mm for box in boxes],
        device=pd.Series([device or pd.NA for device in devices], dtype="str"),
        source="dicom",
    )


def _tell_patients(
    rows: Sequence[Row], table: pd.DataFrame, headers: Sequence[Dataset], *, secret: bytes
) -> "pd.Series[str]":
    """Take patients from the table, or else hash those of the headers; `check_ids` allows no mixture.

    A file without a header that can be read is a patient of its own: its scans are refused or left out by screening.
    """
    if table["patient_id"].notna().all():
        return table["patient_id"]
    patients = [
        text(header, "PatientID", "").strip() if header else f"unreadable {row.written('file')}"
        for row, header in zip(rows, headers, strict=True)
    ]
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
    check_file(file, "key_file")
    with reading(
        f"key_file {str(file)!r}", "cannot be read", remedy="see to it that you may read it"
    ):
        secret = file.read_bytes().strip()
    if len(secret) < KEY_BYTES:
        raise ValueError(
            f"key_file {str(file)!r} holds {len(secret)} bytes, which can be guessed; {make_one}"
        )
    return secret

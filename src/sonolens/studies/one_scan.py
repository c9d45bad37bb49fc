"""One scan that belongs to no study: a picture or a DICOM file, with what is known of it."""

import logging
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool
from PIL import Image
from pydicom.dataelem import DataElement
from pydicom.multival import MultiValue
from pydicom.uid import ParametricMapStorage

from sonolens.arrays import Mask, Scan
from sonolens.studies.dicom_grey import read_grey
from sonolens.studies.dicom_header import (
    check_numbers,
    count_frames,
    is_segmentation,
    list_words,
    read_header,
    text,
)
from sonolens.studies.dicom_segmentation import Drawn, read_segmentation
from sonolens.studies.dicom_tissue import COLOURS, GREY, PALETTE, TissueBox, cut_mask, find_tissue
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.picture_file import FORMATS
from sonolens.studies.remarks import Remark, listen

DICOM_MARK = b"DICM"
PREAMBLE_BYTES = 128
MASK_ENDING = "_mask"
SHORTEST_WORD = 3
NO_WORDS = {"SQ", "AT", "DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"}
"""Value representations of numbers and sequences; DICOM PS3.5 6.2."""
UNKNOWN_MM = (math.nan, math.nan)

DrawnMask = Bool[np.ndarray, "mask_rows mask_cols"]
Spacing = tuple[float, float]
SpacingSource = Literal["given", "header", "unknown"]


@dataclass(frozen=True, eq=False)
class OneScan:
    """What was read of one scan. Nothing that names a patient, a day or a file is among it.

    Attributes:
        scan: Grey levels; of a DICOM file its tissue alone.
        mask: The mass on the same grid, if one was given; its size is not checked here.
        spacing_mm: Height and width of a pixel; NaN where unknown.
        spacing_from: Who told the spacing.
        header_mm: What a DICOM header tells of it; NaN where it does not, and for pictures.
        device: Manufacturer and model of a DICOM file; empty where unknown.
        box: Where the picture of a DICOM file shows its tissue; None for other pictures.
        remarks: What the readers said.
    """

    scan: Scan
    mask: DrawnMask | None
    spacing_mm: Spacing
    spacing_from: SpacingSource
    header_mm: Spacing
    device: str
    box: TissueBox | None
    remarks: tuple[Remark, ...]


def read_one(
    path: Path,
    *,
    mask: Path | None = None,
    spacing_mm: Spacing | None = None,
    frame: int | None = None,
) -> OneScan:
    """Read one scan, and its mask if there is one, by the rules of studies.

    Args:
        path: A picture (see `read_scan`) or a DICOM file (see `read_dicom`).
        mask: A picture of the mass on black, or a DICOM segmentation; for a DICOM file it covers the whole picture.
        spacing_mm: Height and width of a pixel; takes the place of what a header tells.
        frame: Which frame of a DICOM file, from 1; may be left out where there is one.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: Scan or mask cannot be read, or not for certain.
    """
    box = None
    with listen() as heard:
        if is_dicom(path):
            scan, drawn, header_mm, device = _read_dicom(path, frame)
            mass = None if mask is None else _read_dicom_mask(mask, drawn)
            box = drawn.box
        elif frame is not None:
            raise ValueError(f"picture {path.name!r} has no frames; leave the frame away")
        else:
            scan, header_mm, device = read_scan(path), UNKNOWN_MM, ""
            mass = None if mask is None else _read_picture_mask(mask)
    told: SpacingSource = "unknown" if math.isnan(sum(header_mm)) else "header"
    return OneScan(
        scan=scan,
        mask=mass,
        spacing_mm=header_mm if spacing_mm is None else spacing_mm,
        spacing_from=told if spacing_mm is None else "given",
        header_mm=header_mm,
        device=device,
        box=box,
        remarks=tuple(heard),
    )


def is_dicom(path: Path) -> bool:
    """Whether a file says by its content that it is DICOM; False for one that cannot be opened."""
    if not path.is_file():  # a pipe would be waited for
        return False
    try:
        with path.open("rb") as file:
            return file.read(PREAMBLE_BYTES + len(DICOM_MARK))[PREAMBLE_BYTES:] == DICOM_MARK
    except OSError:
        return False


@contextmanager
def without_quotes() -> Iterator[None]:
    """Keep pydicom from quoting what stands in a header, in warnings or in its log."""
    log = logging.getLogger("pydicom")
    was_disabled = log.disabled
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pydicom")
        log.disabled = True
        try:
            yield
        finally:
            log.disabled = was_disabled


def list_header_words(path: Path) -> set[str]:
    """List what stands as text in a DICOM header, so that it can be taken out of a message; none for a picture.

    What is shorter than three letters, numbers of the picture, and words for what its pixels are name nobody.
    """
    if not is_dicom(path):
        return set()
    try:
        told = [str(each) for item in list_words(path) for each in _values(item)]
    except (OSError, ValueError):
        return set()
    known = {*GREY, PALETTE, *COLOURS}
    return {word for word in told if len(word) >= SHORTEST_WORD and word not in known}


def _values(item: DataElement) -> list[object]:
    if item.VR in NO_WORDS or isinstance(item.value, bytes):
        return []
    return list(item.value) if isinstance(item.value, MultiValue) else [item.value]


def find_scans(folder: Path) -> list[Path]:
    """Find the scans of a folder and all in it, by name.

    What has the ending of a picture or of DICOM, or is DICOM by its content, is taken for a scan, whether or not it can
    be read. Left out are hidden files, DICOM files without a picture, segmentations, parametric maps, and masks: ``x_mask.png`` beside
    any file ``x``.
    """
    files = [
        file
        for file in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).parts)
        if file.is_file() and not any(p.startswith(".") for p in file.relative_to(folder).parts)
    ]
    stems = {(file.parent, file.stem) for file in files}
    return [
        file
        for file in files
        if not _is_mask(file, stems) and (_is_named_picture(file) or is_dicom(file))
        if not _has_no_picture(file)
    ]


def find_mask_of(scan: Path, masks: Iterable[Path]) -> Path | None:
    """Find the mask of a scan among files: the one of its name, with or without ``_mask``.

    Raises:
        ValueError: There are several.
    """
    wanted = {scan.stem, scan.stem + MASK_ENDING}
    found = [mask for mask in masks if mask.stem in wanted and mask != scan]
    if len(found) > 1:
        raise ValueError(f"it has {len(found)} masks; keep the one that holds")
    return found[0] if found else None


def _is_mask(file: Path, stems: set[tuple[Path, str]]) -> bool:
    stem, ending, more = file.stem.rpartition(MASK_ENDING)
    return bool(ending) and not more.strip("_0123456789") and (file.parent, stem) in stems


def _is_named_picture(file: Path) -> bool:
    suffix = file.suffix.lower()
    kind = Image.registered_extensions().get(suffix)
    return kind in FORMATS or suffix in {".npy", ".dcm", ".dicom"}


def _has_no_picture(file: Path) -> bool:
    """Whether a sound DICOM file is no scan: a segmentation, a map, a directory, a report."""
    if not is_dicom(file):
        return False
    try:
        header = read_header(file)
        maps = text(header, "SOPClassUID", file.name) == ParametricMapStorage
        return is_segmentation(header) or maps or "Rows" not in header
    except (OSError, ValueError):
        return False


def _read_dicom(path: Path, frame: int | None) -> tuple[Scan, Drawn, Spacing, str]:
    header = read_header(path)
    if is_segmentation(header):
        raise ValueError(f"DICOM file {path.name!r} is a segmentation; name the scan")
    check_numbers(header, path.name)
    frames = count_frames(header, path.name)
    if frame is None and frames > 1:
        raise ValueError(f"DICOM file {path.name!r} holds {frames} frames; name one with --frame")
    if not 1 <= (frame or 1) <= frames:
        raise ValueError(f"frame {frame} is none of the {frames} of DICOM file {path.name!r}")
    box: TissueBox = find_tissue(header, path.name)
    drawn = Drawn(text(header, "SOPInstanceUID", path.name), frame or 1, frames, box)
    named = (text(header, f"Manufacturer{part}", path.name) for part in ("", "ModelName"))
    device = " ".join(named).strip()
    return read_grey(path, box=box, frame=frame or 1), drawn, (box.row_mm, box.col_mm), device


def _read_dicom_mask(mask: Path, drawn: Drawn) -> Mask:
    if is_dicom(mask):
        return read_segmentation(mask, drawn=drawn)
    return cut_mask(read_mask(mask), box=drawn.box, name=os.fspath(mask))


def _read_picture_mask(mask: Path) -> Mask:
    if is_dicom(mask):
        raise ValueError(
            f"mask {mask.name!r} is a DICOM segmentation but the scan is a picture; give the DICOM file, or a picture "
            "of the mass"
        )
    return read_mask(mask)

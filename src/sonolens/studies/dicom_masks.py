"""Whose mask it is: a picture beside a DICOM file, or a segmentation that refers to it."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset

from sonolens.arrays import Mask
from sonolens.studies.dicom_header import is_segmentation, read_header
from sonolens.studies.dicom_labels import name_scan, stem
from sonolens.studies.dicom_segmentation import (
    Drawn,
    Reference,
    list_references,
    read_segmentation,
)
from sonolens.studies.dicom_tissue import TissueBox, cut_mask
from sonolens.studies.mask_choice import MaskChoice, read_choice
from sonolens.studies.picture import read_mask
from sonolens.studies.row import Row


def list_others(folder: Path, listed: set[Path]) -> dict[Path, set[Reference] | None]:
    """List the DICOM files that the table does not list.

    Args:
        folder: The folder, searched with all in it.
        listed: The files that the table lists.

    Returns:
        What each segmentation was drawn on; none for all other files, damaged ones among them.
    """
    return {
        file: _references(file)
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() == ".dcm" and file not in listed
    }


def find_mask(
    file: Path,
    row: Row,
    *,
    drawn: Drawn,
    others: Mapping[Path, set[Reference] | None],
    is_only: bool,
) -> Callable[[], Mask]:
    """Find the only mask of a scan, by name or by what a segmentation refers to.

    Args:
        file: The file of the scan.
        row: Its row in the table.
        drawn: Its frame.
        others: From `list_others`.
        is_only: Whether the table lists no other frame of the file, so that its name alone will do.

    Returns:
        Reads the mask, cut as the scan is cut.

    Raises:
        FileNotFoundError: If there is no mask.
        ValueError: If there are several, or a segment is chosen other than by its number.
    """
    names = list(dict.fromkeys([name_scan(row), *([stem(file.name)] if is_only else [])]))
    pictures = {file.parent / f"{name}_mask.png" for name in names}
    segmentations = {file.parent / f"{name}_mask.dcm" for name in names}
    found = {
        other
        for other, references in others.items()
        if other in segmentations
        or any(each.covers(drawn.instance, drawn.frame) for each in references or ())
    }
    found |= {picture for picture in pictures if picture.is_file()}
    if not found:
        raise FileNotFoundError(
            f"DICOM file {file.name!r} has no mask: neither {names[0] + '_mask.png'!r} beside it nor a "
            "segmentation that refers to it; add one or remove its row from the table"
        )
    if len(found) > 1:
        told = " and ".join(sorted(repr(mask.name) for mask in found))
        raise ValueError(
            f"DICOM file {file.name!r} has several masks, {told}; keep the one that holds"
        )
    mask, choice = found.pop(), read_choice(row)
    if mask in pictures:
        return partial(_read_picture_mask, mask, choice=choice, box=drawn.box)
    if choice is not None and (choice.value is None or not choice.value.is_integer()):
        row.refuse(
            f"chooses a class by its colour or a fraction, but {mask.name!r} is a segmentation; give the "
            "number of a segment as mask_value"
        )
    segment = None if choice is None or choice.value is None else int(choice.value)
    return partial(read_segmentation, mask, drawn=drawn, segment=segment)


def _references(file: Path) -> set[Reference] | None:
    """List what a file was drawn on; none if it is no segmentation that can be read."""
    try:
        header: Dataset = read_header(file)
        return list_references(header, file.name) if is_segmentation(header) else None
    except ValueError:  # only asked for if it is a mask by its name, and then refused there
        return None


def _read_picture_mask(file: Path, *, choice: MaskChoice | None, box: TissueBox) -> Mask:
    """Read a mask drawn on the whole picture and cut it as the picture is cut."""
    return cut_mask(read_mask(file, choice=choice), box=box, name=file.name)

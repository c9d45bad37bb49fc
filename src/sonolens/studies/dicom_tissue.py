"""Where an ultrasound DICOM file shows tissue, and how large its pixels are.

An ultrasound screen shows tissue beside rulers, text and often the patient's name. Which box is tissue
and how large its pixels are stands in the Sequence of Ultrasound Regions (DICOM PS3.3 C.8.5.5), not
in Pixel Spacing. Everything is cut to that box.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool
from pydicom.dataset import Dataset

from sonolens.arrays import Mask
from sonolens.studies.dicom_header import (
    items,
    number,
    numbers,
    refusal,
    required_whole,
    text,
    whole,
)

GREY = ("MONOCHROME1", "MONOCHROME2")
PALETTE = "PALETTE COLOR"
COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
TWO_DIMENSIONAL, TISSUE = 1, 1  # Region Spatial Format and Region Data Type, C.8.5.5.1.1 and .2
FLOW = {2: "colour flow", 3: "pulsed-wave Doppler", 4: "continuous-wave Doppler"}
FLOW |= dict.fromkeys((5, 6, 7), "a Doppler trace")
CENTIMETRES = 3  # Physical Units, C.8.5.5.1.15
MM_PER_CM = 10
GREY_BITS, MOST_BITS = 8, 16

WholeMask = Bool[np.ndarray, "picture_rows picture_cols"]


@dataclass(frozen=True)
class TissueBox:
    """Where a picture shows tissue, and how large its pixels are.

    Attributes:
        picture: Rows and columns of the whole picture.
        rows: First row of the box, and the one after its last.
        cols: First column of the box, and the one after its last.
        row_mm: Height of a pixel; not a number where unknown.
        col_mm: Width of a pixel; not a number where unknown.
    """

    picture: tuple[int, int]
    rows: tuple[int, int]
    cols: tuple[int, int]
    row_mm: float
    col_mm: float

    def cut(self, whole: np.ndarray) -> np.ndarray:
        """Cut the box out of an array on the grid of the whole picture."""
        return np.ascontiguousarray(whole[slice(*self.rows), slice(*self.cols)])


def find_tissue(header: Dataset, name: str) -> TissueBox:
    """Find the one region that shows tissue in two dimensions.

    Args:
        header: A header whose numbers were checked (`sonolens.studies.dicom_header`).
        name: Name of the file for the errors.

    Returns:
        Its box. A picture without regions counts whole, of unknown spacing, if it says that nothing
        is burned into it.

    Raises:
        ValueError: If the file is neither grey nor colour of a known depth, shows flow or several tissue
            regions, or its region does not lie in the picture.
    """
    _check_depth(header, name)
    picture = (required_whole(header, "Rows", name), required_whole(header, "Columns", name))
    regions = items(header, "SequenceOfUltrasoundRegions", name)
    if not regions and text(header, "BurnedInAnnotation", name) == "NO":
        return TissueBox(picture, (0, picture[0]), (0, picture[1]), float("nan"), float("nan"))
    return _measure(_choose_region(regions, name), picture, name)


def cut_mask(mask: WholeMask, *, box: TissueBox, name: str) -> Mask:
    """Cut the tissue box out of a mask that was drawn on the whole picture.

    Raises:
        ValueError: If the mask has another size than the picture.
    """
    if mask.shape != box.picture:
        raise ValueError(
            f"mask {name!r} is {mask.shape[0]} x {mask.shape[1]} pixels but its picture is "
            f"{box.picture[0]} x {box.picture[1]}; draw the mask on the whole DICOM picture"
        )
    return box.cut(mask)


def _check_depth(header: Dataset, name: str) -> None:
    """Refuse pixels whose black and white are not known; a palette or a window tells those of deep ones."""
    photometry = text(header, "PhotometricInterpretation", name)
    bits, allocated = (
        required_whole(header, keyword, name) for keyword in ("BitsStored", "BitsAllocated")
    )
    depth = max(bits, allocated) if photometry in COLOURS else bits
    has_window = items(header, "VOILUTSequence", name) or any(numbers(header, "WindowWidth", name))
    is_told = photometry == PALETTE or (photometry in GREY and has_window)
    if photometry not in (*GREY, PALETTE, *COLOURS) or depth > (
        MOST_BITS if is_told else GREY_BITS
    ):
        raise refusal(
            name,
            f"is {photometry or None} of {bits} bits",
            "convert it to 8-bit grey levels or RGB, or keep the window it is looked at with",
        )


def _choose_region(regions: Sequence[Dataset], name: str) -> Dataset:
    """Choose the only region of tissue; rulers and physiological traces beside it do no harm."""
    for region in regions:
        flow = FLOW.get(whole(region, "RegionDataType", name) or 0)
        if flow:
            raise refusal(name, f"shows {flow}", "export the B-mode picture instead")
    tissue = [
        region
        for region in regions
        if whole(region, "RegionSpatialFormat", name) == TWO_DIMENSIONAL
        and whole(region, "RegionDataType", name) == TISSUE
    ]
    if len(tissue) != 1:
        raise refusal(
            name,
            f"has {len(tissue)} two-dimensional tissue regions in its SequenceOfUltrasoundRegions",
            "save one region per file, or a picture of tissue alone with BurnedInAnnotation NO, or list it, cropped, "
            "in a manifest",
        )
    return tissue[0]


def _measure(region: Dataset, picture: tuple[int, int], name: str) -> TissueBox:
    """Turn a region, whose last row and column belong to it, into a box.

    Some scanners write the row and column after the last, so the picture may end one before.
    """
    top, bottom, left, right = (
        required_whole(region, f"RegionLocation{edge}", name)
        for edge in ("MinY0", "MaxY1", "MinX0", "MaxX1")
    )
    rows, cols = (top, min(bottom + 1, picture[0])), (left, min(right + 1, picture[1]))
    inside = bottom <= picture[0] and right <= picture[1]
    if not (
        inside and 0 <= rows[0] < rows[1] <= picture[0] and 0 <= cols[0] < cols[1] <= picture[1]
    ):
        raise refusal(
            name,
            f"has a tissue region of rows {top} to {bottom} and columns {left} to {right} in a picture "
            f"of {picture[0]} x {picture[1]}",
            "use the file as the scanner wrote it, not a resized copy",
        )
    row_mm, col_mm = (
        abs(number(region, f"PhysicalDelta{axis}", name) or 0) * MM_PER_CM or float("nan")
        if whole(region, f"PhysicalUnits{axis}Direction", name) == CENTIMETRES
        else float("nan")
        for axis in ("Y", "X")
    )
    return TissueBox(picture, rows, cols, row_mm, col_mm)

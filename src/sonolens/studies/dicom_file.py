"""One ultrasound DICOM file: its tissue region in millimetres, its grey levels, masses drawn on it.

An ultrasound screen shows tissue beside rulers, text and often the patient's name. Which box is tissue
and how large its pixels are stands in the Sequence of Ultrasound Regions (DICOM PS3.3 C.8.5.5), not
in Pixel Spacing. Everything is cut to that box.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from jaxtyping import Bool
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import SegmentationStorage

from sonolens.arrays import Mask, Scan

PHOTOMETRY = (
    "MONOCHROME1",
    "MONOCHROME2",
    "RGB",
    "YBR_FULL",
    "YBR_FULL_422",
    "YBR_ICT",
    "YBR_RCT",
)
TWO_DIMENSIONAL, TISSUE = 1, 1  # Region Spatial Format and Region Data Type, C.8.5.5.1.1 and .2
FLOW = {2: "colour flow", 3: "pulsed-wave Doppler", 4: "continuous-wave Doppler"}
FLOW |= dict.fromkeys((5, 6, 7), "a Doppler trace")
CENTIMETRES = 3  # Physical Units, C.8.5.5.1.15
MM_PER_CM = 10
GREY_BITS = 8
HEADER_FIELDS = [
    "SOPClassUID",
    "SOPInstanceUID",
    "PatientID",
    "Manufacturer",
    "ManufacturerModelName",
    "BurnedInAnnotation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsStored",
    "BitsAllocated",
    "PhotometricInterpretation",
    "SequenceOfUltrasoundRegions",
    "ReferencedSeriesSequence",
    "PerFrameFunctionalGroupsSequence",
]
"""The only fields that are ever decoded; names, dates and free text stay in the file."""


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


def read_header(path: Path) -> Dataset:
    """Read the fields that a study needs, without pixels.

    Raises:
        ValueError: If the file is not DICOM.
    """
    with _named(path, "is not a DICOM file or is damaged"):
        return pydicom.dcmread(path, stop_before_pixels=True, specific_tags=[*HEADER_FIELDS])


def is_segmentation(header: Dataset) -> bool:
    """Say whether a header belongs to a DICOM segmentation."""
    return bool(header.get("SOPClassUID") == SegmentationStorage)


def find_tissue(header: Dataset, name: str) -> TissueBox:
    """Find the one region that shows tissue in two dimensions.

    Args:
        header: A header from `read_header`.
        name: Name of the file for the errors.

    Returns:
        Its box. A picture without regions counts whole, of unknown spacing, if it says that nothing
        is burned into it.

    Raises:
        ValueError: If the file has several frames, is not 8-bit grey or colour, shows flow or several
            tissue regions, or its region does not lie in the picture.
    """
    frames = int(header.get("NumberOfFrames") or 1)
    if frames > 1:
        raise _refusal(name, f"holds {frames} frames", "save the one that was drawn on by itself")
    photometry, bits = header.get("PhotometricInterpretation"), header.get("BitsStored")
    if photometry not in PHOTOMETRY or {bits, header.get("BitsAllocated")} != {GREY_BITS}:
        raise _refusal(
            name, f"is {photometry} of {bits} bits", "convert it to 8-bit grey levels or RGB"
        )
    picture = (_whole(header, "Rows", name), _whole(header, "Columns", name))
    regions = list(header.get("SequenceOfUltrasoundRegions") or [])
    if not regions and header.get("BurnedInAnnotation") == "NO":
        return TissueBox(picture, (0, picture[0]), (0, picture[1]), float("nan"), float("nan"))
    return _measure(_choose_region(regions, name), picture, name)


def read_grey(path: Path, *, box: TissueBox) -> Scan:
    """Decode the tissue box as grey levels; colours become luminance, and black is always 0.

    Args:
        path: The file.
        box: Its tissue box.

    Returns:
        Grey levels 0 to 255.

    Raises:
        ValueError: If the pixels cannot be decoded.
    """
    with _named(path, "cannot be decoded"):
        file = pydicom.dcmread(path)
        pixels = box.cut(pixel_array(file))  # pydicom turns every YBR into RGB
    if pixels.ndim > len(box.picture):
        return np.asarray(Image.fromarray(pixels).convert("L"))
    return 255 - pixels if file.PhotometricInterpretation == "MONOCHROME1" else pixels


def list_references(header: Dataset) -> set[str]:
    """List the pictures a segmentation was drawn on, by their SOP Instance UID."""
    series = header.get("ReferencedSeriesSequence") or []
    listed = {
        str(instance.ReferencedSOPInstanceUID)
        for item in series
        for instance in item.get("ReferencedInstanceSequence") or []
    }
    return listed.union(*map(_frame_sources, header.get("PerFrameFunctionalGroupsSequence") or []))


def read_segmentation(path: Path, *, instance: str, box: TissueBox) -> Mask:
    """Join the frames of a DICOM segmentation that were drawn on one picture.

    Args:
        path: The segmentation.
        instance: SOP Instance UID of the picture.
        box: Its tissue box.

    Returns:
        True inside the mass.

    Raises:
        ValueError: If it is not binary, has several segments, has another size than the picture,
            or was drawn on another picture.
    """
    with _named(path, "cannot be decoded"):
        segmentation = pydicom.dcmread(path)
        frames = np.asarray(pixel_array(segmentation))
    segments = len(segmentation.get("SegmentSequence") or [])
    if segmentation.get("SegmentationType") != "BINARY" or segments > 1:
        raise _refusal(
            path.name,
            f"is a {segmentation.get('SegmentationType')} segmentation of {segments} segments",
            "save the mass as the only segment of a binary one",
        )
    frames = frames.reshape(-1, *frames.shape[-2:]) > 0
    groups = list(segmentation.get("PerFrameFunctionalGroupsSequence") or [])
    sources = [_frame_sources(group) for group in groups] or [set()] * len(frames)
    everywhere = list_references(segmentation) <= {instance}  # frames may leave out the only source
    drawn = [instance in source or (not source and everywhere) for source in sources]
    if not any(drawn):
        raise _refusal(path.name, "was drawn on another picture", "correct its name or reference")
    return cut_mask(frames[np.array(drawn)].any(axis=0), box=box, name=path.name)


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


def _choose_region(regions: list[Dataset], name: str) -> Dataset:
    """Choose the only region of tissue; rulers and physiological traces beside it do no harm."""
    for region in regions:
        if region.get("RegionDataType") in FLOW:
            raise _refusal(
                name, f"shows {FLOW[region.RegionDataType]}", "export the B-mode picture instead"
            )
    tissue = [
        region
        for region in regions
        if (region.get("RegionSpatialFormat"), region.get("RegionDataType"))
        == (TWO_DIMENSIONAL, TISSUE)
    ]
    if len(tissue) != 1:
        raise _refusal(
            name,
            f"has {len(tissue)} two-dimensional tissue regions in its SequenceOfUltrasoundRegions",
            "save one region per file, or a picture without text with BurnedInAnnotation NO",
        )
    return tissue[0]


def _measure(region: Dataset, picture: tuple[int, int], name: str) -> TissueBox:
    """Turn a region, whose last row and column belong to it, into a box."""
    top, bottom, left, right = (
        _whole(region, f"RegionLocation{edge}", name)
        for edge in ("MinY0", "MaxY1", "MinX0", "MaxX1")
    )
    rows, cols = (top, bottom + 1), (left, right + 1)
    if not (0 <= rows[0] < rows[1] <= picture[0] and 0 <= cols[0] < cols[1] <= picture[1]):
        raise _refusal(
            name,
            f"has a tissue region of rows {top} to {bottom} and columns {left} to {right} in a picture "
            f"of {picture[0]} x {picture[1]}",
            "use the file as the scanner wrote it, not a resized copy",
        )
    row_mm, col_mm = (
        abs(float(region.get(f"PhysicalDelta{axis}") or 0)) * MM_PER_CM or float("nan")
        if region.get(f"PhysicalUnits{axis}Direction") == CENTIMETRES
        else float("nan")
        for axis in ("Y", "X")
    )
    return TissueBox(picture, rows, cols, row_mm, col_mm)


def _whole(part: Dataset, keyword: str, name: str) -> int:
    """Read a whole number that every such file must have."""
    value = part.get(keyword)
    if value is None:
        raise _refusal(name, f"lacks {keyword}", "export it from the scanner again")
    return int(value)


def _frame_sources(group: Dataset) -> set[str]:
    """List the pictures one frame of a segmentation was derived from."""
    return {
        str(source.ReferencedSOPInstanceUID)
        for derivation in group.get("DerivationImageSequence") or []
        for source in derivation.get("SourceImageSequence") or []
    }


def _refusal(name: str, reason: str, remedy: str) -> ValueError:
    return ValueError(f"DICOM file {name!r} {reason}; {remedy}")


@contextmanager
def _named(path: Path, what: str) -> Iterator[None]:
    """Turn what goes wrong inside pydicom and its decoders into one error that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:  # what decoders raise depends on where a file is broken
        lacks_decoder = "missing dependencies" in str(error)
        remedy = "install python-gdcm" if lacks_decoder else "replace it by a good copy"
        raise ValueError(
            f"DICOM file {str(path)!r} {what} ({_first_line(error)}); {remedy}"
        ) from error


def _first_line(error: Exception) -> str:
    """Shorten an error, for decoders like to list everything they tried.

    >>> _first_line(RuntimeError("no decoder")), _first_line(EOFError())
    ('no decoder', 'EOFError')
    """
    return str(error).partition("\n")[0] or type(error).__name__

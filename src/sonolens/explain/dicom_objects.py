"""DICOM objects of an explained scan, its map and its regions: all that tells whose scan it is, and made only on request."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pydicom
from jaxtyping import UInt8
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from sonolens.explain.explaining import Explained
from sonolens.explain.naming import tell_refusal
from sonolens.explain.preparing import GivenScan
from sonolens.regions import REGIONS
from sonolens.studies import TissueBox, is_dicom
from sonolens.tables.vocabulary import REGION_NAMES
from sonolens.ultrasound import resample_map
from sonolens.version import __version__

MAP, SEGMENTS = "map", "regions"
"""Endings of the names of both files, before ``.dcm``."""

SERIES = {MAP: 9001, SEGMENTS: 9002}
"""Numbers of the new series; a scanner's own are small."""

NEEDED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
"""What a source must have to be pointed at: DICOM PS3.3 C.7.6.16.2.2, type 1."""

MAY_BE_EMPTY = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex"),
    *("AccessionNumber", "StudyID", "StudyDate", "StudyTime"),
)
"""What an object has even if its source lacks it, then empty: C.7.1.1 and C.7.2.1, type 2."""

Code: TypeAlias = tuple[str, str, str]
"""Value, scheme and meaning: pydicom's own class takes half a second to import."""

MASS: tuple[Code, Code] = (
    ("49755003", "SCT", "Morphologically abnormal structure"),
    ("4147007", "SCT", "Mass"),
)
TISSUE: tuple[Code, Code] = (("85756007", "SCT", "Tissue"), ("76752008", "SCT", "Breast"))
"""Category and type of a segment, CID 7150 and 7151; the labels tell ring and below apart."""

LABELS = {
    "mass": "Mass",
    "peritumoral": "Ring around the mass (peritumoral)",
    "below": "Tissue below the mass",
}
NO_UNIT: Code = ("1", "UCUM", "no units")
MORPHOLOGY: Code = ("123104", "DCM", "Morphological Operations")

WholeCodes = UInt8[np.ndarray, "picture_rows picture_cols"]


def check_objects(given: Sequence[GivenScan]) -> None:
    """See that DICOM objects can be written, before a network is asked.

    Raises:
        ValueError: highdicom is not installed, or no scan is a DICOM file.
    """
    _highdicom()
    if not any(is_dicom(each.file) for each in given):
        raise ValueError(
            "a picture has no patient and no study beside which a DICOM object could lie; give DICOM files, or leave --dicom "
            "out"
        )


def make_objects(explained: Explained) -> dict[str, bytes]:
    """Make of a map, and with a mask of the regions, objects that lie beside their source in an archive.

    Both are on the grid of the source's whole picture and refer to it. Patient and study are those of the source.

    Args:
        explained: A scan that was read from a DICOM file of one frame.

    Returns:
        Files by the ending of their name: a Parametric Map of 32-bit floats, 0 beyond the tissue; and a binary
        Segmentation with a segment for mass, ring and below, as far as the scan has any.

    Raises:
        ValueError: The scan is a picture, or its source cannot be referred to.
    """
    given, box = explained.asked.prepared.given, explained.asked.prepared.one.box
    if box is None:
        raise ValueError("a picture has no patient and no study beside which an object could lie")
    try:
        source = _read_source(given.file)
        objects = {MAP: _make_map(explained, source, box)}
        if explained.region_map is not None:
            regions = np.zeros(box.picture, dtype=np.uint8)
            regions[_inside(box)] = explained.region_map
            objects[SEGMENTS] = _make_segments(explained, source, regions)
        return {f"{ending}.dcm": _to_bytes(made) for ending, made in objects.items()}
    except Exception as error:  # headers are of any kind, and what reads them fails in any way
        reason = tell_refusal(error, file=given.file, name=given.name)
        raise ValueError(f"its source cannot be referred to: {reason}") from error


def _to_bytes(made: Dataset) -> bytes:
    content = io.BytesIO()
    made.save_as(content, enforce_file_format=True)
    return content.getvalue()


def _highdicom() -> Any:
    try:
        import highdicom  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ValueError(
            "DICOM objects need highdicom, which is not installed; use pip install 'sonolens[dicom]', or leave --dicom out"
        ) from error
    return highdicom


def _read_source(file: Path) -> Dataset:
    """Read the header of the source, with what may be empty."""
    source = pydicom.dcmread(file, stop_before_pixels=True)
    for keyword in NEEDED:
        if not source.get(keyword):
            raise ValueError(f"the header has no {keyword}")
    frames = int(source.get("NumberOfFrames") or 1)
    if frames > 1:
        raise ValueError(f"the file holds {frames} frames, and objects are made of files with one")
    for keyword in MAY_BE_EMPTY:
        if keyword not in source:
            setattr(source, keyword, None)
    return source


def _make_map(explained: Explained, source: Dataset, box: TissueBox) -> Dataset:
    hd, method = _highdicom(), explained.told.map.method
    values = np.zeros(box.picture, dtype=np.float32)
    rows, cols = values[_inside(box)].shape
    values[_inside(box)] = resample_map(explained.asked.saliency, to=(rows, cols))
    largest = float(np.abs(values).max()) or 1.0
    made: Dataset = _map_class(hd)(
        [source],
        values,
        **_describe(MAP, explained),
        contains_recognizable_visual_features=False,
        content_label="SALIENCY",
        content_description=f"Saliency map by {method}; research use only, not for diagnosis",
        real_world_value_mappings=[
            hd.pm.RealWorldValueMapping(
                lut_label="EVIDENCE",
                lut_explanation="Above 0 speaks for malignant, below 0 for benign",
                unit=hd.sr.CodedConcept(*NO_UNIT),
                value_range=(-largest, largest),
                slope=1.0,
                intercept=0.0,
            )
        ],
        voi_lut_transformations=[
            hd.VOILUTTransformation(window_center=0.0, window_width=2 * largest)
        ],
    )
    return made


def _map_class(hd: Any) -> Any:
    """Make highdicom's class number the frame of a source without coordinates, as ultrasound is.

    highdicom 0.28 declares that frames are told apart by their label, and gives the only one neither label nor number.
    """

    class NumberedMap(hd.pm.ParametricMap):  # type: ignore[misc]
        def _build_luts(self) -> None:
            content = self.PerFrameFunctionalGroupsSequence[0].FrameContentSequence[0]
            if not content.DimensionIndexValues:
                content.FrameLabel, content.DimensionIndexValues = "1", [1]
            super()._build_luts()

    return NumberedMap


def _make_segments(explained: Explained, source: Dataset, regions: WholeCodes) -> Dataset:
    hd = _highdicom()
    present = [name for name in REGION_NAMES if (regions == REGIONS[name]).any()]
    segments = np.zeros_like(regions)
    for number, name in enumerate(present, start=1):
        segments[regions == REGIONS[name]] = number
    made: Dataset = hd.seg.Segmentation(
        [source],
        segments,
        segmentation_type="BINARY",
        segment_descriptions=[
            _describe_segment(hd, number, name) for number, name in enumerate(present, start=1)
        ],
        **_describe(SEGMENTS, explained),
        content_label="REGIONS",
        content_description="Mass as it was given; ring and below as drawn around it",
    )
    return made


def _inside(box: TissueBox) -> tuple[slice, slice]:
    return slice(*box.rows), slice(*box.cols)


def _describe_segment(hd: Any, number: int, name: str) -> Any:
    category, kind = (hd.sr.CodedConcept(*code) for code in (MASS if name == "mass" else TISSUE))
    drawn = {
        "algorithm_type": "AUTOMATIC",
        "algorithm_identification": hd.AlgorithmIdentificationSequence(
            name="sonolens", family=hd.sr.CodedConcept(*MORPHOLOGY), version=__version__
        ),
    }
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=LABELS[name],
        segmented_property_category=category,
        segmented_property_type=kind,
        **({"algorithm_type": "MANUAL"} if name == "mass" else drawn),
    )


def _describe(ending: str, explained: Explained) -> dict[str, Any]:
    """What both objects say of themselves, and how large a pixel is where that is known."""
    told, picture = explained.told, explained.told.picture
    height, width = picture.spacing_row_mm, picture.spacing_col_mm
    measures = None
    if height is not None and width is not None:
        measures = _highdicom().PixelMeasuresSequence((height, width), slice_thickness=None)
    return {
        "series_instance_uid": generate_uid(),
        "series_number": SERIES[ending],
        "sop_instance_uid": generate_uid(),
        "instance_number": 1,
        "manufacturer": "sonolens",
        "manufacturer_model_name": told.network.run,
        "software_versions": __version__,
        "device_serial_number": __version__,
        "pixel_measures": measures,
    }

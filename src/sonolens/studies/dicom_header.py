"""The header of a DICOM file: the few fields that are ever decoded, and its numbers without trust."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID, SegmentationStorage

LABEL_MAP_STORAGE = UID("1.2.840.10008.5.1.4.1.1.66.7")
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
    "WindowCenter",
    "WindowWidth",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "SequenceOfUltrasoundRegions",
    "ReferencedSeriesSequence",
    "PerFrameFunctionalGroupsSequence",
]
"""The only fields of a header that are ever decoded; names, dates and free text stay in the file."""

REGION_NUMBERS = (
    "RegionSpatialFormat",
    "RegionDataType",
    *(f"RegionLocation{edge}" for edge in ("MinX0", "MinY0", "MaxX1", "MaxY1")),
    *(f"PhysicalUnits{axis}Direction" for axis in "XY"),
)


def read_header(path: Path) -> Dataset:
    """Read the fields that a study needs, without pixels.

    Raises:
        ValueError: If the file is not DICOM.
    """
    with named(path, "is not a DICOM file or is damaged"):
        return pydicom.dcmread(path, stop_before_pixels=True, specific_tags=[*HEADER_FIELDS])


def is_segmentation(header: Dataset) -> bool:
    """Say whether a header belongs to a DICOM segmentation."""
    return header.get("SOPClassUID") in {SegmentationStorage, LABEL_MAP_STORAGE}


def check_numbers(header: Dataset, name: str) -> None:
    """Refuse a picture one of whose numbers is malformed or, where it must be there, absent.

    Args:
        header: A header from `read_header`.
        name: Name of the file for the errors.

    Raises:
        ValueError: Names the file, the attribute and its value.
    """
    for keyword in ("Rows", "Columns", "BitsStored", "BitsAllocated"):
        required_whole(header, keyword, name)
    count_frames(header, name)
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        numbers(header, keyword, name)
    for region in header.get("SequenceOfUltrasoundRegions") or []:
        for keyword in REGION_NUMBERS:
            whole(region, keyword, name)
        for keyword in ("PhysicalDeltaX", "PhysicalDeltaY"):
            number(region, keyword, name)


def count_frames(header: Dataset, name: str) -> int:
    """Count a file's frames; one where it does not tell."""
    frames = whole(header, "NumberOfFrames", name) or 1
    if frames < 0:
        raise _malformed(name, "NumberOfFrames", frames)
    return frames


def required_whole(part: Dataset, keyword: str, name: str) -> int:
    """Read a whole number that every such file must have."""
    value = whole(part, keyword, name)
    if value is None:
        raise refusal(name, f"lacks {keyword}", "export it from the scanner again")
    return value


def whole(part: Dataset, keyword: str, name: str) -> int | None:
    """Read a whole number; None if it is absent or empty."""
    value = number(part, keyword, name)
    if value is not None and not value.is_integer():
        raise _malformed(name, keyword, value)
    return None if value is None else int(value)


def number(part: Dataset, keyword: str, name: str) -> float | None:
    """Read one number; None if it is absent or empty."""
    found = numbers(part, keyword, name)
    if len(found) > 1:
        raise _malformed(name, keyword, found)
    return found[0] if found else None


def numbers(part: Dataset, keyword: str, name: str) -> list[float]:
    """Read the finite numbers of an attribute, however it is stored; none if it is absent or empty.

    Args:
        part: The header, or an item of one of its sequences.
        keyword: Name of the attribute.
        name: Name of the file for the errors.

    Raises:
        ValueError: If there is something else; names the file, the attribute and what it holds.
    """
    try:
        value = part.get(keyword)
    except Exception as error:  # pydicom decodes a value only now, and fails in many ways
        raw = part.get_item(keyword)
        raise _malformed(name, keyword, getattr(raw, "value", None)) from error
    many = value if isinstance(value, list | pydicom.multival.MultiValue) else [value]
    try:
        found = [float(str(each)) for each in many if each is not None and str(each).strip()]
    except ValueError as error:
        raise _malformed(name, keyword, value) from error
    if not all(map(math.isfinite, found)):
        raise _malformed(name, keyword, value)
    return found


def refusal(name: str, reason: str, remedy: str) -> ValueError:
    """Say what is wrong with a file, and what to do."""
    return ValueError(f"DICOM file {name!r} {reason}; {remedy}")


def _malformed(name: str, keyword: str, value: object) -> ValueError:
    shown = value.decode("latin-1") if isinstance(value, bytes) else value
    return refusal(
        name,
        f"has the malformed number {keyword} {str(shown)!r}",
        "correct it or export the file from the scanner again",
    )


@contextmanager
def named(path: Path, what: str, remedy: str = "replace it by a good copy") -> Iterator[None]:
    """Turn what goes wrong inside pydicom and its decoders into one error that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:  # what decoders raise depends on where a file is broken
        raise ValueError(
            f"DICOM file {str(path)!r} {what} ({_first_line(error)}); {_find_remedy(error) or remedy}"
        ) from error


def _find_remedy(error: Exception) -> str:
    """Say what helps where a decoder is absent, as pydicom tells it; nothing where a file is broken."""
    text = str(error)
    if "missing dependencies" in text:
        needs = "" if "gdcm" in text else text.partition("requires ")[2].partition("\n")[0]
        return f"install {needs or 'python-gdcm'}"
    if isinstance(error, NotImplementedError) or "does not support" in text:
        return "save it uncompressed; no decoder for it, as for videos, is supported"
    return ""


def _first_line(error: Exception) -> str:
    r"""Shorten an error, for decoders like to list everything they tried.

    >>> _first_line(RuntimeError("all failed:\n a: no bytes\n b: no")), _first_line(EOFError())
    ('all failed: a: no bytes', 'EOFError')
    """
    first, _, others = str(error).partition("\n")
    cause = others.partition("\n")[0].strip() if first.endswith(":") else ""
    return f"{first} {cause}".strip() or type(error).__name__

"""The header of a DICOM file: the few fields that are ever decoded, and its numbers without trust."""

import logging
import math
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from jaxtyping import Shaped
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_file_meta_info
from pydicom.pixels import get_decoder
from pydicom.pixels.utils import pixel_array
from pydicom.uid import JPEG2000 as JPEG2000_UID
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    SegmentationStorage,
)

from sonolens.studies.boundary import (
    GOOD_COPY,
    StudyFileError,
    check_file,
    check_pixels,
    limits,
    reading,
    refuse_above,
)
from sonolens.studies.dicom_apart import PLUGIN, decode_apart
from sonolens.studies.limits import PER_MEGA

logging.getLogger("pydicom").setLevel(logging.CRITICAL)
"""What it logs, tracebacks among it, is told here in one line."""

pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
"""What its warnings quote of a header may name a patient; what is used here is held against its meaning anyway."""

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

TEXTS = (
    *("SOPClassUID", "SOPInstanceUID", "PatientID", "Manufacturer", "ManufacturerModelName"),
    *("BurnedInAnnotation", "PhotometricInterpretation"),
)
SYNTAXES = {
    *(JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1),
    *(JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000_UID),
}
"""What GDCM decodes."""

DAMAGED = "is not a DICOM file or is damaged"
META_BEGINS = 144
"""Where the part begins whose length the file tells: after preamble, mark and that element."""

CHUNK_BYTES = 1 << 20
LONGEST_VALUE = 64

REGION_NUMBERS = (
    "RegionSpatialFormat",
    "RegionDataType",
    *(f"RegionLocation{edge}" for edge in ("MinX0", "MinY0", "MaxX1", "MaxY1")),
    *(f"PhysicalUnits{axis}Direction" for axis in "XY"),
)


def read_header(path: Path) -> Dataset:
    """Read the fields that a study needs, without pixels.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not DICOM.
    """
    header = _read(path, stop_before_pixels=True, specific_tags=[*HEADER_FIELDS])
    for keyword in TEXTS:
        text(header, keyword, path.name)
    return header


def read_pixels(
    path: Path, *, frame: int | None = None
) -> tuple[Dataset, Shaped[np.ndarray, "..."]]:
    """Read a file and decode one of its frames, or all.

    Args:
        path: The file.
        frame: Which frame, from 1; all, if none is named.

    Returns:
        All that the file holds, and its pixels; of colours red, green and blue.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is broken, no decoder knows it, or it holds more pixels than are decoded.
    """
    file, named = _read(path), f"DICOM file {str(path)!r}"
    rows, cols = (required_whole(file, side, path.name) for side in ("Rows", "Columns"))
    check_pixels(rows, cols, what=named)
    frames = count_frames(file, path.name) if frame is None else 1
    samples = whole(file, "SamplesPerPixel", path.name) or 1
    bits = required_whole(file, "BitsAllocated", path.name)
    decoded_mb = rows * cols * frames * samples * max(8, bits) / 8 / PER_MEGA
    refuse_above(decoded_mb, "largest_array_mb", what=f"{named}, decoded,", unit="MB")
    with reading(named, "cannot be decoded", remedy=_find_remedy):
        pixels = _decode(path, file, None if frame is None else frame - 1)
    return file, pixels  # pydicom turns every YBR into RGB


def list_words(path: Path) -> list[DataElement]:
    """List the elements of a header, those in its sequences among them; what cannot be read is left out.

    Raises:
        ValueError: If the file is not DICOM.
    """
    return list(_walk(_read(path, stop_before_pixels=True)))


def is_segmentation(header: Dataset) -> bool:
    """Say whether a header belongs to a DICOM segmentation."""
    return text(header, "SOPClassUID", "") in {SegmentationStorage, LABEL_MAP_STORAGE}


def check_numbers(header: Dataset, name: str) -> None:
    """Refuse a picture one of whose numbers is malformed or, where it must be there, absent; or that is too large.

    Args:
        header: A header from `read_header`.
        name: Name of the file for the errors.

    Raises:
        ValueError: Names the file, the attribute and its value.
    """
    for keyword in ("Rows", "Columns", "BitsStored", "BitsAllocated"):
        required_whole(header, keyword, name)
    rows, cols = (required_whole(header, side, name) for side in ("Rows", "Columns"))
    check_pixels(rows, cols, what=f"DICOM file {name!r}")
    count_frames(header, name)
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        numbers(header, keyword, name)
    for region in items(header, "SequenceOfUltrasoundRegions", name):
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
    value = _get(part, keyword, name, "number")
    many = value if isinstance(value, list | pydicom.multival.MultiValue) else [value]
    try:
        found = [float(str(each)) for each in many if each is not None and str(each).strip()]
    except ValueError as error:
        raise _malformed(name, keyword, value) from error
    if not all(map(math.isfinite, found)):
        raise _malformed(name, keyword, value)
    return found


def text(part: Dataset, keyword: str, name: str) -> str:
    r"""Read a text; several values are joined as they are stored, by \\, and empty if it is absent."""
    value = _get(part, keyword, name, "text")
    if isinstance(value, list | pydicom.multival.MultiValue):
        return "\\".join(map(str, value))
    return "" if value is None else str(value)


def items(part: Dataset, keyword: str, name: str) -> list[Dataset]:
    """List the items of a sequence; none if it is absent or empty.

    Raises:
        ValueError: If something else stands there.
    """
    value = _get(part, keyword, name, "sequence")
    if value is None:
        return []
    if not isinstance(value, pydicom.Sequence):
        raise _malformed(name, keyword, value, kind="sequence")
    return list(value)


def refusal(name: str, reason: str, remedy: str) -> StudyFileError:
    """Say what is wrong with a file, and what to do."""
    return StudyFileError(f"DICOM file {name!r} {reason}; {remedy}")


def _get(part: Dataset, keyword: str, name: str, kind: str) -> Any:
    """Decode an attribute, which pydicom does only now and may fail in many ways."""
    try:
        return part.get(keyword)
    except Exception as error:
        raise _malformed(name, keyword, _raw(part, keyword), kind=kind) from error


def _raw(part: Dataset, keyword: str) -> object:
    """Return what stands undecoded; nothing where not even that can be had."""
    try:
        return getattr(part.get_item(keyword), "value", None)
    except Exception:
        return None


def _malformed(name: str, keyword: str, value: object, *, kind: str = "number") -> StudyFileError:
    shown = value.decode("latin-1") if isinstance(value, bytes) else value
    told = "" if kind != "number" else f" {str(shown)[:LONGEST_VALUE]!r}"  # texts may name somebody
    return refusal(
        name,
        f"has the malformed {kind} {keyword}{told}",
        "correct it or export the file from the scanner again",
    )


def _walk(part: Dataset) -> Iterator[DataElement]:
    for tag in part.keys():  # noqa: SIM118 - a dataset's own iterator decodes, and stops where it fails
        try:
            element = part[tag]
        except Exception:  # noqa: S112 - as `_get`
            continue
        if isinstance(element.value, pydicom.Sequence):
            for item in element.value:
                yield from _walk(item)
        else:
            yield element


def _read(path: Path, **how: Any) -> Dataset:
    """Let pydicom read a file, if it is one that unfolds to no more than is read."""
    check_file(path, "DICOM file")
    with reading(f"DICOM file {str(path)!r}", DAMAGED):
        _refuse_deflated_bomb(path)
        return pydicom.dcmread(path, **how)


def _decode(path: Path, file: Dataset, index: int | None) -> Shaped[np.ndarray, "..."]:
    """Decode pixels; by GDCM, which may end a process, only where nothing else can, and apart."""
    syntax = file.file_meta.TransferSyntaxUID
    plugins = get_decoder(syntax).available_plugins if syntax in SYNTAXES else ()
    if PLUGIN not in plugins:
        return pixel_array(file, index=index)
    for plugin in (each for each in plugins if each != PLUGIN):
        try:
            return pixel_array(file, index=index, decoding_plugin=plugin)
        except Exception:  # noqa: S112 - it may know less than GDCM
            continue
    return decode_apart(str(path), index)


def _refuse_deflated_bomb(path: Path) -> None:
    """Unfold a deflated file piece by piece, for pydicom does it at once."""
    meta = read_file_meta_info(path)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    most = limits().largest_array_mb * PER_MEGA
    inflater, unfolded = zlib.decompressobj(-zlib.MAX_WBITS), 0
    with path.open("rb") as file:
        file.seek(META_BEGINS + int(meta.FileMetaInformationGroupLength))
        # What follows the end of the stream, as one byte that makes the length even, is no part of it.
        while not inflater.eof and unfolded <= most:
            piece = inflater.unconsumed_tail or file.read(CHUNK_BYTES)
            if not piece:
                break
            unfolded += len(inflater.decompress(piece, CHUNK_BYTES))
    what = f"DICOM file {str(path)!r}, unfolded,"
    refuse_above(unfolded / PER_MEGA, "largest_array_mb", what=what, unit="MB")


def _find_remedy(error: Exception) -> str:
    """Say what helps where a decoder is absent, as pydicom tells it."""
    told = str(error)
    if "missing dependencies" in told:
        needs = "" if "gdcm" in told else told.partition("requires ")[2].partition("\n")[0]
        return f"install {needs or 'python-gdcm'}"
    if isinstance(error, NotImplementedError) or "does not support" in told:
        return "save it uncompressed; no decoder for it, as for videos, is supported"
    return GOOD_COPY

"""The grey levels of one frame of a DICOM file, as they are meant to be seen.

Stored values pass the modality look-up or rescale, the VOI look-up or window, and the sense of the
photometric interpretation (DICOM PS3.3 C.11.1, C.11.2, C.7.6.3.1.2). What says how it is to be seen in
a way that is not known here is refused rather than left out. Windows are defined for grey pictures
alone and mean nothing in coloured ones.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Shaped
from PIL import Image
from pydicom.dataset import Dataset
from scipy.special import expit

from sonolens.arrays import Scan
from sonolens.studies.boundary import StudyFileError, reading
from sonolens.studies.dicom_header import (
    items,
    number,
    numbers,
    read_pixels,
    refusal,
    required_whole,
    text,
    whole,
)
from sonolens.studies.dicom_lookup import WHITE, Lookup, read_lookup, read_palette
from sonolens.studies.dicom_tissue import GREY, GREY_BITS, PALETTE, TissueBox
from sonolens.studies.drawing import Colours
from sonolens.studies.picture import share_coloured, tell_colours
from sonolens.studies.remarks import remark

FLAGGED = "1"  # Ultrasound Color Data Present, C.8.5.6
GRID = 2
"""Axes of a grey picture."""

FARTHEST = 2.0**53
"""Values beyond are not told apart, nor from the ends of any look-up table."""

UNSHOWABLE = "cannot be shown as it is meant to be"
SAVE_ANEW = "save it anew as it looks in a viewer"

Values = Shaped[np.ndarray, "rows cols"]


@dataclass(frozen=True, eq=False)
class _Levels:
    """Values on their way to the screen, how deep they are, and the lowest and highest they could have."""

    values: Values
    bits: int
    low: float
    high: float


def read_grey(path: Path, *, box: TissueBox, frame: int = 1) -> Scan:
    """Decode the tissue box of one frame as grey levels; colours become luminance, black is always 0.

    Of several windows the first is applied. Colours, and files that say they hold some, are remarked.

    Args:
        path: The file.
        box: Its tissue box.
        frame: Which frame, from 1.

    Returns:
        Grey levels 0 to 255.

    Raises:
        ValueError: If the pixels cannot be decoded, or how they are to be seen is not understood.
    """
    file, pixels = read_pixels(path, frame=frame)
    photometry = text(file, "PhotometricInterpretation", path.name)
    axes = GRID if photometry in (*GREY, PALETTE) else GRID + 1
    if pixels.shape[:GRID] != box.picture or pixels.ndim != axes:
        raise refusal(
            path.name,
            f"is {photometry} but has pixels of the shape {pixels.shape}",
            "replace it by a good copy",
        )
    tissue = box.cut(pixels)
    if photometry in GREY:
        _tell_colours(np.zeros((1, 1, 3), np.uint8), file, path)
        return _show_grey(tissue.astype(np.int64), file, frame, name=path.name)
    if photometry == PALETTE:
        with reading(f"DICOM file {path.name!r}", UNSHOWABLE, remedy=SAVE_ANEW):
            palette, first = read_palette(file, is_little_endian=_is_little_endian(file))
        tissue = palette[np.clip(tissue.astype(np.int64) - first, 0, len(palette) - 1)]
    _tell_colours(tissue, file, path)
    return np.asarray(Image.fromarray(tissue).convert("L"))


def _show_grey(stored: Values, file: Dataset, frame: int, *, name: str) -> Scan:
    """Turn stored values of a grey picture into what is seen."""
    _refuse_unknown_steps(file, frame, name)
    levels = _apply_modality(stored, file, name)
    voi, widths = items(file, "VOILUTSequence", name), numbers(file, "WindowWidth", name)
    if voi:
        lookup = _read_lookup(voi[0], file, name)
        looked_up = lookup.apply(np.rint(levels.values.clip(-FARTHEST, FARTHEST)).astype(np.int64))
        shown = looked_up / (2**lookup.bits - 1)
    elif widths:
        shown = _apply_window(levels.values, file, widths[0], name=name)
    elif levels.bits > GREY_BITS:
        raise _unshowable(
            name, f"its modality look-up gives {levels.bits} bits, and it has no window"
        )
    else:
        shown = (levels.values - levels.low) / (levels.high - levels.low)
    if text(file, "PhotometricInterpretation", name) == "MONOCHROME1":
        shown = 1 - shown
    return np.rint(WHITE * shown.clip(0, 1)).astype(np.uint8)


def _refuse_unknown_steps(file: Dataset, frame: int, name: str) -> None:
    """Refuse what else would change the grey levels, and what contradicts itself."""
    if items(file, "PresentationLUTSequence", name):
        raise _unshowable(name, "its PresentationLUTSequence is not supported")
    shape = text(file, "PresentationLUTShape", name).strip()
    photometry = text(file, "PhotometricInterpretation", name)
    expected = "INVERSE" if photometry == "MONOCHROME1" else "IDENTITY"
    if shape not in {"", expected}:
        raise _unshowable(name, f"its PresentationLUTShape {shape} contradicts {photometry}")
    shared = items(file, "SharedFunctionalGroupsSequence", name)
    of_frame = items(file, "PerFrameFunctionalGroupsSequence", name)[frame - 1 : frame]
    if any(items(group, "FrameVOILUTSequence", name) for group in shared + of_frame):
        raise _unshowable(name, "its FrameVOILUTSequence is not supported")


def _apply_modality(stored: Values, file: Dataset, name: str) -> _Levels:
    """Apply the modality look-up or rescale."""
    sequence = items(file, "ModalityLUTSequence", name)
    if sequence:
        lookup = _read_lookup(sequence[0], file, name)
        return _Levels(lookup.apply(stored), lookup.bits, 0.0, 2.0**lookup.bits - 1)
    slope, intercept = (number(file, f"Rescale{part}", name) for part in ("Slope", "Intercept"))
    slope, intercept = 1.0 if slope is None else slope, intercept or 0.0
    bits = required_whole(file, "BitsStored", name)
    lowest = -(2 ** (bits - 1)) if whole(file, "PixelRepresentation", name) else 0
    ends = [slope * end + intercept for end in (lowest, lowest + 2**bits - 1)]
    if not slope or not 0 < max(ends) - min(ends) < math.inf:
        raise _unshowable(
            name, f"its RescaleSlope is {slope:g}, its RescaleIntercept {intercept:g}"
        )
    return _Levels(slope * stored + intercept, bits, min(ends), max(ends))


def _apply_window(
    values: Values, file: Dataset, width: float, *, name: str
) -> Shaped[np.ndarray, "rows cols"]:
    """Apply the first window: from 0 for black to 1 for white (C.11.2.1.2 and C.11.2.1.3)."""
    centres = numbers(file, "WindowCenter", name)
    kind = (text(file, "VOILUTFunction", name) or "LINEAR").strip().upper()
    if not centres or width <= 0 or (kind == "LINEAR" and width < 1):
        told = text(file, "WindowCenter", name) or None
        raise _unshowable(name, f"its WindowCenter is {told}, its WindowWidth {width}")
    if kind not in {"SIGMOID", "LINEAR", "LINEAR_EXACT"}:
        raise _unshowable(name, f"its VOILUTFunction {kind} is unknown")
    with np.errstate(over="ignore"):  # as far from the centre as can be told is black or white
        if kind == "SIGMOID":
            return np.asarray(expit(4 * ((values - centres[0]) / width)))
        start, steps = centres[0] - width / 2, width - 1 if kind == "LINEAR" else width
        if not steps:
            return np.asarray(values > start, dtype=np.float64)
        return np.asarray((values - start) / steps)


def _tell_colours(colours: Colours, file: Dataset, path: Path) -> None:
    """Remark a file whose tissue is strongly coloured, or that says it holds colours."""
    if text(file, "UltrasoundColorDataPresent", path.name) != FLAGGED:
        tell_colours(colours, name=str(path))
        return
    share = share_coloured(colours)
    remark(
        "coloured_scan",
        f"{share:.1%}",
        f"scan {str(path)!r} is flagged UltrasoundColorDataPresent, and {share:.1%} of its tissue is strongly "
        "coloured; colours become grey, so if it shows flow, give the B-mode picture or leave the scan out",
    )


def _read_lookup(item: Dataset, file: Dataset, name: str) -> Lookup:
    with reading(f"DICOM file {name!r}", UNSHOWABLE, remedy=SAVE_ANEW):
        return read_lookup(
            item.get("LUTDescriptor"),
            item["LUTData"].value,
            is_little_endian=_is_little_endian(file),
        )


def _unshowable(name: str, why: str) -> StudyFileError:
    return refusal(name, f"{UNSHOWABLE} ({why})", SAVE_ANEW)


def _is_little_endian(file: Dataset) -> bool:
    return bool(file.original_encoding[1])

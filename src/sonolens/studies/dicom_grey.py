"""The grey levels of one frame of a DICOM file, as they are meant to be seen.

Stored values pass the modality look-up or rescale, the VOI look-up or window, and the sense of the
photometric interpretation (DICOM PS3.3 C.11.1, C.11.2, C.7.6.3.1.2). What says how it is to be seen in
a way that is not known here is refused rather than left out. Windows are defined for grey pictures
alone and mean nothing in coloured ones.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from jaxtyping import Shaped
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

from sonolens.arrays import Scan
from sonolens.studies.dicom_header import named, number, numbers
from sonolens.studies.dicom_lookup import WHITE, Lookup, read_lookup, read_palette
from sonolens.studies.dicom_tissue import GREY, GREY_BITS, PALETTE, TissueBox
from sonolens.studies.drawing import Colours
from sonolens.studies.picture import share_coloured, tell_colours
from sonolens.studies.remarks import remark

FLAGGED = "1"  # Ultrasound Color Data Present, C.8.5.6

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
    with named(path, "cannot be decoded"):
        file = pydicom.dcmread(path)
        pixels = box.cut(pixel_array(file, index=frame - 1))  # pydicom turns every YBR into RGB
    with named(
        path, "cannot be shown as it is meant to be", "save it anew as it looks in a viewer"
    ):
        if file.PhotometricInterpretation in GREY:
            _tell_colours(np.zeros((1, 1, 3), np.uint8), file, path)
            return _show_grey(pixels.astype(np.int64), file, frame)
        if file.PhotometricInterpretation == PALETTE:
            palette, first = read_palette(file, is_little_endian=_is_little_endian(file))
            pixels = palette[np.clip(pixels.astype(np.int64) - first, 0, len(palette) - 1)]
        _tell_colours(pixels, file, path)
    return np.asarray(Image.fromarray(pixels).convert("L"))


def _show_grey(stored: Values, file: Dataset, frame: int) -> Scan:
    """Turn stored values of a grey picture into what is seen."""
    _refuse_unknown_steps(file, frame)
    levels = _apply_modality(stored, file)
    voi, widths = file.get("VOILUTSequence"), numbers(file, "WindowWidth", "")
    if voi:
        lookup = _read_lookup(voi[0], file)
        shown = lookup.apply(np.rint(levels.values).astype(np.int64)) / (2**lookup.bits - 1)
    elif widths:
        shown = _apply_window(levels.values, file, widths[0])
    elif levels.bits > GREY_BITS:
        raise ValueError(f"its modality look-up gives {levels.bits} bits, and it has no window")
    else:
        shown = (levels.values - levels.low) / (levels.high - levels.low)
    if file.PhotometricInterpretation == "MONOCHROME1":
        shown = 1 - shown
    return np.rint(WHITE * shown.clip(0, 1)).astype(np.uint8)


def _refuse_unknown_steps(file: Dataset, frame: int) -> None:
    """Refuse what else would change the grey levels, and what contradicts itself."""
    if file.get("PresentationLUTSequence"):
        raise ValueError("its PresentationLUTSequence is not supported")
    shape = str(file.get("PresentationLUTShape") or "").strip()
    expected = "INVERSE" if file.PhotometricInterpretation == "MONOCHROME1" else "IDENTITY"
    if shape not in {"", expected}:
        raise ValueError(
            f"its PresentationLUTShape {shape} contradicts {file.PhotometricInterpretation}"
        )
    shared = list(file.get("SharedFunctionalGroupsSequence") or [])
    of_frame = list(file.get("PerFrameFunctionalGroupsSequence") or [])[frame - 1 : frame]
    if any(group.get("FrameVOILUTSequence") for group in shared + of_frame):
        raise ValueError("its FrameVOILUTSequence is not supported")


def _apply_modality(stored: Values, file: Dataset) -> _Levels:
    """Apply the modality look-up or rescale."""
    sequence = file.get("ModalityLUTSequence")
    if sequence:
        lookup = _read_lookup(sequence[0], file)
        return _Levels(lookup.apply(stored), lookup.bits, 0.0, 2.0**lookup.bits - 1)
    slope, intercept = number(file, "RescaleSlope", ""), number(file, "RescaleIntercept", "")
    slope, intercept = 1.0 if slope is None else slope, intercept or 0.0
    if not slope:
        raise ValueError("its RescaleSlope is 0")
    bits = int(file.BitsStored)
    lowest = -(2 ** (bits - 1)) if file.get("PixelRepresentation") else 0
    ends = [slope * end + intercept for end in (lowest, lowest + 2**bits - 1)]
    return _Levels(slope * stored + intercept, bits, min(ends), max(ends))


def _apply_window(values: Values, file: Dataset, width: float) -> Shaped[np.ndarray, "rows cols"]:
    """Apply the first window: from 0 for black to 1 for white (C.11.2.1.2 and C.11.2.1.3)."""
    centres = numbers(file, "WindowCenter", "")
    kind = str(file.get("VOILUTFunction") or "LINEAR").strip().upper()
    if not centres or width <= 0 or (kind == "LINEAR" and width < 1):
        raise ValueError(f"its WindowCenter is {file.get('WindowCenter')}, its WindowWidth {width}")
    centre = centres[0]
    if kind == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(-4 * (values - centre) / width)))
    if kind not in {"LINEAR", "LINEAR_EXACT"}:
        raise ValueError(f"its VOILUTFunction {kind} is unknown")
    start, steps = centre - width / 2, width - 1 if kind == "LINEAR" else width
    if not steps:
        return np.asarray(values > start, dtype=np.float64)
    return np.asarray((values - start) / steps)


def _tell_colours(colours: Colours, file: Dataset, path: Path) -> None:
    """Remark a file whose tissue is strongly coloured, or that says it holds colours."""
    if str(file.get("UltrasoundColorDataPresent")) != FLAGGED:
        tell_colours(colours, name=str(path))
        return
    share = share_coloured(colours)
    remark(
        "coloured_scan",
        f"{share:.1%}",
        f"scan {str(path)!r} is flagged UltrasoundColorDataPresent, and {share:.1%} of its tissue is strongly "
        "coloured; colours become grey, so if it shows flow, give the B-mode picture or leave the scan out",
    )


def _read_lookup(item: Dataset, file: Dataset) -> Lookup:
    return read_lookup(
        item.get("LUTDescriptor"),
        item["LUTData"].value,
        is_little_endian=_is_little_endian(file),
    )


def _is_little_endian(file: Dataset) -> bool:
    return bool(file.original_encoding[1])

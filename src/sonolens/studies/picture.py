"""Picture files as arrays: a scan becomes 8-bit grey levels, the drawing of a mass becomes a mask.

Nothing is guessed. A picture deeper than 8 bits is not squeezed, because the window that would show
it is not in the file. A picture with an EXIF orientation is not turned: row 0 is the skin, and
whether a mask was drawn on the turned or on the stored picture cannot be known. Both are refused.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped
from PIL import ExifTags, Image, ImageFile, UnidentifiedImageError

from sonolens.arrays import Mask, Scan

FORMATS = ("PNG", "JPEG", "BMP", "TIFF")
"""What Pillow may decode; ``.npy`` arrays are read beside them."""

COLOUR_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}
"""Pillow's modes of at most 8 bits per channel."""

WIDE_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
"""Pillow's single-channel modes of more than 8 bits."""

MOST_LABELS = 16
"""A lossless picture with more levels than this was smoothed or compressed, not labelled."""

UPRIGHT = 1
"""The EXIF orientation of a picture that is shown as it is stored."""

GRID = 2
"""Axes of a picture: rows and columns."""

Levels = Shaped[np.ndarray, "rows cols"]


def read_scan(path: Path) -> Scan:
    """Read a picture as grey levels; colours become luminance, transparent pixels become black.

    Whole numbers from 0 to 255 that are stored in wider integers are 8-bit data and keep their
    values.

    Args:
        path: A PNG, JPEG, BMP or TIFF picture, or a 2-D ``.npy`` array.

    Returns:
        Grey levels 0 to 255.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no picture, is truncated, holds several pages, is to be turned
            before it is shown, or is deeper than 8 bits.
    """
    picture = _decode(path)
    if isinstance(picture, np.ndarray):
        return _as_eight_bits(picture, path)
    if picture.mode in WIDE_MODES:
        return _as_eight_bits(np.asarray(picture), path)
    return np.asarray(_on_black(picture).convert("L"))


def read_mask(path: Path) -> Mask:
    """Read a picture of a mass on black: every pixel that is not black belongs to it.

    A pixel counts by its brightest channel, so a red mass is as good as a white one; what is
    transparent is outside. Pictures that were drawn black and white but then compressed or smoothed
    (JPEG, or more than `MOST_LABELS` levels) hold noise and grey edges: there the mass begins at half
    of the brightest level.

    Args:
        path: A PNG, JPEG, BMP or TIFF picture, or a 2-D ``.npy`` array, of any depth.

    Returns:
        True inside the mass; nowhere, if the picture is black.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be read (see `read_scan`), is a label map whose levels do not say
            which of them is the mass, or is no drawing but a scan.
    """
    picture = _decode(path)
    if isinstance(picture, np.ndarray):
        return _find_mass(picture, path, lossy=False)
    if picture.mode in WIDE_MODES:
        return _find_mass(np.asarray(picture), path, lossy=False)
    if picture.mode in {"1", "L"} and not picture.has_transparency_data:
        brightness = np.asarray(picture)
    else:
        brightness = np.asarray(_on_black(picture).convert("RGB")).max(axis=2)
    return _find_mass(brightness, path, lossy=picture.format == "JPEG")


def _as_eight_bits(levels: Levels, path: Path) -> Scan:
    """Keep the values of 8-bit data, however wide they are stored; refuse all else."""
    if levels.dtype == np.uint8:
        return levels
    low, high = levels.min(), levels.max()
    if levels.dtype.kind not in "iu" or low < 0 or high > np.iinfo(np.uint8).max:
        raise ValueError(
            f"picture {str(path)!r} holds {levels.dtype} values from {low} to {high}, and which of them are "
            "black and white is not known; convert it to 8 bits with the window you want"
        )
    return levels.astype(np.uint8)


def _find_mass(brightness: Levels, path: Path, *, lossy: bool) -> Mask:
    """Tell the mass from its black background by the rule of `read_mask`."""
    if brightness.dtype == np.bool_:
        return brightness
    top = brightness.max()
    if not np.isfinite(brightness).all() or brightness.min() < 0:
        raise ValueError(
            f"mask {str(path)!r} holds values below 0 or no numbers; save the mass as 1 on 0"
        )
    faint = (brightness > 0) & (brightness < top / 2)
    if faint.any():
        levels = np.unique(brightness)
        if not lossy and levels.size <= MOST_LABELS:
            raise ValueError(
                f"mask {str(path)!r} has the levels {', '.join(str(level) for level in levels)}, and "
                "which of them are the mass is not known; save the mass white on black"
            )
        bright = brightness >= 0.75 * top
        if ((brightness >= 0.25 * top) & ~bright).sum() > bright.sum():
            raise ValueError(
                f"mask {str(path)!r} is mostly grey, so it looks like a scan; name the picture that "
                "shows the mass white on black"
            )
    return (brightness > 0) & ~faint


def _on_black(picture: Image.Image) -> Image.Image:
    """Lay a picture with transparent pixels on black; leave others as they are."""
    if picture.has_transparency_data:
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, picture.convert("RGBA")).convert("RGB")
    return picture


def _decode(path: Path) -> Image.Image | Levels:
    """Decode a file wholly by what it holds, whatever its name ends in."""
    if path.is_dir():
        raise ValueError(f"picture {str(path)!r} is a folder; name the file in it")
    if not path.exists():
        raise FileNotFoundError(
            f"picture {str(path)!r} does not exist; restore it or correct its name"
        )
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"PK\x03\x04"):
        raise ValueError(f"picture {str(path)!r} is a zip archive; unpack it and name the picture")
    return _load_array(path) if start == b"\x93NUMPY" else _load_picture(path)


def _load_picture(path: Path) -> Image.Image:
    """Decode the only page of a picture file wholly, so that a truncated file is found here."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            refusal = _refusal(picture)
            if not refusal:
                picture.load()
    except UnidentifiedImageError as error:
        raise ValueError(
            f"picture {str(path)!r} cannot be read as {', '.join(FORMATS)} or .npy; "
            "replace it by a good copy in one of these formats"
        ) from error
    except Exception as error:  # what decoders raise depends on where a file is broken
        raise ValueError(
            f"picture {str(path)!r} cannot be read ({error}); replace it by a good copy"
        ) from error
    if refusal:
        raise ValueError(f"picture {str(path)!r} {refusal}")
    return picture


def _refusal(picture: Image.Image) -> str | None:
    """Say why an opened picture must not be decoded: what Pillow would change without a word."""
    pages = getattr(picture, "n_frames", 1)
    if pages > 1:
        return f"holds {pages} pages; save the one you mean as a picture of its own"
    tiles = picture.tile if isinstance(picture, ImageFile.ImageFile) else ()
    deep = any(";16" in _raw_mode(tile.args) for tile in tiles)
    if picture.mode in COLOUR_MODES and deep:  # Pillow would drop each lower byte
        return "has 16 bits per colour; convert it to 8 bits with the window you want"
    if picture.mode not in COLOUR_MODES | WIDE_MODES:
        return f"has the mode {picture.mode!r}; convert it to 8-bit grey levels"
    turned = picture.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    if turned != UPRIGHT:
        return (
            f"has the EXIF orientation {turned}, so viewers show it turned; save it upright, skin at "
            "the top, without that tag"
        )
    return None


def _raw_mode(args: Any) -> str:
    """Name how a tile's samples are stored, for example ``RGB;16B``."""
    return str(args[0] if isinstance(args, tuple) and args else args)


def _load_array(path: Path) -> Levels:
    """Load a ``.npy`` file that holds one picture of numbers."""
    try:
        array = np.load(path, allow_pickle=False)
    except Exception as error:  # as above
        raise ValueError(
            f"array {str(path)!r} cannot be read ({error}); save a plain 2-D array with numpy.save"
        ) from error
    if array.ndim != GRID or not array.size or array.dtype.kind not in "buif":
        raise ValueError(
            f"array {str(path)!r} is {array.dtype} of shape {array.shape}; save one picture as a 2-D array "
            "of uint8, or bool for a mask"
        )
    return array

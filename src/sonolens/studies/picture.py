"""Picture files as arrays: a scan becomes 8-bit grey levels, the drawing of a mass becomes a mask.

Nothing is guessed. A picture deeper than 8 bits is not squeezed, because the window that would show
it is not in the file. A picture with an EXIF orientation is not turned: row 0 is the skin, and
whether a mask was drawn on the turned or on the stored picture cannot be known. Both are refused.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped
from PIL import ExifTags, Image, ImageFile

from sonolens.arrays import Mask, Scan
from sonolens.studies.boundary import StudyFileError, check_file, check_pixels, reading
from sonolens.studies.drawing import Colours, Levels, find_coloured_mass, find_mass
from sonolens.studies.mask_choice import MaskChoice, find_colour, find_value
from sonolens.studies.picture_file import decoding, open_picture
from sonolens.studies.remarks import remark

COLOUR_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"}
"""Pillow's modes of at most 8 bits per channel."""

GREY_MODES = {"1", "L", "LA"}
"""Those that hold no colour."""

WIDE_MODES = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}
"""Pillow's single-channel modes of more than 8 bits."""

STRONG_CHROMA = 64
"""From this difference between its channels a pixel of a scan is strongly coloured."""

COLOURED = 0.01
"""From this share of strongly coloured pixels on a scan is told: coloured callipers and text cover less."""

OPAQUE = (255, 255)
"""Least and largest alpha of a picture that hides nothing."""

UPRIGHT = 1
"""The EXIF orientation of a picture that is shown as it is stored."""

GRID = 2
"""Axes of a picture: rows and columns."""

RGB = 3
"""Channels of a coloured picture."""


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
    with decoding(path):
        shown = _on_black(picture)
        colours = None if shown.mode in GREY_MODES else np.asarray(shown.convert("RGB"))
        grey = np.asarray(shown.convert("L"))
    if colours is not None:
        tell_colours(colours, name=str(path))
    return grey


def read_mask(path: Path, *, choice: MaskChoice | None = None) -> Mask:
    """Read a picture of a mass on black; what is transparent is outside.

    The mass may have any level or colour, but one: a picture of several classes is refused unless one of
    them is chosen. See `sonolens.studies.drawing` for how classes are told from edges and noise.

    Args:
        path: A PNG, JPEG, BMP or TIFF picture, or a 2-D ``.npy`` array, of any depth.
        choice: Which class of a label map is the mass.

    Returns:
        True inside the mass; nowhere, if the picture is black.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be read (see `read_scan`), does not hold the chosen class, is a label
            map without a choice, has no black background, or is no drawing but a scan.
    """
    picture, name = _decode(path), str(path)
    if isinstance(picture, np.ndarray):
        levels, lossy, stored = picture, False, picture
    else:
        lossy = picture.format == "JPEG"
        with decoding(path):
            stored = np.asarray(picture)
            levels = stored if picture.mode in WIDE_MODES | {"1"} else _read_colours(picture)
    if choice is not None and choice.colour is not None:
        colours = levels if levels.ndim > GRID else np.repeat(levels[..., None], 3, axis=2)
        return find_colour(colours.astype(np.uint8), choice.colour, name=name, lossy=lossy)
    if choice is not None and choice.value is not None:
        return find_value(_one_channel(stored, name), choice.value, name=name, lossy=lossy)
    if levels.ndim == GRID:
        return find_mass(levels, name=name, lossy=lossy)
    return find_coloured_mass(levels, name=name, lossy=lossy)


def tell_colours(colours: Colours, *, name: str) -> None:
    """Remark a scan that is strongly coloured, as colour Doppler is; callipers and text are too small.

    It is a warning, because the tissue around a colour box is sound, and a tint over a whole scan is as well.
    """
    share = share_coloured(colours)
    if share >= COLOURED:
        remark(
            "coloured_scan",
            f"{share:.1%}",
            f"scan {name!r} is strongly coloured on {share:.1%} of its pixels, as colour Doppler or elastography "
            "is, and they become grey tissue; give the B-mode picture, or leave the scan out",
        )


def share_coloured(colours: Colours) -> float:
    """Say which share of a picture's pixels is strongly coloured."""
    # Three whole planes are compared ten times as quickly as the three numbers of every pixel.
    red, green, blue = (np.ascontiguousarray(colours[..., channel]) for channel in range(RGB))
    least = np.minimum(np.minimum(red, green), blue)
    return float((np.maximum(np.maximum(red, green), blue) - least >= STRONG_CHROMA).mean())


def _read_colours(picture: Image.Image) -> Colours:
    return np.asarray(_on_black(picture).convert("RGB"))


def _one_channel(stored: Shaped[np.ndarray, "rows cols *channels"], name: str) -> Levels:
    """Take the stored numbers of a picture whose colour channels say the same."""
    if stored.ndim == GRID:
        return stored
    alike = (stored[..., :3] == stored[..., :1]).all() if stored.shape[2] >= RGB else True
    if not alike:
        raise ValueError(
            f"mask {name!r} is in colours, so no mask_value names its mass; give mask_colour"
        )
    return stored[..., 0]


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


def _on_black(picture: Image.Image) -> Image.Image:
    """Lay a picture with transparent pixels on black; leave others as they are."""
    if picture.has_transparency_data:
        if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == OPAQUE:
            return picture.convert("RGB")
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, picture.convert("RGBA")).convert("RGB")
    return picture


def _decode(path: Path) -> Image.Image | Levels:
    """Decode a file wholly by what it holds, whatever its name ends in."""
    check_file(path, "picture")
    with decoding(path), path.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"PK\x03\x04"):
        raise StudyFileError(
            f"picture {str(path)!r} is a zip archive; unpack it and name the picture"
        )
    return _load_array(path) if start == b"\x93NUMPY" else _load_picture(path)


def _load_picture(path: Path) -> Image.Image:
    """Decode the only page of a picture file wholly, so that a truncated file is found here."""
    with open_picture(path) as picture:
        refusal = _refusal(picture)
        if not refusal:
            picture.load()
    if refusal:
        raise StudyFileError(f"picture {str(path)!r} {refusal}")
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
    named = f"array {str(path)!r}"
    with reading(named, "cannot be read", remedy="save a plain 2-D array with numpy.save"):
        array = np.load(path, allow_pickle=False, mmap_mode="r")  # held against the file's length
    if array.ndim != GRID or not array.size or array.dtype.kind not in "buif":
        raise StudyFileError(
            f"{named} is {array.dtype} of shape {array.shape}; save one picture as a 2-D array "
            "of uint8, or bool for a mask"
        )
    check_pixels(*array.shape, what=named)
    with reading(named, "cannot be read"):
        return np.array(array)

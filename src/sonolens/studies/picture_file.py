"""A picture file: opened if it is of a known format and size, and what it tells beside grey levels."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from sonolens.studies.boundary import check_file, check_pixels, reading

FORMATS = ("PNG", "JPEG", "BMP", "TIFF")
"""What Pillow may decode; ``.npy`` arrays are read beside them."""

warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
"""A smaller picture than Pillow warns of is refused here, in one line."""


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """Open a picture; its pixels stay undecoded until they are asked for.

    What Pillow raises inside the block is told in one line.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no picture of a known format, is broken, or has more pixels than are decoded.
    """
    check_file(path, "picture")
    with decoding(path), Image.open(path, formats=FORMATS) as picture:
        check_pixels(picture.height, picture.width, what=f"picture {str(path)!r}")
        yield picture


def read_size(path: Path) -> tuple[int, int]:
    """Read rows and columns from the head of a picture file; its pixels stay undecoded.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: As `open_picture`.
    """
    with open_picture(path) as picture:
        return picture.height, picture.width


def read_colours(path: Path) -> UInt8[np.ndarray, "rows cols 3"]:
    """Read a picture as red, green and blue from 0 to 255; transparent pixels become black.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: As `open_picture`, or if it is truncated.
    """
    with open_picture(path) as picture:
        colours = picture.convert("RGBA")
        black = Image.new("RGBA", colours.size, (0, 0, 0, 255))
        return np.asarray(Image.alpha_composite(black, colours).convert("RGB"))


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn what Pillow raises over a picture into one line that names the file."""
    with reading(f"picture {str(path)!r}", f"cannot be read as {', '.join(FORMATS)} or .npy"):
        yield

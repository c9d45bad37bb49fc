"""What a picture file tells beside grey levels: its size before decoding, and its colours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, UnidentifiedImageError


def read_size(path: Path) -> tuple[int, int]:
    """Read rows and columns from the head of a picture file; its pixels stay undecoded.

    Raises:
        ValueError: If the file is absent or no picture.
    """
    with _named(path), Image.open(path) as picture:
        return picture.height, picture.width


def read_colours(path: Path) -> UInt8[np.ndarray, "rows cols 3"]:
    """Read a picture as red, green and blue from 0 to 255; transparent pixels become black.

    Raises:
        ValueError: If the file is absent, truncated or no picture.
    """
    with _named(path), Image.open(path) as picture:
        colours = picture.convert("RGBA")
    black = Image.new("RGBA", colours.size, (0, 0, 0, 255))
    return np.asarray(Image.alpha_composite(black, colours).convert("RGB"))


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a picture file into one error that names the file."""
    try:
        yield
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(
            f"picture {str(path)!r} cannot be read ({error}); replace it by a good copy"
        ) from error

"""Picture files of published studies, read as arrays."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from sonolens.arrays import Mask, Scan


def read_scan(path: Path) -> Scan:
    """Read an 8-bit picture as grey levels; colours become luminance.

    Args:
        path: The picture file.

    Returns:
        Grey levels 0 to 255.

    Raises:
        ValueError: If the file cannot be decoded as a picture, or is not 8 bits deep.
    """
    picture = _open(path)
    if picture.mode not in {"L", "RGB", "RGBA", "LA", "P", "1"}:
        raise ValueError(
            f"picture {path.name!r} has the mode {picture.mode!r}; convert it to 8-bit grey levels"
        )
    return np.asarray(picture.convert("L"))


def read_mask(path: Path) -> Mask:
    """Read a picture of a mass: every pixel that is not black belongs to it.

    Args:
        path: The picture file, of any depth.

    Returns:
        True inside the mass.

    Raises:
        ValueError: If the file cannot be decoded as a picture.
    """
    return np.asarray(_open(path).convert("L")) > 0


def _open(path: Path) -> Image.Image:
    """Decode a picture wholly, so that a truncated file is found here."""
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(
            f"picture {str(path)!r} cannot be read ({error}); replace it by a good copy"
        ) from error

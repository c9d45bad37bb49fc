"""What is kept of a scan to find it again: a hash of its pixels, and its texture."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from jaxtyping import Float16, Int8, UInt8
from PIL import Image
from scipy import ndimage, stats

from sonolens.arrays import Mask, Scan

THUMBNAIL_SIDE = 64
FINE_CELLS = 1.0
"""Standard deviation of the blur that takes out what compression and resizing change, in cells."""

SMOOTH_CELLS = 3.0
"""Standard deviation of the blur that counts as the smooth part, in cells of the thumbnail."""

FLAT_GREY = 1
"""Grey levels by which a line of a plain border may differ from its median, as JPEG makes it."""

FLAT_SHARE = 0.98
"""Share of a line's pixels that must be so: a border with a speck on it is still a border."""


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What is kept of a scan to find its duplicates; about 8 KB.

    Attributes:
        pixels: Hash of the grey levels and the scan's size.
        thumbnail: Mean grey levels of the scan inside its plain border, squashed to a square.
    """

    pixels: str
    thumbnail: Float16[np.ndarray, "side side"]


def take_fingerprint(scan: Scan) -> Fingerprint:
    """Take the fingerprint of a scan.

    Args:
        scan: Grey levels on the native grid, at least one pixel.

    Returns:
        Hash and thumbnail.
    """
    content = Image.fromarray(cut_plain_border(scan).astype(np.float32))
    squashed = content.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    return Fingerprint(hash_pixels(scan), np.asarray(squashed).astype(np.float16))


def hash_pixels(picture: Scan | Mask) -> str:
    """Return the SHA-256 of a picture's size and values as they were read, whatever file they came from.

    >>> hash_pixels(np.zeros((2, 3), np.uint8)) == hash_pixels(np.zeros((3, 2), np.uint8))
    False
    """
    pixels = sha256(np.array(picture.shape).tobytes())
    pixels.update(np.ascontiguousarray(picture).data)
    return pixels.hexdigest()


def rank_texture(
    thumbnail: Float16[np.ndarray, "side side"],
) -> Int8[np.ndarray, "side side"]:
    """Reduce a thumbnail to its ranked texture.

    The smooth part - depth gain, the fat on top - is taken out, because it makes strangers alike,
    and what is left is ranked, because ranks survive another brightness, contrast or a calliper.

    Args:
        thumbnail: As in a `Fingerprint`.

    Returns:
        Ranks from -127, the darkest cell, to 127; all 0 where there is no texture.
    """
    fine = ndimage.gaussian_filter(thumbnail.astype(np.float32), FINE_CELLS)
    # Rounded, so that the blur's last bits do not rank cells that are equally flat.
    texture = np.round(fine - ndimage.gaussian_filter(fine, SMOOTH_CELLS), 2)
    ranks = stats.rankdata(texture).reshape(thumbnail.shape)
    scaled = 127 * (2 * (ranks - 1) / (ranks.size - 1) - 1)
    return np.rint(scaled).astype(np.int8)


def cut_plain_border(scan: Scan) -> UInt8[np.ndarray, "inner_rows inner_cols"]:
    """Cut off the outermost rows and columns that are of one grey.

    Args:
        scan: Grey levels on the native grid.

    Returns:
        The part inside the border; the whole scan where it is plain all over.
    """
    inside = scan
    while True:
        top, bottom = _count_plain(inside), _count_plain(inside[::-1])
        left, right = _count_plain(inside.T), _count_plain(inside.T[::-1])
        if top == inside.shape[0] or left == inside.shape[1]:
            return scan
        if not top + bottom + left + right:
            return inside
        inside = inside[top : inside.shape[0] - bottom, left : inside.shape[1] - right]


def _count_plain(lines: UInt8[np.ndarray, "lines pixels"]) -> int:
    """How many lines there are before the first that is not plain."""
    return next((n for n, line in enumerate(lines) if not _is_plain(line)), len(lines))


def _is_plain(line: UInt8[np.ndarray, " pixels"]) -> bool:
    """Whether nearly all pixels of a line have its median grey."""
    near = np.abs(line - np.median(line)) <= FLAT_GREY
    return bool(near.mean() >= FLAT_SHARE)

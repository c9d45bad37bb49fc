"""What the case browser draws, made small: scans and their regions as pictures, maps as raw cells, tallies as text."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from PIL import Image

from sonolens.arrays import SaliencyMap, Scan
from sonolens.evaluation.pointing import Tally
from sonolens.regions import GrowingRegions
from sonolens.regions.growth import MOST_RINGS

WEBP_QUALITY = 75
"""Measured on scans of 480 px: 21 KiB for simulated speckle and 8 KiB for published scans, half of what JPEG of the
same looks takes, and less than half of 16 grey levels in a PNG."""

THUMBNAIL_PX = 48
THUMBNAIL_QUALITY = 50
MOST_THUMBNAILS = 2000
THUMBNAIL_BYTES = 600
"""What is kept free for each; as text they take 300 to 700."""

MOST_EXACT_CELLS = 64 * 64
"""Maps of more cells are kept in 127 steps of their largest value: a map of 224 x 224 cells is else 260 KB of text."""

MOST_CROSSES = 12
"""Points of one extreme that are drawn; a tie of more cells says so in words."""

STEPS = 127


def shrink_to(shape: tuple[int, int], largest_px: int) -> tuple[int, int]:
    """Return the rows and columns of a picture of a scan, its longer side at most so many pixels.

    >>> shrink_to((600, 800), 400), shrink_to((30, 20), 400)
    ((300, 400), (30, 20))
    """
    share = min(1.0, largest_px / max(shape))
    return max(1, round(shape[0] * share)), max(1, round(shape[1] * share))


def encode_scan(scan: Scan, *, largest_px: int, quality: int = WEBP_QUALITY) -> str:
    """Write a scan as the data address of a WebP picture, averaged down to a size where it is larger."""
    rows, cols = shrink_to(scan.shape, largest_px)
    picture = Image.fromarray(scan).resize((cols, rows), Image.Resampling.BOX)
    return _address(picture, "webp", quality=quality, method=2)


def encode_thumbnail(scan: Scan) -> str:
    """Write a scan as the data address of a very small picture."""
    return encode_scan(scan, largest_px=THUMBNAIL_PX, quality=THUMBNAIL_QUALITY)


def encode_regions(growing: GrowingRegions, *, largest_px: int) -> str:
    """Write the regions of a scan, with the ring that reaches every pixel, as the data address of a PNG picture.

    A grey level is 64 times a part (0 other, 1 mass, 2 below, 3 annotation) and the number of the narrowest ring that
    holds the pixel, 63 where none does. Where it is smaller than the scan, a pixel shows that of the scan under its centre.
    """
    part = np.array([0, 1, 0, 2, 3], dtype=np.uint8)[growing.parts]
    reach = np.where(growing.reach < growing.rings, growing.reach, np.uint8(MOST_RINGS))
    levels = part * np.uint8(MOST_RINGS + 1) + reach
    rows, cols = shrink_to(growing.parts.shape, largest_px)
    small = Image.fromarray(levels).resize((cols, rows), Image.Resampling.NEAREST)
    return _address(
        small, "png", compress_level=6
    )  # lossless WebP: a third less for ten times the time


def encode_map(saliency: SaliencyMap) -> dict[str, Any]:
    """Write the cells of a map as text: as they are, or in steps of the largest where there are very many.

    Returns:
        `rows` and `cols`, `largest` absolute value, and `cells` in base64: 32-bit floats, the lowest byte first,
        or, where `steps` is given, signed bytes that count steps of `largest / steps`.
    """
    rows, cols = saliency.shape
    largest = float(np.abs(saliency).max())
    told: dict[str, Any] = {"rows": rows, "cols": cols, "largest": largest}
    if saliency.size <= MOST_EXACT_CELLS:
        return told | {"cells": _base64(saliency.astype("<f4").tobytes())}
    steps = np.rint(saliency * (STEPS / largest if largest else 0)).astype(np.int8)
    return told | {"steps": STEPS, "cells": _base64(steps.tobytes())}


def write_tally(tally: Tally) -> str:
    """Write a tally as text, places apart by ``;``: in the mass, in the ring from, below until, weight.

    >>> write_tally([(0, 3, 3, 0.5), (1, 9, 0, 2.0)])
    '0 3 3 0.5;1 9 0 2'
    """
    return ";".join(
        f"{mass} {ring} {below} {_plain(weight)}" for mass, ring, below, weight in tally
    )


def write_points(points: Float[np.ndarray, "points 2"]) -> str:
    """Write the first points of an extreme as text, apart by ``;``: row and column in native pixels."""
    return ";".join(f"{row:.3f} {col:.3f}" for row, col in points[:MOST_CROSSES].tolist())


def name_widths(widths: Sequence[float]) -> list[float]:
    """Round widths as a slider names them; two stay two.

    >>> name_widths([0.5, 1.2000000000000002])
    [0.5, 1.2]
    """
    return [float(f"{width:.6g}") for width in widths]


def _address(picture: Image.Image, kind: str, **options: Any) -> str:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return f"data:image/{kind};base64,{_base64(written.getvalue())}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _plain(weight: float) -> str:
    return str(int(weight)) if weight == int(weight) else repr(weight)

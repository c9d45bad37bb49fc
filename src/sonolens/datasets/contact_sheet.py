"""A contact sheet: small pictures of several items side by side."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped, UInt8
from PIL import Image

TILE_PX = 128
GAP_PX = 4
TILES_PER_ROW = 4
BACKGROUND = (255, 255, 255)
MISSING_GREY = 128

LABEL_COLOURS = np.array(
    [
        [0, 0, 0],
        [213, 94, 0],
        [240, 228, 66],
        [0, 114, 178],
        [0, 158, 115],
        [204, 121, 167],
        [86, 180, 233],
        [230, 159, 0],
    ],
    dtype=np.uint8,
)
"""Colour of label 0, 1, 2 …; chosen by Okabe and Ito so that colour-blind readers tell them apart."""


def draw_contact_sheet(values: Sequence[Any]) -> bytes:
    """Draw pictures or two-dimensional arrays on one sheet.

    Args:
        values: PIL images or arrays `rows x cols`; at least one. Floating-point arrays are
            red where positive and blue where negative, white at 0, symmetric about it. Whole numbers
            below 8 are labels, one colour each. Everything else is grey.

    Returns:
        The sheet as PNG, four pictures in a row.

    Raises:
        TypeError: If a value is neither a picture nor a two-dimensional array.
    """
    tiles = [_tile(value) for value in values]
    columns = min(len(tiles), TILES_PER_ROW)
    rows = -(-len(tiles) // TILES_PER_ROW)
    pitch = TILE_PX + GAP_PX
    sheet = Image.new("RGB", (columns * pitch - GAP_PX, rows * pitch - GAP_PX), BACKGROUND)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, TILES_PER_ROW)
        sheet.paste(tile, (column * pitch, row * pitch))
    buffer = io.BytesIO()
    sheet.save(buffer, format="PNG")
    return buffer.getvalue()


def colour_array(array: Shaped[np.ndarray, "rows cols"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """Turn an array into red, green and blue; see `draw_contact_sheet` for the rules.

    >>> colour_array(np.array([[-2.0, 0.0, 1.0]])).tolist()
    [[[0, 0, 255], [255, 255, 255], [255, 128, 128]]]
    """
    if np.issubdtype(array.dtype, np.floating):
        finite = np.where(np.isfinite(array), array, 0.0).astype(float)
        coloured = _diverging(finite)
        coloured[~np.isfinite(array)] = MISSING_GREY
        return coloured
    if array.dtype == bool or array.min() < 0:
        return _grey(array.astype(float))
    if array.max() < len(LABEL_COLOURS):
        labels: UInt8[np.ndarray, "rows cols 3"] = LABEL_COLOURS[array]
        return labels
    if array.dtype == np.uint8:
        return np.repeat(array[..., np.newaxis], 3, axis=2)
    return _grey(array.astype(float))


def _tile(value: Any) -> Image.Image:
    picture = _picture(value)
    scale = TILE_PX / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    # The cells of a small map stay visible as squares.
    return picture.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX)


def _picture(value: Any) -> Image.Image:
    if isinstance(value, Image.Image):
        if value.mode not in {"1", "L", "I", "I;16", "F"}:
            return value.convert("RGB")
        value = np.asarray(value)
    if not isinstance(value, np.ndarray) or value.ndim != 2 or not value.size:  # noqa: PLR2004
        raise TypeError(
            f"an item of type {type(value).__name__} is no picture; "
            "set metadata: kedro-viz: preview: false for this collection"
        )
    return Image.fromarray(colour_array(value))


def _diverging(signed: Float[np.ndarray, "rows cols"]) -> UInt8[np.ndarray, "rows cols 3"]:
    strength = signed / (np.abs(signed).max() or 1.0)
    red = 1 - np.clip(-strength, 0, 1)
    blue = 1 - np.clip(strength, 0, 1)
    green = np.minimum(red, blue)
    shares = np.stack([red, green, blue], axis=2)
    return np.asarray(np.rint(255 * shares), dtype=np.uint8)


def _grey(levels: Float[np.ndarray, "rows cols"]) -> UInt8[np.ndarray, "rows cols 3"]:
    low, high = levels.min(), levels.max()
    shares = (levels - low) / (high - low) if high > low else np.zeros_like(levels)
    return np.repeat(np.rint(255 * shares).astype(np.uint8)[..., np.newaxis], 3, axis=2)

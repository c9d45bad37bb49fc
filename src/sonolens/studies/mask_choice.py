"""Which class of a label map is the mass, where the user names it."""

import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import ImageColor

from sonolens.arrays import Mask
from sonolens.studies.drawing import pack_colours
from sonolens.studies.row import Row

CHANNELS = 3
LOSSY_NOISE = 12
"""How far, of 255, a compressed level may lie from the one that was drawn."""

NAMED_LEVELS = 16


@dataclass(frozen=True)
class MaskChoice:
    """The class that is the mass, by its stored number or by its colour.

    Attributes:
        value: The grey level, the value of an array, or the entry of a palette.
        colour: Red, green and blue from 0 to 255.
    """

    value: float | None = None
    colour: tuple[int, int, int] | None = None


def parse_choice(value: str, colour: str) -> MaskChoice | None:
    """Understand what a user wrote of the class that is the mass.

    Args:
        value: A number; empty if not given.
        colour: A name, ``#800000`` or ``128 0 0``; empty if not given.

    Returns:
        The choice; none where both are empty.

    Raises:
        ValueError: If both are given, or one is not understood; the reason begins with its column.

    Examples:
        >>> parse_choice("2", ""), parse_choice("", "128 0 0")
        (MaskChoice(value=2.0, colour=None), MaskChoice(value=None, colour=(128, 0, 0)))
    """
    if value and colour:
        raise ValueError("has mask_value beside mask_colour; give one or the other")
    if value:
        if not re.fullmatch(r"\d+([.,]\d+)?", value, re.ASCII):
            raise ValueError(
                f"mask_value {value!r} is no level; write the number that the mass has in its picture"
            )
        return MaskChoice(value=float(value.replace(",", ".")))
    if not colour:
        return None
    channels = [int(part) for part in re.findall(r"\d+", colour)]
    if re.fullmatch(r"[\d\s,;/()rgb]+", colour.lower()) and len(channels) == CHANNELS:
        colour = "rgb({},{},{})".format(*channels)
    try:
        red, green, blue = ImageColor.getrgb(colour)[:CHANNELS]
    except ValueError as error:
        raise ValueError(
            f"mask_colour {colour!r} is no colour; write red, #ff0000 or 255 0 0"
        ) from error
    return MaskChoice(colour=(red, green, blue))


def read_choice(row: Row) -> MaskChoice | None:
    """Read from a table which class of a label map is the mass; none if both cells are empty.

    Raises:
        ValueError: As `parse_choice`; names the row.
    """
    try:
        return parse_choice(row.written("mask_value"), row.written("mask_colour"))
    except ValueError as error:
        row.refuse(str(error))


def find_value(
    levels: Shaped[np.ndarray, "rows cols"], value: float, *, name: str, lossy: bool
) -> Mask:
    """Find the pixels of one value.

    Raises:
        ValueError: If there are none; names those that there are.
    """
    numbers = np.asarray(levels, dtype=np.float64)
    found: Mask = np.abs(numbers - value) <= (LOSSY_NOISE if lossy else 0)
    if not found.any():
        values, areas = np.unique(levels, return_counts=True)
        _refuse(name, f"mask_value {value:g}", [f"{each:g}" for each in values], areas)
    return found


def find_colour(
    colours: UInt8[np.ndarray, "rows cols 3"],
    colour: tuple[int, int, int],
    *,
    name: str,
    lossy: bool,
) -> Mask:
    """Find the pixels of one colour.

    Raises:
        ValueError: If there are none; names those that there are.
    """
    off = np.abs(colours.astype(np.int64) - np.array(colour)).max(axis=2)
    found: Mask = off <= (LOSSY_NOISE if lossy else 0)
    if not found.any():
        values, areas = np.unique(pack_colours(colours), return_counts=True)
        told = "#{:02x}{:02x}{:02x}".format(*colour)
        _refuse(name, f"mask_colour {told}", [f"#{each:06x}" for each in values], areas)
    return found


def _refuse(name: str, asked: str, names: list[str], areas: np.ndarray) -> None:
    largest = np.argsort(-areas, kind="stable")[:NAMED_LEVELS]
    told = ", ".join(f"{names[place]} ({areas[place]:,} px)" for place in sorted(largest))
    more = f" and {len(names) - len(largest)} more" if len(names) > len(largest) else ""
    raise ValueError(
        f"mask {name!r} holds no pixel of {asked} but {told}{more}; correct the manifest or the mask"
    )

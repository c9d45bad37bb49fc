"""Look-up tables of DICOM: which output each stored value has (PS3.3 C.11.1, C.11.2 and C.7.9).

pydicom applies them as well, but reads the palettes of big-endian files in the wrong order, fails on
8-bit entries packed in words, and does not tell the depth of what comes out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Integer, UInt8
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

CHANNELS = ("Red", "Green", "Blue")
WHITE = 255
DESCRIPTORS = 3
MOST_ENTRIES = 2**16
"""Written as 0 in a descriptor."""


@dataclass(frozen=True, eq=False)
class Lookup:
    """A table of outputs.

    Attributes:
        outputs: One per stored value, from `first` on; values beyond either end have that end's.
        first: The stored value of the first output.
        bits: How deep the outputs are.
    """

    outputs: Integer[np.ndarray, " entries"]
    first: int
    bits: int

    def apply(self, stored: Integer[np.ndarray, "*pixels"]) -> Integer[np.ndarray, "*pixels"]:
        """Look every pixel up."""
        return self.outputs[np.clip(stored - self.first, 0, len(self.outputs) - 1)]


def read_lookup(descriptor: Any, data: Any, *, is_little_endian: bool) -> Lookup:
    """Read a look-up table as it is stored.

    Args:
        descriptor: Number of entries (0 for 65536), first stored value, bits of an entry.
        data: The entries, as numbers or as bytes; entries of 8 bits may be packed two to a word.
        is_little_endian: How the bytes of the file are ordered.

    Raises:
        ValueError: If there are fewer entries than announced, or the descriptor is not understood.

    Examples:
        >>> read_lookup([3, 10, 8], bytes([9, 8, 7, 0]), is_little_endian=True).apply(
        ...     np.array([0, 11, 99])
        ... )
        array([9, 8, 7])
    """
    count, first, bits = _read_descriptor(descriptor)
    if isinstance(data, bytes):
        width = 2 if len(data) >= 2 * count else 1
        order = "<" if is_little_endian else ">"
        swapped = width == 1 and not is_little_endian  # two entries to a word, the later one first
        usable = data[: len(data) // 2 * 2] if swapped else data
        outputs = np.frombuffer(usable[: len(usable) // width * width], dtype=f"{order}u{width}")
        outputs = outputs.reshape(-1, 2)[:, ::-1].ravel() if swapped else outputs
    else:
        outputs = np.atleast_1d(np.asarray(data))
    if len(outputs) < count or not 1 <= bits <= 16:  # noqa: PLR2004
        raise ValueError(
            f"its look-up table of LUTDescriptor {list(descriptor)} has {len(outputs)} entries"
        )
    return Lookup(outputs[:count].astype(np.int64) & (2**bits - 1), first, bits)


def read_palette(
    file: Dataset, *, is_little_endian: bool
) -> tuple[UInt8[np.ndarray, "entries 3"], int]:
    """Read the palette of a file in PALETTE COLOR.

    Returns:
        Red, green and blue from 0 to 255 of every stored value, and the stored value of the first.

    Raises:
        ValueError: If it has no palette, or one that is not understood.
    """
    descriptors = [file.get(f"{name}PaletteColorLookupTableDescriptor") for name in CHANNELS]
    if any(f"{name}PaletteColorLookupTableData" not in file for name in CHANNELS):
        count, first, bits = _read_descriptor(descriptors[0])
        colours = apply_color_lut(np.arange(count) + first, file)[:, : len(CHANNELS)]  # segmented
        return _to_eight_bits(colours, bits), first
    tables = [
        read_lookup(
            descriptor,
            file[f"{name}PaletteColorLookupTableData"].value,
            is_little_endian=is_little_endian,
        )
        for name, descriptor in zip(CHANNELS, descriptors, strict=True)
    ]
    if len({(table.first, len(table.outputs)) for table in tables}) > 1:
        raise ValueError("its palettes of red, green and blue differ in length")
    colours = np.stack([table.outputs for table in tables], axis=1)
    return _to_eight_bits(colours, tables[0].bits), tables[0].first


def _to_eight_bits(colours: np.ndarray, bits: int) -> UInt8[np.ndarray, "entries 3"]:
    """Keep the upper 8 bits; some writers announce 16 and use the lower ones alone."""
    shift = bits - 8 if bits > 8 and colours.max() > WHITE else 0  # noqa: PLR2004
    return (colours.astype(np.int64) >> shift).astype(np.uint8)


def _read_descriptor(descriptor: Any) -> tuple[int, int, int]:
    if descriptor is None or len(descriptor) != DESCRIPTORS:
        raise ValueError(f"its look-up table has the descriptor {descriptor}, not three numbers")
    count, first, bits = (int(each) for each in descriptor)
    return count or MOST_ENTRIES, first, bits

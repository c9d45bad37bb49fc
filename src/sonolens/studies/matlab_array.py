"""One array of numbers or text as a MATLAB file of version 5 stores it.

`scipy.io.loadmat` trusts what it reads here: an unknown type of data ends the process, and a shape of 2e8 cells takes
gigabytes. Layout: MathWorks, MAT-File Format, "Level 5 MAT-Files".
"""

import math
import struct

import numpy as np
from jaxtyping import Shaped

MATRIX = 14
TEXT = 4  # class of an array
NUMBERS = range(6, 16)
COMPLEX = 0x800  # a flag beside the class
STORED = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
"""NumPy's name of every type that numbers are stored in."""

ENCODINGS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
"""Likewise of text; those of several bytes in the order of the file."""

Value = str | float | int | bool | Shaped[np.ndarray, "..."]


def read_array(field: bytes, order: str) -> Value:
    """Read an array as it stands in a file, its tag included.

    Args:
        field: The bytes.
        order: Byte order of the file, ``<`` or ``>``.

    Returns:
        Numbers in the type in which they are stored, without axes of length 1, and a single one as such; text; an
        empty array where there is nothing.

    Raises:
        ValueError: If it is no such array, or its bytes are not as many as its shape needs; tells the reason alone.
    """
    (kind, body), _ = _take(field, 0, order)
    if kind != MATRIX:
        raise ValueError(f"an array has the type {kind}")
    if not body:
        return np.zeros(0)
    (_, flags), place = _take(body, 0, order)
    (_, dims), place = _take(body, place, order)
    (_, _), place = _take(body, place, order)  # a field's name stands elsewhere
    bits = _numbers(flags, "u4", order)
    shape = tuple(_numbers(dims, "i4", order).tolist())
    if not len(bits) or len(shape) < 2 or min(shape) < 0:  # noqa: PLR2004
        raise ValueError(f"an array has the shape {shape[:4]}")
    array_class, set_flags = int(bits[0]) & 0xFF, int(bits[0])
    if array_class not in {TEXT, *NUMBERS} or set_flags & COMPLEX:
        raise ValueError(
            f"an array of class {array_class} and shape {shape[:4]} is no array of numbers or text"
        )
    (stored, data), _ = _take(body, place, order) if math.prod(shape) else ((1, b""), 0)
    if array_class == TEXT:
        return _read_text(data, stored, order, shape)
    if stored not in STORED:
        raise ValueError(f"numbers have the type {stored}")
    numbers = _numbers(data, STORED[stored], order)
    if len(numbers) != math.prod(shape):
        raise ValueError(f"{len(numbers)} numbers do not fill the shape {shape[:4]}")
    array = numbers.reshape(shape, order="F").squeeze()
    return array if array.ndim else array.item()


def _take(content: bytes, place: int, order: str) -> tuple[tuple[int, bytes], int]:
    """Take one part, its type and data, and the place of the next; short ones stand within eight bytes."""
    if len(content) < place + 8:
        raise ValueError("it ends early")
    kind, count = struct.unpack_from(f"{order}II", content, place)
    if kind >> 16:
        kind, count = kind & 0xFFFF, kind >> 16
        return (kind, content[place + 4 : place + 4 + min(count, 4)]), place + 8
    data = content[place + 8 : place + 8 + count]
    if len(data) < count:
        raise ValueError(f"it ends {count - len(data)} bytes early")
    return (kind, data), place + 8 + count + -count % 8


def _numbers(data: bytes, stored: str, order: str) -> Shaped[np.ndarray, " numbers"]:
    """Read numbers in the order of the file and give them in that of the machine."""
    layout = np.dtype(f"{order}{stored}")
    whole = data[: len(data) // layout.itemsize * layout.itemsize]
    return np.frombuffer(whole, dtype=layout).astype(layout.newbyteorder("="))


def _read_text(data: bytes, stored: int, order: str, shape: tuple[int, ...]) -> Value:
    """Read text; of several rows an array of them."""
    if stored not in ENCODINGS:
        raise ValueError(f"text has the type {stored}")
    encoding = ENCODINGS[stored]
    if encoding in {"utf-16", "utf-32"}:
        encoding += "-le" if order == "<" else "-be"
    text = data.decode(encoding, "replace")
    rows = shape[0]
    if rows <= 1 or not text:
        return text
    if len(text) != math.prod(shape):
        raise ValueError(f"{len(text)} letters do not fill the shape {shape[:4]}")
    return np.array([text[row::rows] for row in range(rows)])

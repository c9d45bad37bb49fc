"""MATLAB files of version 5: one struct array, read element by element in little memory.

`scipy.io.loadmat` decodes a whole array at once, which for recorded echoes is half a gigabyte.
Here one pass keeps the small fields and notes where each element begins; later reads start there. MATLAB usually deflates
the array as a single stream, which can only be read forward; a bookmark then also keeps the state
of the decompressor at that place (some 50 kB), so that reading element 90 does not decode 89 others.
Nothing is written to disk. Layout: MathWorks, MAT-File Format, "Level 5 MAT-Files".
"""

import io
import math
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from sonolens.studies.boundary import (
    GOOD_COPY,
    StudyFileError,
    check_file,
    reading,
    refuse_above,
)
from sonolens.studies.limits import PER_MEGA
from sonolens.studies.matlab_array import MATRIX, read_array

HEADER_BYTES = 128
CHUNK_BYTES = 1 << 18
COMPRESSED = 15  # data type of a tag, as is MATRIX
STRUCT = 2  # class in a matrix's flags
DAMAGED = "is damaged"
LONGEST_NAME = 1 << 16
"""Bytes of a name, of all names of fields, or of a shape; what claims more is broken."""
SMALL_BYTES = 1024
"""A field of at most this size is kept by the pass: ids and categories, not echoes."""


@dataclass(frozen=True)
class _Bookmark:
    """A place in a stream: where to go on in the file, and how the decompressor stood there."""

    position: int
    inflater: Any  # zlib does not name the type of its decompressors


class _Stream:
    """The bytes of a file from some place on, inflated if they are compressed."""

    def __init__(self, file: BinaryIO, bookmark: _Bookmark, *, named: str) -> None:
        self.named = named
        self._file = file
        self._inflater: Any = None if bookmark.inflater is None else bookmark.inflater.copy()
        self._pending = b""
        file.seek(bookmark.position)

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, all of them.

        Raises:
            ValueError: If there are fewer, they cannot be inflated, or they are more than is read.
        """
        refuse_above(
            count / PER_MEGA, "largest_array_mb", what=f"a part of {self.named}", unit="MB"
        )
        parts, missing = [], count
        with reading(self.named, DAMAGED):
            while missing and (piece := self._read_piece(missing)):
                parts.append(piece)
                missing -= len(piece)
        if missing:
            raise self.damaged(f"it ends {missing} bytes early")
        return b"".join(parts)

    def unpack(self, layout: str, data: bytes) -> tuple[int, ...]:
        """Take whole numbers out of bytes."""
        with reading(self.named, DAMAGED):
            return struct.unpack(layout, data)

    def damaged(self, why: str) -> StudyFileError:
        """Say that the file does not hold what its own numbers promise."""
        return StudyFileError(f"{self.named} {DAMAGED} ({why}); {GOOD_COPY}")

    def skip(self, count: int) -> None:
        """Pass over the next `count` bytes."""
        if self._inflater is None:
            self._file.seek(count, io.SEEK_CUR)
            return
        while count:
            count -= len(self.read(min(count, CHUNK_BYTES)))

    def bookmark(self) -> _Bookmark:
        """Remember this place."""
        inflater = None if self._inflater is None else self._inflater.copy()
        return _Bookmark(self._file.tell() - len(self._pending), inflater)

    def _read_piece(self, at_most: int) -> bytes:
        """Read or inflate one piece; empty only at the end of the stream or of the file."""
        if self._inflater is None:
            return self._file.read(min(at_most, CHUNK_BYTES))
        while not self._inflater.eof:
            source = self._pending or self._file.read(CHUNK_BYTES)
            piece = self._inflater.decompress(source, at_most)
            self._pending = self._inflater.unconsumed_tail
            if piece or not source:
                return piece
        return b""


@dataclass(frozen=True)
class _Element:
    """Where an element of a struct array begins, and its small fields as they stand in the file."""

    begin: _Bookmark
    small: dict[str, bytes]


@dataclass(frozen=True)
class StructArray:
    """Where the elements of a struct array lie in its file.

    Attributes:
        path: The file.
        fields: Names of the fields, in the order of the file.
        order: Byte order, ``<`` or ``>``.
        elements: Where each element begins.
    """

    path: Path
    fields: tuple[str, ...]
    order: str
    elements: tuple[_Element, ...]

    def read(self, element: int, fields: tuple[str, ...]) -> dict[str, Any]:
        """Read some fields of one element, passing over the others.

        Args:
            element: Which element, from 0.
            fields: Names of the fields to decode.

        Returns:
            Their values as `scipy.io.loadmat` gives them with ``simplify_cells=True``.

        Raises:
            ValueError: If the file ends early or is damaged.
        """
        named, found = _name(self.path), dict(self.elements[element].small)
        if not found.keys() >= set(fields):
            with reading(named, "cannot be read"):
                file = self.path.open("rb")
            with file:
                stream = _Stream(file, self.elements[element].begin, named=named)
                found |= _pick_fields(stream, self, set(fields))
        read = {}
        for name in fields:
            try:
                read[name] = read_array(found[name], self.order)
            except ValueError as error:
                raise StudyFileError(
                    f"{named} {DAMAGED} (field {name!r}: {error}); {GOOD_COPY}"
                ) from error
        return read


def open_struct_array(path: Path, variable: str) -> StructArray:
    """Find the elements of a struct array; at most one pass over the file.

    The result is kept for the life of the process, so each worker makes the pass once per file.

    Args:
        path: A file of version 5, 6 or 7, compressed or not.
        variable: Name of the struct array.

    Returns:
        The array, no element of it decoded.

    Raises:
        ValueError: If the file has another format, is damaged, or has no such struct array.
    """
    check_file(path, "MATLAB file")
    file_facts = path.stat()
    return _index(path.resolve(), variable, file_facts.st_size, file_facts.st_mtime_ns)


@lru_cache(maxsize=2)
def _index(path: Path, variable: str, _size: int, _modified_ns: int) -> StructArray:
    """Make the pass; size and time of change are in the key so that a new file is read anew."""
    with reading(_name(path), "cannot be read"):
        file = path.open("rb")
    with file:
        return _find(file, path, variable)


def _find(file: BinaryIO, path: Path, variable: str) -> StructArray:
    """Walk over the variables of a file until the struct array is found."""
    named = _name(path)
    with reading(named, "cannot be read"):
        order = _byte_order(file.read(HEADER_BYTES), path)
    position, size, others = HEADER_BYTES, path.stat().st_size, []
    while position < size:
        stream = _Stream(file, _Bookmark(position, None), named=named)
        kind, count = stream.unpack(f"{order}II", stream.read(8))
        start = position
        if kind == COMPRESSED:
            stream = _Stream(file, _Bookmark(position + 8, zlib.decompressobj()), named=named)
            kind, _ = stream.unpack(f"{order}II", stream.read(8))
        position = start + 8 + count
        if kind != MATRIX:
            raise stream.damaged(f"a variable has the type {kind}")
        matrix_class = stream.unpack(f"{order}I", _read_part(stream, order)[:4])[0] & 0xFF
        dims = _read_part(stream, order)
        name = _read_part(stream, order).decode("ascii", "replace")
        if name == variable and matrix_class == STRUCT:
            return _bookmark_elements(stream, path, order, dims)
        others.append(name)
        refuse_above(float(len(others)), "most_elements", what=named, unit="variables")
    raise StudyFileError(
        f"MATLAB file {str(path)!r} holds no struct array {variable!r} but {', '.join(others) or 'nothing'}; "
        "use the file as published"
    )


def _byte_order(header: bytes, path: Path) -> str:
    """Read the byte order of a file of version 5; refuse every other format."""
    mark = header[126:128]
    if len(header) < HEADER_BYTES or mark not in {b"IM", b"MI"} or header[:10] != b"MATLAB 5.0":
        raise StudyFileError(
            f"file {str(path)!r} is not a MATLAB file of version 5 to 7 (it begins {header[:10]!r}); "
            "use the file as published, or save it in MATLAB with -v7"
        )
    return "<" if mark == b"IM" else ">"


def _bookmark_elements(stream: _Stream, path: Path, order: str, dims: bytes) -> StructArray:
    """Note where each element of a struct array begins, from the field names on."""
    (width,) = stream.unpack(f"{order}i", _read_part(stream, order)[:4])
    names = _read_part(stream, order)
    if width < 1:
        raise stream.damaged(f"names of fields are {width} bytes long")
    fields = tuple(
        names[start : start + width].split(b"\0")[0].decode("ascii", "replace")
        for start in range(0, len(names), width)
    )
    count = math.prod(_read_shape(stream, order, dims))
    refuse_above(float(count), "most_elements", what=stream.named, unit="elements")
    return StructArray(
        path, fields, order, tuple(_pass_element(stream, fields, order) for _ in range(count))
    )


def _read_shape(stream: _Stream, order: str, dims: bytes) -> tuple[int, ...]:
    """Read the lengths of the axes of a matrix; none may be negative."""
    shape = stream.unpack(f"{order}{len(dims) // 4}i", dims[: len(dims) // 4 * 4])
    if any(length < 0 for length in shape):
        raise stream.damaged(f"an array has the shape {shape[:4]}")
    return shape


def _pass_element(stream: _Stream, fields: tuple[str, ...], order: str) -> _Element:
    """Pass over one element, keeping its small fields."""
    element = _Element(stream.bookmark(), {})
    for name in fields:
        tag = stream.read(8)
        (count,) = stream.unpack(f"{order}I", tag[4:])
        if count <= SMALL_BYTES:
            element.small[name] = tag + stream.read(count)
        else:
            stream.skip(count)
    return element


def _read_part(stream: _Stream, order: str) -> bytes:
    """Read one short part of a matrix: a tag and its data, or both within eight bytes."""
    tag = stream.read(8)
    (small,) = stream.unpack(f"{order}I", tag[:4])
    if small >> 16:
        return tag[4 : 4 + (small >> 16)]
    (count,) = stream.unpack(f"{order}I", tag[4:])
    if count > LONGEST_NAME:
        raise stream.damaged(f"a name or shape takes {count} bytes")
    data = stream.read(count)
    stream.skip(-count % 8)  # parts begin on multiples of eight
    return data


def _pick_fields(stream: _Stream, array: StructArray, wanted: set[str]) -> dict[str, bytes]:
    """Read the wanted fields of one element, tags included, no further than the last of them."""
    found: dict[str, bytes] = {}
    for name in array.fields:
        if found.keys() == wanted:
            break
        tag = stream.read(8)
        (count,) = stream.unpack(f"{array.order}I", tag[4:])
        if name in wanted:
            found[name] = tag + stream.read(count)
        else:
            stream.skip(count)
    return found


def _name(path: Path) -> str:
    return f"MATLAB file {str(path)!r}"

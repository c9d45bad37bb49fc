"""Files and folders that are there in full or not at all, even after the power has failed."""

import filecmp
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeAlias
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractBufferedFile

OpenFile: TypeAlias = IO[bytes] | io.BytesIO | AbstractBufferedFile
"""An open file in binary mode; fsspec's files in memory and in object stores are no IO at run time."""

PASSING = re.compile(r"\..+\.[0-9a-f]{32}\.part")

WRITABLE = 0o222
"""The permissions that a file with several names loses."""


def open_file_system(
    protocol: str,
    *,
    credentials: dict[str, Any] | None = None,
    fs_args: dict[str, Any] | None = None,
) -> fsspec.AbstractFileSystem:
    """Open the file system behind `protocol`; a local one makes missing folders.

    Args:
        protocol: As fsspec names it, for example ``"file"``, ``"memory"`` or ``"s3"``.
        credentials: Arguments of the file system that Kedro took from its credentials.
        fs_args: Other arguments of the file system.
    """
    arguments = {**(credentials or {}), **(fs_args or {})}
    if protocol == "file":
        arguments.setdefault("auto_mkdir", True)
    return fsspec.filesystem(protocol, **arguments)


@contextmanager
def whole_file(file_system: fsspec.AbstractFileSystem, path: str) -> Iterator[OpenFile]:
    """Write a file that appears under its name when it is complete and on the disk.

    Whatever stops the block leaves no file at `path`, or the one that was there before. A local file is written under
    a passing name, unless its whole folder has one: what is in a draft is asked of the disk together, when the draft is
    published (`sonolens.datasets.new_version`). An object store shows an object when all of it has arrived. A transaction of fsspec would be
    shorter, but it belongs to the file system, which all threads share: one thread's commit would publish what another
    has half written.

    Args:
        file_system: Where the file goes.
        path: Its final path.

    Yields:
        The open file, to be written in bytes.

    Examples:
        >>> memory = fsspec.filesystem("memory")
        >>> with whole_file(memory, "/doctest/note.txt") as file:
        ...     _ = file.write(b"seen")
        ...     memory.exists("/doctest/note.txt")
        False
        >>> memory.cat_file("/doctest/note.txt")
        b'seen'
    """
    if not isinstance(file_system, LocalFileSystem):
        content = io.BytesIO()
        yield content
        file_system.pipe_file(path, content.getvalue())
        return
    passing, place = Path(passing_name(path)), Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if any(map(is_passing, place.parent.parts)):
        with place.open("wb") as file:
            yield file
        return
    try:
        with passing.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        passing.replace(place)
        sync(place.parent)
    finally:
        passing.unlink(missing_ok=True)


def passing_name(path: str) -> str:
    """Name something hidden in the same folder, so that renaming it needs no copy."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{uuid4().hex}.part" if folder else f".{name}.{uuid4().hex}.part"


def is_passing(name: str) -> bool:
    """Say whether a name is one of `passing_name`.

    >>> is_passing(passing_name("scores.csv")), is_passing(".scores.csv")
    (True, False)
    """
    return bool(PASSING.fullmatch(name))


def sync(path: Path) -> None:
    """Have the disk keep what a file, or a folder's list of names, holds now; where that cannot be asked, go on."""
    with suppress(OSError):  # folders cannot be opened on Windows, and some network disks refuse
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def share_bytes(file_system: fsspec.AbstractFileSystem, *, new: str, old: str) -> None:
    """Let `new` be a hard link to `old` if both hold the same bytes and the file system can.

    Files of sonolens are replaced, never written in place, so neither name can change what the
    other one shows. What somebody writes in place shows under both: the file becomes read-only.
    """
    if not isinstance(file_system, LocalFileSystem) or not Path(old).is_file():
        return
    # What a manifest says of `old` does not count: somebody may have edited it since.
    if not filecmp.cmp(old, new, shallow=False):
        return
    passing = Path(passing_name(new))
    try:
        os.link(old, passing)
        passing.chmod(passing.stat().st_mode & ~WRITABLE)
    except OSError:
        passing.unlink(missing_ok=True)
        return  # another device, or a file system without links: the copy stays
    passing.replace(new)

"""Seals: the SHA-256 that the files of a version had when they were written, and whether they still have it.

A seal is a file that lies beside what it seals, in the form of `sha256sum`, so that ``sha256sum --check`` reads it too.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import DatasetError

SEAL = ".sha256"
"""What a seal's name adds to that of the file that it is about."""

LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
SHOWN = 12
"""Digits of a hash that an error shows: enough to tell two files apart."""


@dataclass(frozen=True)
class Damage:
    """A file that is not what was saved.

    Attributes:
        path: The file.
        expected: SHA-256 of what was saved; empty if that is not known.
        found: SHA-256 of what is there; empty for an absent file.
        item: What a collection calls it; empty for anything else.
    """

    path: str
    expected: str
    found: str
    item: str = ""

    def __str__(self) -> str:
        """Tell it in one sentence."""
        what = f"item {self.item!r}: {self.path}" if self.item else self.path
        if not self.found:
            return f"{what} is missing; it was saved with SHA-256 {self.expected[:SHOWN]}…"
        if not self.expected:
            return f"{what} cannot be read as what it is (SHA-256 {self.found[:SHOWN]}…)"
        return (
            f"{what} is not what was saved: its SHA-256 is {self.found[:SHOWN]}… and was "
            f"{self.expected[:SHOWN]}…"
        )


class DamagedError(DatasetError):
    """Something was changed, cut or lost since it was saved."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(
            f"{damage}. Put a good copy back, or run again what makes it; `sonolens verify` tells what "
            "that is, what else is damaged and what was made from it"
        )
        self.damage = damage

    def __reduce__(self) -> tuple[type["DamagedError"], tuple[Damage]]:
        return DamagedError, (self.damage,)


def digest(file_system: fsspec.AbstractFileSystem, path: str) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with file_system.open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_seal(
    file_system: fsspec.AbstractFileSystem, path: str, *, digests: Mapping[str, str]
) -> None:
    """Seal the file at `path` and what lies beside it.

    Args:
        file_system: Where they lie.
        path: The file that gives the seal its name.
        digests: SHA-256 by name, of files in the same folder.
    """
    lines = [f"{known}  {name}\n" for name, known in sorted(digests.items())]
    file_system.pipe_file(path + SEAL, "".join(lines).encode("utf-8"))


def read_seal(file_system: fsspec.AbstractFileSystem, path: str) -> dict[str, str]:
    """Read what is known of the file at `path` and of what lies beside it.

    Returns:
        SHA-256 by name; nothing where there is no seal, as in data that an older sonolens wrote, or none that can be read.
    """
    try:
        content: bytes = file_system.cat_file(path + SEAL)
    except FileNotFoundError:
        return {}
    lines = content.decode("utf-8", errors="replace").splitlines()
    return {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}


def remove_seal(file_system: fsspec.AbstractFileSystem, path: str) -> None:
    """Remove what is known of the file at `path`, if anything is."""
    if file_system.exists(path + SEAL):
        file_system.rm(path + SEAL)


def check_content(content: bytes, *, path: str, expected: str | None, item: str = "") -> None:
    """Compare bytes with what was saved.

    Args:
        content: What was read.
        path: Where from.
        expected: SHA-256 of what was saved; None is not compared.
        item: What a collection calls it.

    Raises:
        DamagedError: If they differ.
    """
    found = hashlib.sha256(content).hexdigest() if expected else expected
    if expected and found != expected:
        raise DamagedError(Damage(path, expected, str(found), item))


def check_file(
    file_system: fsspec.AbstractFileSystem, path: str, *, expected: str | None, item: str = ""
) -> None:
    """Compare a file with what was saved; a local one that did not change since it was compared is not read again.

    Raises:
        DamagedError: If it differs, or is absent.
    """
    if not expected:
        return
    damage = find_damage(file_system, path, expected=expected, item=item)
    if damage:
        raise DamagedError(damage)


def find_damage(
    file_system: fsspec.AbstractFileSystem, path: str, *, expected: str, item: str = ""
) -> Damage | None:
    """Compare a file with what was saved; None for one that is as it was."""
    try:
        found = _digest_once(file_system, path)
    except FileNotFoundError:
        return Damage(path, expected, "", item)
    return None if found == expected else Damage(path, expected, found, item)


def find_sealed_damage(file_system: fsspec.AbstractFileSystem, path: str) -> Iterator[Damage]:
    """Compare the file at `path`, and what lies beside it, with their seal; what has none cannot be told."""
    for name, expected in read_seal(file_system, path).items():
        beside = str(PurePosixPath(path).with_name(name))
        if damage := find_damage(file_system, beside, expected=expected):
            yield damage


def name_in(path: str) -> str:
    """Return the last part of a path, as a seal names it."""
    return PurePosixPath(path).name


def _digest_once(file_system: fsspec.AbstractFileSystem, path: str) -> str:
    if not isinstance(file_system, LocalFileSystem):
        return digest(file_system, path)
    told = Path(path).stat()
    return _digest_unchanged(path, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


@lru_cache(maxsize=1 << 16)
def _digest_unchanged(path: str, *_: int) -> str:
    """Remember the digest of a local file for as long as its inode, size and times stay."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Files that are there in full or not at all, and the datasets that consist of one such file."""

import abc
import filecmp
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeAlias, TypeVar
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import (
    AbstractVersionedDataset,
    DatasetError,
    Version,
    get_filepath_str,
    get_protocol_and_path,
)

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")

OpenFile: TypeAlias = IO[bytes] | io.BytesIO
"""An open file in binary mode; fsspec's files in memory are no IO at run time."""


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
    """Write under a passing name and give the file its own name when it is complete.

    Whatever stops the block leaves no file at `path`, or the one that was there before. A
    transaction of fsspec would be shorter, but it belongs to the file system, which all threads
    share: one thread's commit would publish what another has half written.

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
    passing = _passing_name(path)
    try:
        with file_system.open(passing, "wb") as file:
            yield file
        file_system.mv(passing, path)
    except BaseException:
        if file_system.exists(passing):
            file_system.rm(passing)
        raise


def digest(file_system: fsspec.AbstractFileSystem, path: str) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with file_system.open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def share_bytes(file_system: fsspec.AbstractFileSystem, *, new: str, old: str) -> None:
    """Let `new` be a hard link to `old` if both hold the same bytes and the file system can.

    Files of sonolens are replaced, never written in place, so neither name can change what the
    other one shows.
    """
    if not isinstance(file_system, LocalFileSystem) or not Path(old).is_file():
        return
    # What a manifest says of `old` does not count: somebody may have edited it since.
    if not filecmp.cmp(old, new, shallow=False):
        return
    passing = _passing_name(new)
    try:
        os.link(old, passing)
    except OSError:
        return  # another device, or a file system without links: the copy stays
    Path(passing).replace(new)


class WholeFileDataset(AbstractVersionedDataset[Saved, Loaded], abc.ABC):
    """One file through fsspec that a failed or killed save never leaves half written.

    A subclass says how a value becomes bytes (`_write`) and bytes become a value (`_read`). When a
    version holds the same bytes as the one before it, both share their disk space.

    Args:
        filepath: Where the file is, with an fsspec protocol in front unless it is local.
        version: Set by Kedro for ``versioned: true``.
        credentials: Credentials of the file system.
        fs_args: Other arguments of the file system.
        metadata: Left to plugins such as Kedro-Viz.
    """

    _init_args: dict[str, Any]

    def __init__(
        self,
        *,
        filepath: str | os.PathLike[str],
        version: Version | None = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        protocol, path = get_protocol_and_path(filepath, version)
        self._protocol = protocol
        self._fs = open_file_system(protocol, credentials=credentials, fs_args=fs_args)
        self.metadata = metadata
        super().__init__(
            filepath=PurePosixPath(path),
            version=version,
            exists_function=self._fs.exists,
            glob_function=self._fs.glob,
        )

    @abc.abstractmethod
    def _write(self, data: Saved, file: OpenFile) -> None:
        """Turn `data` into bytes."""

    @abc.abstractmethod
    def _read(self, file: OpenFile) -> Loaded:
        """Turn bytes into a value; a ValueError or EOFError means that they are damaged."""

    def load(self) -> Loaded:
        """Read the newest version, or the one asked for."""
        return self._load_file(get_filepath_str(self._get_load_path(), self._protocol))

    def save(self, data: Saved) -> None:
        """Write a new version that appears when it is complete."""
        path = get_filepath_str(self._get_save_path(), self._protocol)
        self._save_file(data, path)
        if self._version and isinstance(self._fs, LocalFileSystem):
            self._share_with_version_before(path)

    def read_version(self, version: str) -> Loaded:
        """Read one version, whatever is set to be loaded."""
        return self._load_file(str(self._get_versioned_path(version)))

    def read_bytes(self, version: str) -> bytes:
        """Read the bytes of one version as they lie on disk."""
        content: bytes = self._fs.cat_file(str(self._get_versioned_path(version)))
        return content

    def replace_version(self, version: str, data: Saved) -> None:
        """Write one version, replacing it when it is there."""
        self._save_file(data, str(self._get_versioned_path(version)))

    def _load_file(self, path: str) -> Loaded:
        try:
            return self._open_and_read(path)
        except (ValueError, EOFError) as error:
            raise DatasetError(
                f"{path} is damaged or of another kind ({error}); delete it and run again what "
                "makes it, or name another version with --load-versions"
            ) from error

    def _open_and_read(self, path: str) -> Loaded:
        with self._fs.open(path, "rb") as file:
            return self._read(file)

    def _save_file(self, data: Saved, path: str) -> None:
        with whole_file(self._fs, path) as file:
            self._write(data, file)
        self._invalidate_cache()

    def _share_with_version_before(self, path: str) -> None:
        written = self.resolve_save_version()
        older = (p for p in self._get_versions() if self._get_version_from_path(p) != written)
        before = next(older, None)
        if before:
            self._share(new=path, old=before)

    def _share(self, *, new: str, old: str) -> None:
        share_bytes(self._fs, new=new, old=old)

    def _exists(self) -> bool:
        return bool(self._fs.exists(get_filepath_str(self._get_load_path(), self._protocol)))

    def _release(self) -> None:
        super()._release()
        self._invalidate_cache()

    def _invalidate_cache(self) -> None:
        self._fs.invalidate_cache(get_filepath_str(self._filepath, self._protocol))

    def _init_config(self) -> dict[str, Any]:
        # Kedro records the arguments of an inherited constructor one level too deep.
        self._init_args |= self._init_args.pop("kwargs", {})
        config: dict[str, Any] = super()._init_config()
        return config

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "protocol": self._protocol, "version": self._version}


def _passing_name(path: str) -> str:
    """Name a hidden file in the same folder, so that renaming it needs no copy."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{uuid4().hex}.part" if folder else f".{name}.{uuid4().hex}.part"

"""Datasets that consist of one file, whose versions are sealed, complete and written once."""

import abc
import io
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import (
    AbstractVersionedDataset,
    DatasetError,
    Version,
    get_filepath_str,
    get_protocol_and_path,
)

from sonolens.datasets.new_version import create_object, find_versions, new_version
from sonolens.datasets.seals import (
    Damage,
    check_content,
    check_file,
    digest,
    find_sealed_damage,
    name_in,
    read_seal,
    remove_seal,
    write_seal,
)
from sonolens.datasets.whole_file import OpenFile, open_file_system, share_bytes, whole_file

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")


class WholeFileDataset(AbstractVersionedDataset[Saved, Loaded], abc.ABC):
    """One file through fsspec that a failed or killed save never leaves half written.

    A subclass says how a value becomes bytes (`_write`) and bytes become a value (`_read`). When a
    version holds the same bytes as the one before it, both share their disk space. A version has a seal beside it,
    and what is loaded is compared with it.

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
            glob_function=find_versions(self._fs),
        )

    @abc.abstractmethod
    def _write(self, data: Saved, file: OpenFile) -> None:
        """Turn `data` into bytes."""

    @abc.abstractmethod
    def _read(self, file: OpenFile) -> Loaded:
        """Turn bytes into a value; a ValueError or EOFError means that they are damaged."""

    def load(self) -> Loaded:
        """Read the newest version, or the one asked for.

        Raises:
            DamagedError: If it is not what was saved.
        """
        return self._load_file(get_filepath_str(self._get_load_path(), self._protocol))

    def save(self, data: Saved) -> None:
        """Write a new version that appears when it is complete.

        Raises:
            VersionTakenError: If another process has saved it meanwhile.
        """
        path = get_filepath_str(self._get_save_path(), self._protocol)
        if not self._version:
            self._write_files(data, path)
        elif isinstance(self._fs, LocalFileSystem):
            self._save_version(data, path)
        else:
            self._save_object(data, path)
        self._invalidate_cache()

    def read_version(self, version: str) -> Loaded:
        """Read one version, whatever is set to be loaded."""
        return self._load_file(str(self._get_versioned_path(version)))

    def read_bytes(self, version: str) -> bytes:
        """Read the bytes of one version as they were saved.

        Raises:
            DamagedError: If they are not.
        """
        return self._read_checked(str(self._get_versioned_path(version)))

    def replace_version(self, version: str, data: Saved) -> None:
        """Write one version without a seal, replacing it when it is there: a record that grows."""
        path = str(self._get_versioned_path(version))
        remove_seal(self._fs, path)
        self._write_files(data, path)
        self._invalidate_cache()

    def find_damage(self, version: str) -> Iterator[Damage]:
        """Find what in a version is not as it was saved; what has no seal cannot be told."""
        return find_sealed_damage(self._fs, str(self._get_versioned_path(version)))

    def _load_file(self, path: str) -> Loaded:
        try:
            return self._open_and_read(path)
        except (ValueError, EOFError) as error:
            raise DatasetError(
                f"{path} is damaged or of another kind ({error}); delete it and run again what "
                "makes it, or name another version with --load-versions"
            ) from error

    def _open_and_read(self, path: str) -> Loaded:
        if not self._version:
            with self._fs.open(path, "rb") as file:
                return self._read(file)
        return self._read(io.BytesIO(self._read_checked(path)))

    def _read_checked(self, path: str) -> bytes:
        content: bytes = self._fs.cat_file(path)
        check_content(content, path=path, expected=self._expected(path))
        return content

    def _check(self, path: str) -> None:
        """Compare a version with its seal without holding it in memory."""
        if self._version:
            check_file(self._fs, path, expected=self._expected(path))

    def _expected(self, path: str) -> str | None:
        return read_seal(self._fs, path).get(name_in(path))

    def _write_beside(self, data: Saved, path: str) -> list[str]:  # noqa: ARG002 - for subclasses
        """Write what else belongs to the file at `path`, and name it; a plain dataset has nothing else."""
        return []

    def _write_files(self, data: Saved, path: str) -> None:
        self._write_beside(data, path)  # first: the version is complete once its own file is there
        with whole_file(self._fs, path) as file:
            self._write(data, file)

    def _save_version(self, data: Saved, path: str) -> None:
        folder, _, name = path.rpartition("/")
        with new_version(folder, main=name) as draft:
            self._write_files(data, f"{draft}/{name}")
            written = sorted(each.as_posix() for each in Path(draft).iterdir())
            self._seal(f"{draft}/{name}", written)
            self._share_with_version_before(written)

    def _share_with_version_before(self, written: list[str]) -> None:
        before = next(iter(self._get_versions()), None)
        for path in written if before else ():
            old = str(PurePosixPath(str(before)).with_name(name_in(path)))
            share_bytes(self._fs, new=path, old=old)

    def _save_object(self, data: Saved, path: str) -> None:
        beside, content = self._write_beside(data, path), io.BytesIO()
        self._write(data, content)
        create_object(self._fs, path, content.getvalue())
        self._seal(path, [path, *beside])

    def _seal(self, path: str, written: list[str]) -> None:
        digests = {name_in(each): digest(self._fs, each) for each in written}
        write_seal(self._fs, path, digests=digests)

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

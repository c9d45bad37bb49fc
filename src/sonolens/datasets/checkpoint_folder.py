"""A folder in which fits leave their state, to be taken up again by what they were made from."""

import os
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset, DatasetError, get_protocol_and_path

from sonolens.datasets.whole_file import open_file_system, whole_file

SUFFIX = ".ckpt"


@dataclass(frozen=True)
class CheckpointFile:
    """Where one fit leaves its state; the file is whole or absent."""

    file_system: fsspec.AbstractFileSystem
    path: str

    def read(self) -> bytes | None:
        """Return the state, or None if there is none yet."""
        try:
            content: bytes = self.file_system.cat_file(self.path)
        except FileNotFoundError:
            return None
        return content

    def write(self, content: bytes) -> None:
        """Replace the state."""
        with whole_file(self.file_system, self.path) as file:
            file.write(content)

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class CheckpointFolder:
    """Checkpoints by name; a name tells what a fit is made from, so equal names mean equal fits.

    Which were `asked` for is noted for the record of the run, as what is in the folder is: it changes nothing that a
    node returns. A copy for another process notes its own.
    """

    file_system: fsspec.AbstractFileSystem
    path: str
    asked: set[str] = field(default_factory=set, compare=False)

    def __reduce__(self) -> tuple[type["CheckpointFolder"], tuple[fsspec.AbstractFileSystem, str]]:
        return CheckpointFolder, (self.file_system, self.path)

    def slot(self, name: str) -> CheckpointFile:
        """Return the place of one checkpoint, whether it is there or not."""
        self.asked.add(name)
        return CheckpointFile(self.file_system, f"{self.path}/{name}{SUFFIX}")


class CheckpointFolderDataset(AbstractDataset[Any, CheckpointFolder]):
    """Hands a node the folder in which its fits find and leave their state.

    Not versioned: a checkpoint is named by everything that decides it, so it never goes stale and all
    runs may share it. It saves time and never changes a result; the folder may be deleted whenever no
    run is training.

    Args:
        path: The folder, with an fsspec protocol in front unless it is local.
        credentials: Credentials of the file system.
        fs_args: Other arguments of the file system.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        path: str | os.PathLike[str],
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._protocol, folder = get_protocol_and_path(path)
        self._path = PurePosixPath(folder)
        self._fs = open_file_system(self._protocol, credentials=credentials, fs_args=fs_args)
        self.metadata = metadata
        self.asked: set[str] = set()

    def load(self) -> CheckpointFolder:
        """Hand out the folder, which need not exist yet."""
        return CheckpointFolder(self._fs, str(self._path), self.asked)

    def save(self, data: Any) -> None:  # noqa: ARG002 - the signature is Kedro's
        """Refuse: fits write their checkpoints themselves, while they run."""
        raise DatasetError(
            f"checkpoints in {self._path} are written by the fits themselves; make no node return them"
        )

    def _exists(self) -> bool:
        return bool(self._fs.exists(str(self._path)))

    def _describe(self) -> dict[str, Any]:
        return {"path": self._path, "protocol": self._protocol}


def names_asked(dataset: AbstractDataset[Any, Any]) -> list[str]:
    """Name the checkpoints that a node of this process has asked for, there or not."""
    return sorted(dataset.asked) if isinstance(dataset, CheckpointFolderDataset) else []

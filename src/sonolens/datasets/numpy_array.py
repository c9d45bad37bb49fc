"""Arrays as `.npy` files."""

import os
from typing import Any

import numpy as np
from kedro.io.core import Version

from sonolens.datasets.whole_file import OpenFile, WholeFileDataset


class NumpyArrayDataset(WholeFileDataset[np.ndarray, np.ndarray]):
    """One array in a `.npy` file, never pickled; also the item of a `VersionedCollection`.

    Args:
        filepath: Where the file is, with an fsspec protocol in front unless it is local.
        mmap: Map a local file into memory, read-only, so that rows are read when they are used.
            A remote file is read whole.
        version: Set by Kedro for ``versioned: true``.
        credentials: Credentials of the file system.
        fs_args: Other arguments of the file system.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        filepath: str | os.PathLike[str],
        mmap: bool = False,
        version: Version | None = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            filepath=filepath,
            version=version,
            credentials=credentials,
            fs_args=fs_args,
            metadata=metadata,
        )
        self._mmap = mmap and self._protocol == "file"

    def _open_and_read(self, path: str) -> np.ndarray:
        if self._mmap:
            array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
            return array
        return super()._open_and_read(path)

    def _write(self, data: np.ndarray, file: OpenFile) -> None:
        np.save(file, data, allow_pickle=False)

    def _read(self, file: OpenFile) -> np.ndarray:
        return np.lib.format.read_array(file, allow_pickle=False)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "mmap": self._mmap}

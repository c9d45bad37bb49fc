"""Arrays as `.npy` files."""

from typing import Any

import numpy as np

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile


class NumpyArrayDataset(WholeFileDataset[np.ndarray, np.ndarray]):
    """One array in a `.npy` file, never pickled; also the item of a `VersionedCollection`.

    Args:
        mmap: Map a local file into memory, read-only, so that rows are read when they are used.
            A remote file is read whole.
        kwargs: Where the file is, and whether versioned; see `WholeFileDataset`.
    """

    def __init__(
        self,
        *,
        mmap: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._mmap = mmap and self._protocol == "file"

    def _open_and_read(self, path: str) -> np.ndarray:
        if self._mmap:
            self._check(path)
            array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
            return array
        return super()._open_and_read(path)

    def _write(self, data: np.ndarray, file: OpenFile) -> None:
        np.save(file, data, allow_pickle=False)

    def _read(self, file: OpenFile) -> np.ndarray:
        return np.lib.format.read_array(file, allow_pickle=False)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "mmap": self._mmap}

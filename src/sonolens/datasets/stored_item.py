"""One item of a collection: where it lies, and reading it if it is what was saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset

from sonolens.datasets.seals import check_file


@dataclass(frozen=True)
class ItemPlace:
    """Where one item lies, and what reads and writes it there."""

    file_system: fsspec.AbstractFileSystem
    path: str
    dataset_type: Callable[..., AbstractDataset[Any, Any]]
    config: dict[str, Any]
    filepath: str

    def open(self) -> AbstractDataset[Any, Any]:
        """Return the dataset that reads and writes the item."""
        return self.dataset_type(**self.config, filepath=self.filepath)


@dataclass(frozen=True)
class StoredItem:
    """Reads one item when it is called, if it is what was saved; it can be sent to other processes.

    Attributes:
        item_id: What its collection calls it.
        place: Where it lies.
        sha256: What it was saved with; empty if that is not compared.
    """

    item_id: str
    place: ItemPlace
    sha256: str

    def __call__(self) -> Any:
        """Read the item.

        Raises:
            DamagedError: If it is not what was saved.
        """
        check_file(self.place.file_system, self.place.path, expected=self.sha256, item=self.item_id)
        return self.place.open().load()

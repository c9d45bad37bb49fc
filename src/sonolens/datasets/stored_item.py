"""One item of a collection: where it lies, and reading it if it is what was saved."""

from dataclasses import dataclass
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset

from sonolens.datasets.seals import check_file


@dataclass(frozen=True)
class ItemKind:
    """What reads and writes the items of a collection.

    Attributes:
        file_system: Where they lie.
        protocol: As fsspec names it.
        dataset_type: The type of an item's dataset.
        config: Its arguments, but for the file's path.
    """

    file_system: fsspec.AbstractFileSystem
    protocol: str
    dataset_type: type[Any]
    config: dict[str, Any]

    def at(self, path: str) -> "ItemPlace":
        """Return the place of an item."""
        return ItemPlace(self, path)


@dataclass(frozen=True)
class ItemPlace:
    """Where one item lies, and what reads and writes it there."""

    kind: ItemKind
    path: str

    def open(self) -> AbstractDataset[Any, Any]:
        """Return the dataset that reads and writes the item."""
        local = self.kind.protocol == "file"
        filepath = self.path if local else f"{self.kind.protocol}://{self.path}"
        dataset: AbstractDataset[Any, Any] = self.kind.dataset_type(
            **self.kind.config, filepath=filepath
        )
        return dataset


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
        place = self.place
        check_file(place.kind.file_system, place.path, expected=self.sha256, item=self.item_id)
        return place.open().load()

"""Writing the items of a collection: one after the other here, or each where it was made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from kedro.io.core import DatasetError

from sonolens.datasets.manifest import MANIFEST, Entry, Manifest
from sonolens.datasets.seals import digest
from sonolens.datasets.stored_item import ItemKind
from sonolens.datasets.whole_file import share_bytes

Named: TypeAlias = tuple[Any, Any]
"""An item's id, and the item or a function that makes it."""


class RefusedItemError(DatasetError):
    """An item has an id that it cannot have, or cannot be written; what made it is not to blame."""


@dataclass(frozen=True, eq=False)
class ItemWriter:
    """Writes items into the folder of a draft; it can be sent to other processes.

    Attributes:
        collection: What the collection is called, for errors.
        kind: What reads and writes its items.
        draft: Where they go.
        before: The newest version, with which items that did not change share their bytes.
    """

    collection: str
    kind: ItemKind
    draft: Manifest
    before: Manifest | None

    def __call__(self, made: Named | list[Named]) -> list[tuple[str, Entry]]:
        """Write one item, or several that were made together.

        Returns:
            What the manifest says about each.

        Raises:
            RefusedItemError: An id has no place in the collection, or an item cannot be written.
        """
        return [self._write(*named) for named in ([made] if isinstance(made, tuple) else made)]

    def _write(self, item_id: Any, value: Any) -> tuple[str, Entry]:
        self._check_id(item_id)
        path = self.draft.path_of(item_id)
        value = value() if callable(value) else value
        try:
            self.kind.at(path).open().save(value)
        except (OSError, DatasetError) as error:  # Kedro wraps most of what a disk can refuse
            raise RefusedItemError(
                f"item {item_id!r} of collection {self.collection!r} cannot be written "
                f"({error.__cause__ or error})"
            ) from error
        file_system = self.kind.file_system
        entry = Entry(sha256=digest(file_system, path), bytes=file_system.size(path))
        if self.before and self.before.has(item_id, sha256=entry["sha256"]):
            share_bytes(file_system, new=path, old=self.before.path_of(item_id))
        return item_id, entry

    def _check_id(self, item_id: Any) -> None:
        if not isinstance(item_id, str) or "\\" in item_id:
            raise RefusedItemError(
                f"item id {item_id!r} of collection {self.collection!r} is no text with / between its parts"
            )
        if any(part in {"", ".", ".."} for part in item_id.split("/")):
            raise RefusedItemError(
                f"item id {item_id!r} of collection {self.collection!r} leaves the collection's folder; "
                "use names with / between them"
            )
        if item_id + self.draft.suffix == MANIFEST:
            raise RefusedItemError(
                f"item id {item_id!r} of collection {self.collection!r} is the manifest's name"
            )


def gather(written: Iterator[list[tuple[str, Entry]]], *, collection: str) -> Mapping[str, Entry]:
    """Collect what was written; what fails in making an item is told in one line.

    Raises:
        RefusedItemError: As for `ItemWriter`, or an id appears twice.
        DatasetError: An item cannot be made.
    """
    entries: dict[str, Entry] = {}
    while True:
        try:
            together = next(written)
        except StopIteration:
            return entries
        except RefusedItemError:
            raise
        # Kedro would call a missing input file a wrong path of this dataset.
        except Exception as error:
            place = f"item after {next(reversed(entries))!r}" if entries else "first item"
            raise DatasetError(
                f"{error} ({type(error).__name__} while making the {place} of collection {collection!r})"
            ) from error
        for item_id, entry in together:
            if item_id in entries:
                raise RefusedItemError(
                    f"item id {item_id!r} of collection {collection!r} appears twice"
                )
            entries[item_id] = entry

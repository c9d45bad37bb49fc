"""Collections of items whose versions are complete or absent."""

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from kedro.io.core import (
    AbstractDataset,
    AbstractVersionedDataset,
    DatasetError,
    Version,
    get_protocol_and_path,
    parse_dataset_definition,
)
from kedro_datasets._typing import ImagePreview

from sonolens.datasets.contact_sheet import draw_contact_sheet
from sonolens.datasets.whole_file import digest, open_file_system, share_bytes, whole_file

MANIFEST = "manifest.json"

ItemReader = Callable[[], Any]
Items = Mapping[str, Any] | Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class StoredItem:
    """Reads one item when it is called; it can be sent to other processes."""

    dataset_type: Callable[..., AbstractDataset[Any, Any]]
    config: dict[str, Any]
    filepath: str

    def __call__(self) -> Any:
        """Read the item."""
        return self.open().load()

    def open(self) -> AbstractDataset[Any, Any]:
        """Return the dataset that reads and writes the item."""
        return self.dataset_type(**self.config, filepath=self.filepath)


class VersionedCollection(AbstractVersionedDataset[Items, dict[str, ItemReader]]):
    """Items of one kind, each in a file of its own; a version is one complete folder.

    ``<path>/<version>/<item id><suffix>`` holds an item and ``<path>/<version>/manifest.json``,
    written last, every item's SHA-256 and size. Kedro finds versions by their manifest, so a save
    that failed or was killed is no version. An item that equals the one of the newest version is
    hard-linked to it where the file system can. Always versioned, with or without ``versioned: true``.

    Args:
        path: The folder of all versions, with an fsspec protocol in front unless it is local.
        dataset: Type of an item's dataset, or its type and arguments, as for a
            `PartitionedDataset`; it must take `filepath` and is not versioned itself.
        filename_suffix: Ends the name of every item's file.
        may_be_empty: Whether a version may hold no item; else that is a mistake.
        version: Set by Kedro.
        credentials: Credentials of the file system, also given to the items.
        fs_args: Other arguments of the file system, also given to the items.
        metadata: Left to plugins such as Kedro-Viz. Collections of anything but pictures need
            ``kedro-viz: {preview: false}``.

    Raises:
        DatasetError: If the item's dataset is versioned or names its own file.
    """

    versioned = True
    """Kedro reads this: every catalog entry of this type gets a version."""

    def __init__(
        self,
        *,
        path: str | os.PathLike[str],
        dataset: str | type[AbstractDataset[Any, Any]] | dict[str, Any],
        filename_suffix: str = "",
        may_be_empty: bool = False,
        version: Version | None = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._protocol, folder = get_protocol_and_path(path, version)
        self._fs = open_file_system(self._protocol, credentials=credentials, fs_args=fs_args)
        self._filename_suffix = filename_suffix
        self._may_be_empty = may_be_empty
        self._item_type, self._item_config = parse_dataset_definition(
            dataset if isinstance(dataset, dict) else {"type": dataset}
        )
        for key in ("version", "filepath"):
            if key in self._item_config:
                raise DatasetError(
                    f"the items of collection {PurePosixPath(folder).name!r} have their own {key}; "
                    "remove it from `dataset`, the collection sets it"
                )
        inherited = {"credentials": credentials, "fs_args": fs_args}
        self._item_config = {k: v for k, v in inherited.items() if v} | self._item_config
        self.metadata = metadata
        super().__init__(
            filepath=PurePosixPath(folder),
            version=version or Version(None, None),
            exists_function=self._fs.exists,
            glob_function=self._fs.glob,
        )

    @property
    def item_type(self) -> type[AbstractDataset[Any, Any]]:
        """The type of its items' datasets."""
        return self._item_type

    @property
    def suffix(self) -> str:
        """How the names of its items' files end."""
        return self._filename_suffix

    def load(self) -> dict[str, ItemReader]:
        """List the items of the newest version, or of the one asked for.

        Returns:
            A reader for every item by its id, in the order in which they were saved.
        """
        manifest = self._get_load_path()
        return {item_id: self._item(manifest, item_id) for item_id in self._read_manifest(manifest)}

    def digests(self, version: str | None = None) -> dict[str, str]:
        """Tell the SHA-256 of every item of a version, by default of the one that `load` lists."""
        manifest = self._get_versioned_path(version) if version else self._get_load_path()
        entries = self._read_manifest(manifest)
        return {item_id: entry["sha256"] for item_id, entry in entries.items()}

    def read_bytes(self, version: str, item_id: str) -> bytes:
        """Read the bytes of one item of a version as they lie on disk."""
        path = self._item_path(self._get_versioned_path(version), item_id)
        content: bytes = self._fs.cat_file(path)
        return content

    def save(self, data: Items) -> None:
        """Write a new version item by item.

        Args:
            data: Ids and values, or functions that make the values: a mapping, or anything that
                yields pairs. No more than one value is held at a time. Ids may contain ``/``.

        Raises:
            DatasetError: If there is no item and there must be one, if an id appears twice or would leave the folder, or
                if an item cannot be made or written. No version is left behind.
        """
        manifest = self._get_save_path()
        # A killed save of the same version may have left files, even links into older versions.
        self._remove_folder(manifest)
        try:
            items = self._write_items(manifest, data)
            with whole_file(self._fs, str(manifest)) as file:
                file.write(json.dumps({"items": items}, indent=1).encode("utf-8"))
        except BaseException:
            self._remove_folder(manifest)
            raise
        self._invalidate_cache()

    def preview(self, items: int = 12) -> ImagePreview:
        """Show the first items on a contact sheet in Kedro-Viz."""
        values = [read() for read in islice(self.load().values(), items)]
        return ImagePreview(base64.b64encode(draw_contact_sheet(values)).decode("ascii"))

    def _pairs(self, data: Items) -> Iterator[tuple[str, Any]]:
        """Yield ids and finished values; what fails in making one is told in one line."""
        pairs = iter(data.items() if isinstance(data, Mapping) else data)
        place = "first item"
        while True:
            try:
                item_id, value = next(pairs)
                value = value() if callable(value) else value
            except StopIteration:
                return
            # Kedro would call a missing input file a wrong path of this dataset.
            except Exception as error:
                raise DatasetError(
                    f"{error} ({type(error).__name__} while making the {place} of collection "
                    f"{self._filepath.name!r})"
                ) from error
            yield item_id, value
            del value
            place = f"item after {item_id!r}"

    def _check_id(self, item_id: Any, entries: Mapping[str, Any]) -> None:
        name = self._filepath.name
        if not isinstance(item_id, str) or "\\" in item_id:
            raise DatasetError(
                f"item id {item_id!r} of collection {name!r} is no text with / between its parts"
            )
        if any(part in {"", ".", ".."} for part in item_id.split("/")):
            raise DatasetError(
                f"item id {item_id!r} of collection {name!r} leaves the collection's folder; "
                "use names with / between them"
            )
        if item_id in entries:
            raise DatasetError(f"item id {item_id!r} of collection {name!r} appears twice")
        if item_id + self._filename_suffix == MANIFEST:
            raise DatasetError(f"item id {item_id!r} of collection {name!r} is the manifest's name")

    def _write_items(self, manifest: PurePosixPath, data: Items) -> dict[str, dict[str, Any]]:
        """Write every item and return what the manifest says about it."""
        before = PurePosixPath(next(iter(self._get_versions()), manifest))
        known = {} if before == manifest else self._read_manifest(before)
        entries: dict[str, dict[str, Any]] = {}
        for item_id, value in self._pairs(data):
            self._check_id(item_id, entries)
            entries[item_id] = self._write_item(manifest, item_id, value)
            del value  # the next one is made before this name is bound again
            if item_id in known and known[item_id]["sha256"] == entries[item_id]["sha256"]:
                share_bytes(
                    self._fs,
                    new=self._item_path(manifest, item_id),
                    old=self._item_path(before, item_id),
                )
        if not entries and not self._may_be_empty:
            raise DatasetError(f"collection {self._filepath.name!r} is empty; give it an item")
        return entries

    def _write_item(self, manifest: PurePosixPath, item_id: str, value: Any) -> dict[str, Any]:
        path = self._item_path(manifest, item_id)
        try:
            self._item(manifest, item_id).open().save(value)
        except OSError as error:
            raise DatasetError(
                f"item {item_id!r} of collection {self._filepath.name!r} cannot be written ({error})"
            ) from error
        return {"sha256": digest(self._fs, path), "bytes": self._fs.size(path)}

    def _item(self, manifest: PurePosixPath, item_id: str) -> StoredItem:
        path = self._item_path(manifest, item_id)
        filepath = path if self._protocol == "file" else f"{self._protocol}://{path}"
        return StoredItem(self._item_type, self._item_config, filepath)

    def _item_path(self, manifest: PurePosixPath, item_id: str) -> str:
        return str(manifest.parent / (item_id + self._filename_suffix))

    def _read_manifest(self, manifest: PurePosixPath) -> dict[str, dict[str, Any]]:
        items: dict[str, dict[str, Any]] = json.loads(self._fs.cat_file(str(manifest)))["items"]
        return items

    def _remove_folder(self, manifest: PurePosixPath) -> None:
        if self._fs.exists(str(manifest.parent)):
            self._fs.rm(str(manifest.parent), recursive=True)

    def _get_versioned_path(self, version: str) -> PurePosixPath:
        """Let a version be known by its manifest: `<path>/<version>/manifest.json`."""
        return super()._get_versioned_path(version).with_name(MANIFEST)

    def _exists(self) -> bool:
        return bool(self._fs.exists(str(self._get_load_path())))

    def _release(self) -> None:
        super()._release()
        self._invalidate_cache()

    def _invalidate_cache(self) -> None:
        self._fs.invalidate_cache(str(self._filepath))

    def _describe(self) -> dict[str, Any]:
        return {
            "path": self._filepath,
            "protocol": self._protocol,
            "item": self._item_type.__name__,
            "version": self._version,
        }

"""Collections of items whose versions are complete or absent."""

import base64
import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid4

from fsspec.implementations.local import LocalFileSystem
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
from sonolens.datasets.item_writer import ItemWriter, Named, gather
from sonolens.datasets.manifest import MANIFEST, Entry, Manifest, read_manifest, write_manifest
from sonolens.datasets.new_version import create_object, find_versions, new_version
from sonolens.datasets.seals import (
    Damage,
    DamagedError,
    check_content,
    check_file,
    digest,
    find_damage,
    find_sealed_damage,
    read_seal,
    write_seal,
)
from sonolens.datasets.stored_item import ItemKind, StoredItem
from sonolens.datasets.whole_file import open_file_system
from sonolens.parallel import Pending

ItemReader = Callable[[], Any]
Items = Mapping[str, Any] | Iterable[Named] | Iterable[list[Named]]


class VersionedCollection(AbstractVersionedDataset[Items, dict[str, ItemReader]]):
    """Items of one kind, each in a file of its own; a version is one complete folder.

    ``<path>/<version>/<item id><suffix>`` holds an item and ``<path>/<version>/manifest.json``,
    written last, every item's SHA-256 and size; a seal beside it holds its own. Kedro finds versions by their manifest,
    so a save that failed or was killed is no version. On a local disk a version appears whole, by one rename; in an
    object store its items lie in a folder that its manifest names, so that two savers never mix. What is loaded is
    compared with what was saved. An item that equals the one of the newest version is hard-linked to it where the file
    system can, and read-only. Always versioned, with or without ``versioned: true``.

    Args:
        path: The folder of all versions, with an fsspec protocol in front unless it is local.
        dataset: Type of an item's dataset, or its type and arguments, as for a
            `PartitionedDataset`; it must take `filepath` and is not versioned itself.
        filename_suffix: Ends the name of every item's file.
        may_be_empty: Whether a version may hold no item; else that is a mistake.
        verify: Whether items are compared with their SHA-256 when they are read; the manifest always is.
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
        verify: bool = True,
        version: Version | None = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._protocol, folder = get_protocol_and_path(path, version)
        self._fs = open_file_system(self._protocol, credentials=credentials, fs_args=fs_args)
        self._filename_suffix = filename_suffix
        self._may_be_empty = may_be_empty
        self._verify = verify
        item_type, config = parse_dataset_definition(
            dataset if isinstance(dataset, dict) else {"type": dataset}
        )
        for key in ("version", "filepath"):
            if key in config:
                raise DatasetError(
                    f"the items of collection {PurePosixPath(folder).name!r} have their own {key}; "
                    "remove it from `dataset`, the collection sets it"
                )
        inherited = {"credentials": credentials, "fs_args": fs_args}
        config = {k: v for k, v in inherited.items() if v} | config
        self._kind = ItemKind(self._fs, self._protocol, item_type, config)
        self.metadata = metadata
        super().__init__(
            filepath=PurePosixPath(folder),
            version=version or Version(None, None),
            exists_function=self._fs.exists,
            glob_function=find_versions(self._fs),
        )

    @property
    def item_type(self) -> type[AbstractDataset[Any, Any]]:
        """The type of its items' datasets."""
        item_type: type[AbstractDataset[Any, Any]] = self._kind.dataset_type
        return item_type

    @property
    def suffix(self) -> str:
        """How the names of its items' files end."""
        return self._filename_suffix

    def load(self) -> dict[str, ItemReader]:
        """List the items of the newest version, or of the one asked for.

        Returns:
            A reader for every item by its id, in the order in which they were saved. It raises `DamagedError` if the
            item is not what was saved.

        Raises:
            DamagedError: If the manifest is not what was saved.
        """
        manifest = self._open_manifest(self._get_load_path())
        return {
            item_id: StoredItem(
                item_id, self._kind.at(manifest.path_of(item_id)), known if self._verify else ""
            )
            for item_id, known in manifest.digests().items()
        }

    def digests(self, version: str | None = None) -> dict[str, str]:
        """Tell the SHA-256 of every item of a version, by default of the one that `load` lists."""
        path = self._get_versioned_path(version) if version else self._get_load_path()
        return self._open_manifest(path).digests()

    def byte_readers(self, version: str) -> dict[str, Callable[[], bytes]]:
        """Tell how the bytes of every item of a version are read as they were saved; the manifest is opened once.

        Returns:
            A reader for every item by its id. It raises `DamagedError` if the item is not what was saved.

        Raises:
            DamagedError: If the manifest is not what was saved.
        """
        manifest = self._open_manifest(self._get_versioned_path(version))
        return {
            item_id: partial(self._read_bytes, item_id, manifest.path_of(item_id), known)
            for item_id, known in manifest.digests().items()
        }

    def is_readable(self, version: str) -> bool:
        """Say whether a version has a manifest that lists items; an empty or broken one lists none."""
        try:
            read_manifest(self._fs, str(self._get_versioned_path(version)), self._filename_suffix)
        except (OSError, ValueError):
            return False
        return True

    def find_damage(self, version: str) -> Iterator[Damage]:
        """Find what in a version is not as it was saved: its manifest, or items that are gone or changed."""
        path = str(self._get_versioned_path(version))
        yield from find_sealed_damage(self._fs, path)
        try:
            manifest = read_manifest(self._fs, path, self._filename_suffix)
        except ValueError:
            yield Damage(path, "", digest(self._fs, path))
            return
        for item_id, expected in manifest.digests().items():
            place = manifest.path_of(item_id)
            if damage := find_damage(self._fs, place, expected=expected, item=item_id):
                yield damage

    def save(self, data: Items) -> None:
        """Write a new version item by item; results that are `Pending` are written where they are made.

        Args:
            data: Ids and values, or functions that make the values: a mapping, or anything that
                yields pairs, or lists of pairs that were made together. No more than one value, or list, is held at a
                time by whoever makes them. Ids may contain ``/``.

        Raises:
            DatasetError: If there is no item and there must be one, if an id appears twice or would leave the folder, or
                if an item cannot be made or written. No version is left behind.
            VersionTakenError: If another process has saved the version meanwhile.
        """
        path = str(self._get_save_path())
        folder = path.removesuffix(f"/{MANIFEST}")
        if isinstance(self._fs, LocalFileSystem):
            with new_version(folder, main=MANIFEST) as draft:
                entries = self._write_items(Manifest(draft, {}, self._filename_suffix), data)
                content = write_manifest(entries)
                self._fs.pipe_file(f"{draft}/{MANIFEST}", content)
                self._seal(f"{draft}/{MANIFEST}", content)
        else:
            self._save_objects(folder, data)
        self._invalidate_cache()

    def preview(self, items: int = 12) -> ImagePreview:
        """Show the first items on a contact sheet in Kedro-Viz."""
        values = [read() for read in islice(self.load().values(), items)]
        return ImagePreview(base64.b64encode(draw_contact_sheet(values)).decode("ascii"))

    def _save_objects(self, folder: str, data: Items) -> None:
        """Write items where no other saver writes, then the manifest that makes them the version's."""
        own = uuid4().hex[:8]
        try:
            entries = self._write_items(
                Manifest(f"{folder}/{own}", {}, self._filename_suffix), data
            )
            content = write_manifest(entries, folder=own)
            create_object(self._fs, f"{folder}/{MANIFEST}", content)
        except BaseException:
            if self._fs.exists(f"{folder}/{own}"):
                self._fs.rm(f"{folder}/{own}", recursive=True)
            raise
        self._seal(f"{folder}/{MANIFEST}", content)

    def _seal(self, path: str, content: bytes) -> None:
        write_seal(self._fs, path, digests={MANIFEST: hashlib.sha256(content).hexdigest()})

    def _write_items(self, draft: Manifest, data: Items) -> Mapping[str, Entry]:
        """Write every item into the folder of a draft and return what the manifest says about it."""
        name = self._filepath.name
        write = ItemWriter(name, self._kind, draft, self._manifest_before())
        # Closed before the draft is removed, should it come to that: others may still be writing into it.
        with closing(_each_written(write, data)) as written:
            entries = gather(written, collection=name)
        if not entries and not self._may_be_empty:
            raise DatasetError(f"collection {name!r} is empty; give it an item")
        return entries

    def _manifest_before(self) -> Manifest | None:
        """Read the newest manifest that can be read, whose items new ones may share their bytes with."""
        for path in self._get_versions():
            with suppress(OSError, ValueError):
                return read_manifest(self._fs, path, self._filename_suffix)
        return None

    def _read_bytes(self, item_id: str, path: str, known: str) -> bytes:
        content: bytes = self._fs.cat_file(path)
        check_content(content, path=path, expected=known, item=item_id)
        return content

    def _open_manifest(self, path: PurePosixPath) -> Manifest:
        """Read a manifest that is what was saved."""
        expected = read_seal(self._fs, str(path)).get(MANIFEST)
        check_file(self._fs, str(path), expected=expected)
        try:
            return read_manifest(self._fs, str(path), self._filename_suffix)
        except ValueError:
            raise DamagedError(Damage(str(path), "", digest(self._fs, str(path)))) from None

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
            "item": self.item_type.__name__,
            "version": self._version,
        }


def _each_written(write: ItemWriter, data: Items) -> Generator[list[tuple[str, Entry]], None, None]:
    pairs = data.items() if isinstance(data, Mapping) else data
    yield from pairs.then(write) if isinstance(pairs, Pending) else map(write, pairs)

"""What lies in the folders of versioned datasets, and how it is removed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io import AbstractVersionedDataset, CatalogProtocol

from sonolens.datasets.checkpoint_folder import SUFFIX, CheckpointFolderDataset
from sonolens.datasets.versions import complete_versions, versioned_datasets
from sonolens.datasets.whole_file import is_passing
from sonolens.past_runs import RUN_ID


@dataclass(frozen=True)
class Found:
    """A version, half of one, or a file that lies in the data root.

    Attributes:
        dataset: The dataset's name.
        version: The run that wrote it; empty where that is not known.
        path: Its folder or file.
        kind: ``version``, ``half`` (a folder that never became a version), ``part`` (a file that was being written) or
            ``checkpoint``.
        files: All files in it with their sizes in bytes.
        file_system: Where it lies.
    """

    dataset: str
    version: str
    path: str
    kind: str
    files: Mapping[str, int]
    file_system: fsspec.AbstractFileSystem

    def is_old(self, *, age: timedelta, now: datetime) -> bool:
        """Say whether nothing in it was touched for so long; what cannot tell its age counts as young."""
        return all(
            _is_old(self.file_system, path, age=age, now=now) for path in self.files or [self.path]
        )

    def remove(self) -> None:
        """Remove it; hard links to the same bytes elsewhere stay as they are."""
        self.file_system.rm(self.path, recursive=self.kind in {"version", "half"})


def find_stored(catalog: CatalogProtocol[Any, Any]) -> Iterator[Found]:
    """Find all versions of a catalog's datasets, and what killed runs left beside them."""
    for name, dataset in versioned_datasets(catalog, set(catalog.keys())).items():
        yield from _find_versions(name, dataset)
    for name in sorted(catalog.keys()):
        folder = catalog.get(name)
        if isinstance(folder, CheckpointFolderDataset):
            yield from _find_checkpoints(name, folder)


def count_freed_bytes(doomed: Iterable[Found]) -> int:
    """Count the bytes that removing frees: of files with several names only if all of them go."""
    freed, links, sizes = 0, Counter[tuple[int, int]](), {}
    for found in doomed:
        for path, size in found.files.items():
            if not isinstance(found.file_system, LocalFileSystem):
                freed += size
                continue
            told = Path(path).lstat()
            links[told.st_dev, told.st_ino] += 1
            sizes[told.st_dev, told.st_ino] = (told.st_nlink, told.st_size)
    return freed + sum(sizes[file][1] for file, count in links.items() if count >= sizes[file][0])


def _find_versions(name: str, dataset: AbstractVersionedDataset[Any, Any]) -> Iterator[Found]:
    file_system: fsspec.AbstractFileSystem = dataset._fs  # type: ignore[attr-defined]
    folder, complete = str(dataset._filepath), set(complete_versions(dataset))
    files = _list_files(file_system, folder)
    by_version: dict[str, dict[str, int]] = {
        each: {} for each in _list_folders(file_system, folder)
    }
    for path, size in files.items():
        version = path[len(folder) :].strip("/").split("/")[0]
        if version in by_version:
            by_version[version][path] = size
    for version, inside in sorted(by_version.items(), reverse=True):
        if is_passing(version):  # a version that was being written
            yield Found(name, "", f"{folder}/{version}", "half", inside, file_system)
        if not RUN_ID.fullmatch(version):
            continue
        kind = "version" if version in complete else "half"
        yield Found(name, version, f"{folder}/{version}", kind, inside, file_system)
        if kind == "version":
            for path, size in inside.items():
                if is_passing(PurePosixPath(path).name):
                    yield Found(name, version, path, "part", {path: size}, file_system)


def _find_checkpoints(name: str, dataset: CheckpointFolderDataset) -> Iterator[Found]:
    folder = dataset.load()
    for path, size in sorted(_list_files(folder.file_system, folder.path).items()):
        if is_passing(PurePosixPath(path).name):
            yield Found(name, "", path, "part", {path: size}, folder.file_system)
        elif path.endswith(SUFFIX):
            yield Found(name, "", path, "checkpoint", {path: size}, folder.file_system)


def _list_files(file_system: fsspec.AbstractFileSystem, folder: str) -> dict[str, int]:
    file_system.invalidate_cache(folder)
    if not file_system.exists(folder):
        return {}
    found = file_system.find(folder, detail=True)
    return {str(path): int(told.get("size") or 0) for path, told in found.items()}


def _list_folders(file_system: fsspec.AbstractFileSystem, folder: str) -> Sequence[str]:
    if not file_system.isdir(folder):
        return []
    told = file_system.ls(folder, detail=True)
    return [
        str(each["name"]).rstrip("/").rpartition("/")[2]
        for each in told
        if each["type"] == "directory"
    ]


def _is_old(
    file_system: fsspec.AbstractFileSystem, path: str, *, age: timedelta, now: datetime
) -> bool:
    try:
        if isinstance(file_system, LocalFileSystem):
            touched = datetime.fromtimestamp(Path(path).lstat().st_mtime, tz=UTC)
        else:
            touched = file_system.modified(path)
    except (NotImplementedError, OSError, KeyError):
        return False
    return now - (touched if touched.tzinfo else touched.replace(tzinfo=UTC)) >= age

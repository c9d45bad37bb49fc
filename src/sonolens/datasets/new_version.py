"""Versions of a dataset as folders that appear whole: prepared aside, on the disk, and published by one rename."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from kedro.io.core import DatasetError

from sonolens.datasets.whole_file import passing_name, sync

SYNCING = 8
"""Files that the disk is asked to keep at the same time: it writes them down together."""


class VersionTakenError(DatasetError):
    """Another process has saved the same version meanwhile."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} was saved by another process meanwhile, and a version is written once; give each run a "
            "KEDRO_RUN_ID of its own, or let processes of one run make different datasets"
        )


@contextmanager
def new_version(folder: str, *, main: str) -> Iterator[str]:
    """Write the files of a version into a local folder that appears when the block ends well.

    Of several writers of one version, one succeeds; nobody waits. Whatever stops the block leaves no version.

    Args:
        folder: What the version's folder will be called.
        main: Name of the file in it that makes it a version.

    Yields:
        The folder to write into; it lies beside and is hidden.

    Raises:
        VersionTakenError: If the version is there when it is to be published.
    """
    draft = Path(passing_name(folder))
    draft.mkdir(parents=True)
    try:
        yield draft.as_posix()
        _sync_all(draft)
        _publish(draft, Path(folder), main)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync(draft.parent)


def create_object(file_system: fsspec.AbstractFileSystem, path: str, content: bytes) -> None:
    """Write the object that makes a version in an object store, which shows it when all of it has arrived.

    Raises:
        VersionTakenError: If it is there; of several writers at once, all but one are refused where the store can tell
            (S3, Google Cloud Storage and Azure can).
    """
    try:
        file_system.pipe_file(path, content, mode="create")
    except FileExistsError:
        raise VersionTakenError(path) from None


def find_versions(file_system: fsspec.AbstractFileSystem) -> partial[list[str]]:
    """Return what finds the versions that match ``<folder>/*/<name>``, as Kedro asks for it.

    Folders may be called as anybody likes: ``[``, ``*`` and ``?`` in them are letters.
    """
    return partial(_find_versions, file_system)


def _find_versions(file_system: fsspec.AbstractFileSystem, pattern: str) -> list[str]:
    folder, _, name = pattern.rpartition("/*/")
    if not isinstance(file_system, LocalFileSystem):
        return _find_objects(file_system, folder, name)
    if not Path(folder).is_dir():
        return []
    with os.scandir(folder) as entries:
        versions = [entry.name for entry in entries if not entry.name.startswith(".")]
    paths = [f"{folder}/{version}/{name}" for version in versions]
    return [path for path in paths if Path(path).is_file()]


def _find_objects(file_system: fsspec.AbstractFileSystem, folder: str, name: str) -> list[str]:
    if not set(folder) & set("[]*?{}"):
        return list(file_system.glob(f"{folder}/*/{name}"))
    if not file_system.exists(folder):
        return []
    inside = file_system.ls(folder, detail=False)
    paths = [f"{str(each).rstrip('/')}/{name}" for each in inside]
    return [path for path in paths if file_system.exists(path)]


def _sync_all(draft: Path) -> None:
    """Have the disk keep all files of a draft, then the folders that name them."""
    folders = [Path(folder) for folder, _, _ in os.walk(draft)]
    files = [Path(folder) / name for folder, _, names in os.walk(draft) for name in names]
    with ThreadPoolExecutor(SYNCING) as pool:
        list(pool.map(sync, [*files, *folders]))


def _publish(draft: Path, folder: Path, main: str) -> None:
    try:
        draft.rename(folder)  # refuses where there is a folder that holds something
    except OSError as error:
        if not folder.is_dir():
            raise
        _clear_torso(folder, main, error)
        _publish(draft, folder, main)


def _clear_torso(folder: Path, main: str, error: OSError) -> None:
    """Put away a folder that never became a version, as a killed run of an older sonolens left."""
    if (folder / main).exists():
        raise VersionTakenError(folder.as_posix()) from error
    aside = Path(passing_name(folder.as_posix()))
    try:
        folder.rename(aside)
    except FileNotFoundError:
        return  # somebody else put it away
    if (aside / main).exists():  # it was published between the look and the move
        aside.rename(folder)
        raise VersionTakenError(folder.as_posix()) from error
    shutil.rmtree(aside, ignore_errors=True)

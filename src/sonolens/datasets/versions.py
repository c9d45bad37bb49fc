"""Versions of catalog entries: which are complete, which is read, which is written.

The one place that touches Kedro's private `_version`: Kedro has no public way to fix the version of a
dataset that is already in a catalog. ParallelRunner pickles the datasets, so what is set here
travels with them.
"""

from collections.abc import Iterator
from typing import Any

from kedro.io import AbstractVersionedDataset, CatalogProtocol, Version

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.seals import Damage, digest, read_seal
from sonolens.datasets.versioned_collection import VersionedCollection


def versioned_datasets(
    catalog: CatalogProtocol[Any, Any], names: set[str]
) -> dict[str, AbstractVersionedDataset[Any, Any]]:
    """Return those of the named datasets that have versions, in alphabetical order."""
    found = {name: catalog.get(name) for name in sorted(names) if name in catalog}
    return {
        name: dataset
        for name, dataset in found.items()
        if isinstance(dataset, AbstractVersionedDataset) and dataset._version is not None
    }


def fix_versions(dataset: AbstractVersionedDataset[Any, Any], *, load: str, save: str) -> None:
    """Fix which version `dataset` reads and which it writes from now on."""
    dataset._version = Version(load, save)


def complete_versions(dataset: AbstractVersionedDataset[Any, Any]) -> list[str]:
    """List the complete versions, newest first; none is no error."""
    dataset.release()  # another process may have written since the file system was listed
    versions: list[str] = dataset.list_versions(full_path=False)
    return versions


def is_readable(dataset: AbstractVersionedDataset[Any, Any], version: str) -> bool:
    """Say whether a complete version can be listed at all; a collection's with a broken manifest cannot."""
    return dataset.is_readable(version) if isinstance(dataset, VersionedCollection) else True


def find_damage_of(dataset: AbstractVersionedDataset[Any, Any], version: str) -> Iterator[Damage]:
    """Find what in a version is not as it was saved; what has no seal cannot be told."""
    if isinstance(dataset, VersionedCollection | WholeFileDataset):
        yield from dataset.find_damage(version)


def is_sealed(dataset: AbstractVersionedDataset[Any, Any], version: str) -> bool:
    """Say whether it is known what a version was saved with."""
    path = str(dataset._get_versioned_path(version))
    return bool(read_seal(dataset._fs, path))  # type: ignore[attr-defined]


def remove_version(dataset: AbstractVersionedDataset[Any, Any], version: str) -> None:
    """Remove a version and its folder; hard links to the same bytes elsewhere stay as they are."""
    path = dataset._get_versioned_path(version)
    dataset._fs.rm(str(path.parent), recursive=True)  # type: ignore[attr-defined]
    dataset.release()


def file_of(dataset: AbstractVersionedDataset[Any, Any], version: str) -> str:
    """Return where one version of a single-file dataset lies."""
    return str(dataset._get_versioned_path(version))


def fingerprint(dataset: AbstractVersionedDataset[Any, Any], version: str) -> str | None:
    """Return the SHA-256 of a version's file, or of a collection's manifest.

    Returns:
        Hexadecimal digits; None for a dataset that keeps neither.
    """
    file_system = getattr(dataset, "_fs", None)
    path = str(dataset._get_versioned_path(version))
    if file_system is None or not file_system.isfile(path):
        return None
    return digest(file_system, path)

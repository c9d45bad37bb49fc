"""Manifests: what items a version of a collection holds, where they lie and what they were saved with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import fsspec

MANIFEST = "manifest.json"


class Entry(TypedDict):
    """What a manifest says about an item."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """The items of one version.

    Attributes:
        folder: Where they lie.
        items: What is said of them, by id, in the order in which they were saved.
        suffix: How the names of their files end.
    """

    folder: str
    items: Mapping[str, Entry]
    suffix: str

    def path_of(self, item_id: str) -> str:
        """Return where an item lies."""
        return f"{self.folder}/{item_id}{self.suffix}"

    def has(self, item_id: str, *, sha256: str) -> bool:
        """Say whether an item was saved with these bytes."""
        return item_id in self.items and self.items[item_id]["sha256"] == sha256

    def digests(self) -> dict[str, str]:
        """Tell the SHA-256 of every item by its id."""
        return {item_id: entry["sha256"] for item_id, entry in self.items.items()}


def write_manifest(items: Mapping[str, Entry], *, folder: str = "") -> bytes:
    """Turn what is known of items into the bytes of a manifest.

    Args:
        items: What is said of them by id.
        folder: Where they lie, seen from the manifest; empty for beside it.
    """
    document = {"folder": folder, "items": items} if folder else {"items": items}
    return json.dumps(document, indent=1).encode("utf-8")


def read_manifest(file_system: fsspec.AbstractFileSystem, path: str, suffix: str) -> Manifest:
    """Read a manifest.

    Args:
        file_system: Where it lies.
        path: The manifest.
        suffix: How the names of its items' files end.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If it is empty or broken.
    """
    beside = path.rpartition("/")[0]
    try:
        document = json.loads(file_system.cat_file(path))
        folder = document.get("folder", "")
        items = {
            str(item_id): Entry(sha256=str(entry["sha256"]), bytes=int(entry["bytes"]))
            for item_id, entry in document["items"].items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no manifest ({error})") from error
    return Manifest(f"{beside}/{folder}" if folder else beside, items, suffix)

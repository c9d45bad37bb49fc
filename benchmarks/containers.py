"""What many small files cost beside one container: maps of 7x7 cells as our collection, as a zip of arrays, as zarr shards.

Told of each: seconds to write, to list the ids, to read one of them from a fresh start, to read all and compare them with
what was saved; files, megabytes on the disk, and the requests that an object store would get for the same. Zarr is no
part of the project: ``pip install zarr``, else it is left out.

    python benchmarks/containers.py [--items 10000 100000]
"""

import argparse
import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from kedro.io.core import Version, generate_timestamp

from sonolens.datasets import NumpyArrayDataset, VersionedCollection

try:
    import zarr
except ImportError:
    zarr = None

CELLS = (7, 7)
SHARD = 10_000
"""Maps in one shard of zarr; a chunk, which is what is read at least, holds `CHUNK`."""

CHUNK = 100
READ = 50
"""Single reads, of which the median is told."""


def draw_maps(count: int) -> Iterator[tuple[str, np.ndarray]]:
    """Maps by id, each of its own numbers."""
    rng = np.random.default_rng(0)
    for number in range(count):
        yield f"cam/net/s{number:06}", rng.standard_normal(CELLS).astype(np.float32)


@dataclass(frozen=True)
class Way:
    """A way to keep maps: how to write, list, read one and verify all, and the requests that these are to a store."""

    write: Callable[[Path, int], None]
    list_ids: Callable[[Path], list[str]]
    read_one: Callable[[Path, str], Any]
    verify: Callable[[Path], int]
    requests: Callable[[int], tuple[int, int, int]]
    """To write all, to read one from a fresh start, to read all."""


def open_collection(folder: Path, version: str | None = None) -> VersionedCollection:
    """Our collection, as the catalog makes it."""
    return VersionedCollection(
        path=str(folder),
        dataset=NumpyArrayDataset,
        filename_suffix=".npy",
        version=Version(None, version),
    )


def read_collection(folder: Path, name: str) -> Any:
    """One item from a fresh start; it is compared with its SHA-256."""
    return open_collection(folder).load()[name]()


OURS = Way(
    write=lambda folder, count: open_collection(folder, generate_timestamp()).save(draw_maps(count)),
    list_ids=lambda folder: list(open_collection(folder).load()),
    read_one=read_collection,
    verify=lambda folder: sum(1 for read in open_collection(folder).load().values() if read() is not None),
    requests=lambda count: (count + 2, 3, count + 2),
)  # fmt: skip


def write_zip(folder: Path, count: int) -> None:
    """One uncompressed zip of arrays with their hashes beside it."""
    hashes = {}
    with ZipFile(folder / "maps.npz", "w") as archive:
        for name, saliency in draw_maps(count):
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, saliency)
            hashes[name] = hashlib.sha256(saliency.tobytes()).hexdigest()
    (folder / "hashes.json").write_text(json.dumps(hashes))


def verify_zip(folder: Path) -> int:
    """Read all and compare."""
    hashes = json.loads((folder / "hashes.json").read_text())
    with np.load(folder / "maps.npz") as archive:
        return sum(
            hashlib.sha256(archive[name].tobytes()).hexdigest() == hashes[name] for name in archive
        )


def read_zip(folder: Path, name: str) -> Any:
    """One item from a fresh start: the zip's own list of its members is read first."""
    with np.load(folder / "maps.npz") as archive:
        return archive[name]


def list_zip(folder: Path) -> list[str]:
    """The names of its members."""
    with np.load(folder / "maps.npz") as archive:
        return list(archive)


ZIP = Way(write_zip, list_zip, read_zip, verify_zip, requests=lambda _: (2, 3, 3))


def write_zarr(folder: Path, count: int) -> None:
    """One array of all maps in shards, their ids and hashes beside it."""
    group = zarr.open_group(folder / "maps.zarr", mode="w")
    maps = group.create_array(
        "maps", shape=(count, *CELLS), chunks=(CHUNK, *CELLS), shards=(SHARD, *CELLS), dtype="f4"
    )
    names, hashes, held = [], [], []
    for name, saliency in draw_maps(count):
        names.append(name)
        held.append(saliency)
        hashes.append(hashlib.sha256(saliency.tobytes()).hexdigest())
        if len(held) == SHARD or len(names) == count:
            maps[len(names) - len(held) : len(names)] = np.stack(held)
            held = []
    (folder / "ids.json").write_text(json.dumps([names, hashes]))


def open_zarr(folder: Path) -> tuple[list[str], list[str], Any]:
    """Ids, hashes and the array."""
    names, hashes = json.loads((folder / "ids.json").read_text())
    return names, hashes, zarr.open_group(folder / "maps.zarr", mode="r")["maps"]


def read_zarr(folder: Path, name: str) -> Any:
    """One item from a fresh start."""
    names, _, maps = open_zarr(folder)
    return maps[names.index(name)]


def verify_zarr(folder: Path) -> int:
    """Read all, shard by shard, and compare."""
    names, hashes, maps = open_zarr(folder)
    same = 0
    for start in range(0, len(names), SHARD):
        for place, saliency in enumerate(maps[start : start + SHARD], start=start):
            same += hashlib.sha256(saliency.tobytes()).hexdigest() == hashes[place]
    return same


def count_zarr(count: int) -> tuple[int, int, int]:
    """Shards and metadata; of a shard its index and one chunk are read."""
    shards = -(-count // SHARD)
    return shards + 3, 5, shards + 3


ZARR = Way(write_zarr, lambda folder: open_zarr(folder)[0], read_zarr, verify_zarr, count_zarr)


def measure(way: Way, count: int) -> dict[str, float]:
    """Write, list, read and verify in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    try:
        told = {"write s": take(lambda: way.write(folder, count))}
        names: list[str] = []
        told["list s"] = take(lambda: names.extend(way.list_ids(folder)))
        asked = np.random.default_rng(1).choice(names, READ)
        single = [take(lambda name=name: way.read_one(folder, str(name))) for name in asked]
        told["read one ms"] = 1000 * float(np.median(single))
        same: list[int] = []
        told["verify s"] = take(lambda: same.append(way.verify(folder)))
        if same != [count]:
            raise ValueError(f"{same} of {count} maps came back as they were")
        kept = [path for path in folder.rglob("*") if path.is_file()]
        told["files"] = len(kept)
        told["MB"] = sum(path.stat().st_blocks * 512 for path in kept) / 1e6
        told |= dict(zip(("PUT all", "GET one", "GET all"), way.requests(count), strict=True))
    finally:
        shutil.rmtree(folder)
    return told


def take(work: Callable[[], Any]) -> float:
    """Seconds by the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure every way at every size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    ways = {"collection": OURS, "zip": ZIP}
    if zarr is None:
        print("zarr is left out: it is not installed")
    else:
        ways["zarr"] = ZARR
    for count in parser.parse_args().items:
        found = {name: measure(way, count) for name, way in ways.items()}
        print(f"\n{count:,} maps" + "".join(f"{name:>14}" for name in found))
        for row in next(iter(found.values())):
            print(
                f"{row:<13}" + "".join(f"{told[row]:>14,.4g}" for told in found.values()),
                flush=True,
            )


if __name__ == "__main__":
    main()

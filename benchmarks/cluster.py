"""What a cluster costs beside threads: overhead per scan of a large study, and efficiency of two workers."""

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from dask.distributed import Client, LocalCluster

from sonolens.parallel import in_parallel

STUDY_BYTES = 4_800_000
"""What the table of 20,000 scans and their readers take when they are packed."""

WAIT_SECONDS = 0.05
"""Work that keeps no core busy, as reading from a slow disk; so that two workers are compared, not two cores."""


def look(study: bytes, number: int) -> int:
    """Do next to nothing with a large study."""
    return number if study else -1


def wait(number: int) -> int:
    """Wait for a disk."""
    time.sleep(WAIT_SECONDS)
    return number


def measure(work: Callable[[int], int], items: int) -> float:
    """Return the seconds that all items take; their results are checked."""
    started = time.perf_counter()
    results = np.fromiter(in_parallel(work, range(items)), int, items)
    if not (results == np.arange(items)).all():
        raise RuntimeError("results are not those of the items")
    return time.perf_counter() - started


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000, help="scans of the large study")
    items = parser.parse_args().items
    study = np.random.default_rng(0).bytes(STUDY_BYTES)
    print(f"threads: {1000 * measure(partial(look, study), items) / items:.3f} ms per scan")
    for workers in (1, 2):
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=":0"
            ) as cluster,
            Client(cluster) as client,
        ):
            client.wait_for_workers(workers)
            overhead = measure(partial(look, study), items) / items
            waiting = measure(wait, 200)
            ideal = 200 * WAIT_SECONDS / workers
            print(
                f"{workers} workers: {1000 * overhead:.2f} ms per scan, efficiency {ideal / waiting:.2f} of work that "
                "waits for a disk"
            )


if __name__ == "__main__":
    main()

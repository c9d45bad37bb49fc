"""What sealing, comparing and syncing cost in a whole run: seconds in each, and their share of it."""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from sonolens.datasets import (
    file_dataset,
    item_writer,
    new_version,
    stored_item,
    versioned_collection,
)

WATCHED = {
    "comparing what is loaded": (
        (file_dataset, "check_content"),
        (file_dataset, "check_file"),
        (stored_item, "check_file"),
        (versioned_collection, "check_file"),
    ),
    "sealing what is saved": (
        (file_dataset, "digest"),
        (file_dataset, "write_seal"),
        (item_writer, "digest"),
        (versioned_collection, "write_seal"),
    ),
    "reading seals": ((file_dataset, "read_seal"), (versioned_collection, "read_seal")),
    "asking the disk to keep it": ((new_version, "_sync_all"),),
}


def main() -> None:
    """Run an environment into a fresh folder and tell where the seconds went that keep data whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--env", default=None, help="as for `kedro run`; default: the built-in study"
    )
    env = parser.parse_args().env
    seconds: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for name, functions in WATCHED.items():
        for module, function in functions:
            watched = _watch(getattr(module, function), name, seconds, calls)
            setattr(module, function, watched)
    project = Path(__file__).parents[1]
    bootstrap_project(project)
    with tempfile.TemporaryDirectory() as root:
        started = time.perf_counter()
        params = {"data_root": root}
        with KedroSession.create(project, env=env, runtime_params=params) as session:
            session.run()
        whole = time.perf_counter() - started
    print(f"{'':30}{'calls':>8}{'seconds':>10}{'share':>8}")
    for name in WATCHED:
        print(f"{name:30}{calls[name]:8d}{seconds[name]:10.2f}{seconds[name] / whole:8.2%}")
    total = sum(seconds.values())
    print(
        f"{'all of it':30}{sum(calls.values()):8d}{total:10.2f}{total / whole:8.2%} of {whole:.0f} s"
    )


def _watch(
    function: Callable[..., Any], name: str, seconds: Counter[str], calls: Counter[str]
) -> Callable[..., Any]:
    @wraps(function)
    def watched(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            seconds[name] += time.perf_counter() - started
            calls[name] += 1

    return watched


if __name__ == "__main__":
    main()

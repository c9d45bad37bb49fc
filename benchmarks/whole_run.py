"""How a whole run grows with a study: every node's seconds, CPU and peak memory, from a thousand scans on.

Scans are pictures of random speckle with a dark ellipse as mass, written to a folder and read from there as a user's are. The
network is the tiny one and learns for one epoch, so that what is measured is everything around it. Every size runs in a process
of its own.

    python benchmarks/whole_run.py [--scans 1000 10000] [--rows 160 --cols 200] [--table runs.csv]
    python benchmarks/whole_run.py --plot runs.csv --figure docs/figures/performance.png
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy.ndimage import gaussian_filter

PROJECT = Path(__file__).parents[1]
SCANS_PER_PATIENT = 4
SPACING_MM = 0.2

PARAMS = [
    "training.networks=tiny",
    "training.epochs=1",
    "framing.size_px=96",
]
"""One network, everything else as it is configured; the built-in study's options are not a manifest's."""


def write_study(folder: Path, scans: int, *, rows: int, cols: int) -> Path:
    """Write so many scans and their masks with a manifest; a malignant mass is darker."""
    rng = np.random.default_rng(0)
    down, across = np.mgrid[:rows, :cols]
    listed = []
    for place in range(scans):
        centre = rows * rng.uniform(0.35, 0.5), cols * rng.uniform(0.4, 0.6)
        radii = rows * rng.uniform(0.12, 0.2), cols * rng.uniform(0.1, 0.2)
        mass = ((down - centre[0]) / radii[0]) ** 2 + ((across - centre[1]) / radii[1]) ** 2 <= 1
        malignant = place // SCANS_PER_PATIENT % 2
        speckle = gaussian_filter(rng.normal(size=(rows, cols)), 1.5)
        scan = 90 + 30 * speckle / speckle.std()
        scan[mass] *= 0.6 if malignant else 0.8
        name = f"{place:06}"
        for kind, picture in (("scans", scan.clip(0, 255)), ("masks", 255 * mass)):
            path = folder / kind / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.astype(np.uint8)).save(path, compress_level=1)
        listed.append(
            {
                "image": f"scans/{name}.png",
                "mask": f"masks/{name}.png",
                "label": ("benign", "malignant")[malignant],
                "patient_id": f"P{place // SCANS_PER_PATIENT:06}",
                "lesion_id": f"L{place // SCANS_PER_PATIENT:06}",
                "spacing_mm": SPACING_MM,
            }
        )
    pd.DataFrame(listed).to_csv(folder / "manifest.csv", index=False)
    return folder / "manifest.csv"


def run_study(manifest: Path, root: Path, *, env: str, more: list[str]) -> dict[str, float]:
    """Run the whole project on it; what it took, in all and by node."""
    told = [*PARAMS, f"study.path={manifest}", f"data_root={root}", *more]
    command = [sys.executable, "-m", "kedro", "run", "--env", env, "--params", ",".join(told)]
    started = time.perf_counter()
    quiet = os.environ | {"DO_NOT_TRACK": "1"}
    subprocess.run(command, cwd=PROJECT, check=True, env=quiet)  # noqa: S603 - our own
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    records = root.glob("08_reporting/run_record.json/**/*.json")
    told = [json.loads(record.read_text()) for record in records]
    (steps,) = (each["steps"] for each in told if each.get("status") == "complete")
    return {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_gib": used.ru_maxrss / 2**20,
        **{f"node:{name}": taken for name, taken in steps.items()},
    }


def measure(scans: int, given: argparse.Namespace) -> None:
    """Measure one size, and print it as JSON on the last line."""
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        study = Path(folder) / "study"
        manifest = write_study(study, scans, rows=given.rows, cols=given.cols)
        found = run_study(manifest, Path(folder) / "data", env=given.env, more=given.params)
    print(json.dumps({"scans": scans, "rows": given.rows, "cols": given.cols} | found))


def slope(before: pd.Series, after: pd.Series, column: str) -> float:
    """Slope of log seconds on log scans from one size to the next; 1 is proportional."""
    return math.log(after[column] / before[column]) / math.log(after["scans"] / before["scans"])


def tell(runs: pd.DataFrame) -> None:
    """Print what runs took, and which nodes grow faster than the study."""
    runs = runs.sort_values("scans")
    for before, after in zip([None, *range(len(runs) - 1)], range(len(runs)), strict=True):
        run = runs.iloc[after]
        grown = (
            "" if before is None else f", slope {slope(runs.iloc[before], run, 'cpu_seconds'):.2f}"
        )
        print(
            f"{run['scans']:8.0f} scans: {run['seconds']:7.0f} s, CPU {run['cpu_seconds']:7.0f} s{grown}, "
            f"peak {run['peak_gib']:.2f} GiB"
        )
    nodes = runs.filter(like="node:").iloc[-1].sort_values(ascending=False).head(15)
    for name in nodes.index:
        line = " ".join(f"{each:9.1f}" for each in runs[name])
        grown = slope(runs.iloc[-2], runs.iloc[-1], name) if len(runs) > 1 else float("nan")
        print(f"{name.removeprefix('node:'):50}{line} s, slope {grown:.2f}")


def draw(runs: pd.DataFrame, path: Path) -> None:
    """Draw seconds and peak memory by the number of scans."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - not where a run is measured

    runs = runs.sort_values("scans")
    figure = Figure(figsize=(8, 4), layout="constrained")
    time_axis, memory_axis = figure.subplots(1, 2)
    time_axis.loglog(runs["scans"], runs["cpu_seconds"], "o-", color="C0", label="whole run")
    longest = runs.filter(like="node:").iloc[-1].sort_values(ascending=False).head(5).index
    for place, name in enumerate(longest, start=1):
        label = name.rpartition(".")[2].removeprefix("node:").replace("_", " ")
        time_axis.loglog(runs["scans"], runs[name], ".-", lw=1, color=f"C{place}", label=label)
    ends = runs["scans"].iloc[[0, -1]]
    time_axis.loglog(
        ends, runs["cpu_seconds"].iloc[0] * ends / ends.iloc[0], "k:", lw=1, label="proportional"
    )
    time_axis.set(xlabel="scans", ylabel="seconds", title="Time of a run, and its longest steps")
    figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    memory_axis.semilogx(runs["scans"], runs["peak_gib"], "o-")
    memory_axis.set(
        xlabel="scans",
        ylabel="GiB",
        title="Peak memory of the process",
        ylim=(0, 1.2 * runs["peak_gib"].max()),
    )
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure every size in a process of its own, or tell of a table that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rows", type=int, default=160)
    parser.add_argument("--cols", type=int, default=200)
    parser.add_argument("--env", default="custom", help="as for `kedro run`")
    parser.add_argument("--params", nargs="*", default=[], help="more of what --params takes")
    parser.add_argument("--folder", default=None, help="where studies and runs are written")
    parser.add_argument("--table", type=Path, help="CSV that is added to")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--plot", type=Path, help="only tell and draw this table")
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    if given.one:
        measure(given.scans[0], given)
        return
    if given.plot is None:
        found = []
        for scans in given.scans:
            again = [sys.executable, __file__, *sys.argv[1:], "--one", "--scans", str(scans)]
            done = subprocess.run(again, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
            found.append(json.loads(done.stdout.splitlines()[-1]))
        runs = pd.DataFrame(found)
        if given.table and given.table.exists():
            runs = pd.concat([pd.read_csv(given.table), runs], ignore_index=True)
        if given.table:
            runs.to_csv(given.table, index=False)
    else:
        runs = pd.read_csv(given.plot)
    tell(runs)
    if given.figure:
        draw(runs, given.figure)


if __name__ == "__main__":
    main()

"""How tables, splits and scoring grow with a study: a thousand to a million scan rows, no pictures.

Every size runs in a process of its own, whose peak memory is told. The last column is the slope of log CPU seconds on log
scans from one size to the next: 1 is proportional.

    python benchmarks/tables_at_scale.py [--scans 1000 10000 100000 1000000]
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scoring import BOOTSTRAP, RUN, invent_study

from sonolens.cohort import split_holdout, split_kfold
from sonolens.evaluation import classification
from sonolens.evaluation.pointing import (
    look_up_regions,
    measure_region_shares,
    score_pointing_game,
)
from sonolens.tables.cohort import Scans, Splits
from sonolens.tables.training import Decisions
from sonolens.tables.vocabulary import EXTREMES, REGION_NAMES

MAP = {"method": "cam", "run": RUN["run"]}
SPACING_MM = 0.1
MAP_SIDE_PX, CELLS = 56, 7
"""Sides of a small region map, and of the class activation map over it."""


@dataclass
class Stages:
    """CPU seconds of each stage."""

    cpu: dict[str, float] = field(default_factory=dict)

    def take(self, name: str, work: Callable[[], Any]) -> Any:
        """Work, and note how long it took."""
        start = time.process_time()
        found = work()
        self.cpu[name] = time.process_time() - start
        return found


def draw_region_map() -> np.ndarray:
    """A mass in a ring, and what lies below it: the codes that region maps have."""
    regions = np.zeros((MAP_SIDE_PX, MAP_SIDE_PX), dtype=np.uint8)
    regions[14:42, 14:42], regions[20:36, 20:36], regions[42:, 20:36] = 2, 1, 3
    return regions


def point_at_random(scans: pd.DataFrame, regions: np.ndarray, *, seed: int) -> pd.DataFrame:
    """Extremes of one map per scan at the centres of random cells."""
    rng = np.random.default_rng(seed)
    names = np.array(["other", *REGION_NAMES])
    points = []
    for extreme in EXTREMES:
        # Rows and columns of cells, then the pixel right and below of their centres, which lie between pixels.
        down, across = rng.integers(CELLS, size=(2, len(scans)))
        at = [(2 * line + 1) * MAP_SIDE_PX // (2 * CELLS) for line in (down, across)]
        points.append(
            scans[["scan_id"]].assign(
                **MAP, extreme=extreme, ring="0-5 mm", share=1.0, region=names[regions[*at]],
                row_px=at[0] - 0.5, col_px=at[1] - 0.5, distance_to_mass_mm=np.nan,
                row_share=(down + 0.5) / CELLS, col_share=(across + 0.5) / CELLS,
            )
        )  # fmt: skip
    return pd.concat(points, ignore_index=True)


def measure(scans: int) -> dict[str, Any]:
    """Take a study of so many scans through everything."""
    stages = Stages()
    table, predictions = stages.take("invent", lambda: invent_study(scans, seed=0))
    table = table.assign(
        spacing_row_mm=SPACING_MM, spacing_col_mm=SPACING_MM, source="invented"
    ).drop(columns="size_mm")
    stages.take("contract of scans", lambda: Scans.validate(table))
    split = stages.take(
        "split in three",
        lambda: split_holdout(table, validation_share=0.2, test_share=0.25, seed=0),
    )
    stages.take("contract of splits", lambda: Splits.validate(split))
    stages.take(
        "split in five folds",
        lambda: split_kfold(table, folds=5, repeats=1, validation_share=0.2, seed=0),
    )
    predictions = predictions.assign(partition=split["partition"].to_numpy())
    runs, forming = pd.DataFrame([RUN]), {"lesion_probability": "mean"}
    points = stages.take(
        "operating points",
        lambda: classification.choose_operating_points(predictions, runs, **forming),
    )
    decisions = stages.take(
        "decisions", lambda: classification.decide_scans(predictions, table, points)
    )
    stages.take("contract of decisions", lambda: Decisions.validate(decisions))
    stages.take(
        "classification",
        lambda: classification.score_classification(
            decisions, table, points, size_bounds_mm=(10.0, 20.0), bins=10, bootstrap=BOOTSTRAP,
            **forming,
        ),
    )  # fmt: skip
    play(table, decisions, stages)
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"scans": scans, "peak_gib": peak_gib, "cpu": stages.cpu}


def play(table: pd.DataFrame, decisions: pd.DataFrame, stages: Stages) -> None:
    """Play the pointing game on the test scans."""
    tested = decisions.loc[decisions["partition"] == "test", ["scan_id"]]
    regions = draw_region_map()
    found, shares = point_at_random(tested, regions, seed=1), share_out(tested, regions)
    mean = pd.DataFrame(
        [
            MAP | {"extreme": extreme, "share": 1.0, "n_maps": 1, "row_share": 0.5, "col_share": 0.5}
            for extreme in EXTREMES
        ]
    )  # fmt: skip
    maps = dict.fromkeys(tested["scan_id"], lambda: regions)
    kept = table[table["scan_id"].isin(tested["scan_id"])]
    lookup = stages.take("reading regions", lambda: look_up_regions(found, mean, kept, maps))
    stages.take(
        "pointing game",
        lambda: score_pointing_game(
            extreme_points=found, region_shares=shares, decisions=decisions, mean_extremes=mean,
            lookup=lookup, partition="test", permutations=1000, bootstrap=BOOTSTRAP,
        ),
    )  # fmt: skip


def share_out(tested: pd.DataFrame, regions: np.ndarray) -> pd.DataFrame:
    """The `region_shares` of scans that all have one region map."""
    known = measure_region_shares(regions, (CELLS, CELLS), spacing_mm=(SPACING_MM, SPACING_MM))
    return tested.merge(pd.DataFrame(known).assign(**MAP), how="cross")


def tell(measured: list[dict[str, Any]]) -> None:
    """Print the stages down and the sizes across, with the slope from each size to the next."""
    print(
        f"\n{'CPU seconds':<24}" + "".join(f"{each['scans']:>12,}{'slope':>7}" for each in measured)
    )
    totals = {each["scans"]: sum(each["cpu"].values()) - each["cpu"]["invent"] for each in measured}
    lines = {name: [each["cpu"][name] for each in measured] for name in measured[0]["cpu"]}
    lines["together"] = list(totals.values())
    sizes = [each["scans"] for each in measured]
    for name, seconds in lines.items():
        cells = f"{seconds[0]:>12.2f}{'':>7}"
        for before, after, first, second in zip(
            seconds, seconds[1:], sizes, sizes[1:], strict=False
        ):
            slope = math.log(max(after, 1e-3) / max(before, 1e-3)) / math.log(second / first)
            cells += f"{after:>12.2f}{slope:>7.2f}"
        print(f"{name:<24}{cells}")
    print(
        f"{'peak GiB':<24}" + "".join(f"{each['peak_gib']:>12.2f}{'':>7}" for each in measured),
        flush=True,
    )


def main() -> None:
    """Measure every size in a process of its own, or one in this."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure(arguments.child)))
        return
    measured = []
    for scans in arguments.scans:
        command = [sys.executable, __file__, "--child", str(scans)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own file
        measured.append(json.loads(done.stdout.splitlines()[-1]))
    tell(measured)


if __name__ == "__main__":
    main()

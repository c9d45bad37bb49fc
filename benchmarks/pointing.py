"""What the pointing game costs: 10,000 scans, three methods, 2,000 resamples and 1,000 exchanges.

Two methods point at cells of 7x7, one at single pixels of 224x224. Region maps lie in memory, so that
the time is that of scoring, not of a disk.

    python benchmarks/pointing.py [--scans 10000]
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.pointing import (
    describe_points,
    look_up_regions,
    measure_region_shares,
    score_pointing_game,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.regions import Below, RegionRule, Ring
from sonolens.tables.vocabulary import EXTREMES
from sonolens.ultrasound import cell_centres

GRIDS = {"cam": (7, 7), "layer_cam": (7, 7), "cameras": (224, 224)}
SHAPE, SPACING_MM = (300, 400), (0.12, 0.1)
RULE = RegionRule(
    ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5),
    below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
)
KINDS = 50
"""Different region maps; scans share them, which changes no cost."""


def draw_region_map(rng: np.random.Generator) -> np.ndarray:
    """A region map around an ellipse of random size and place."""
    rows, cols = np.ogrid[: SHAPE[0], : SHAPE[1]]
    row, col = rng.uniform(0.3, 0.6, 2) * SHAPE
    mask = ((rows - row) / rng.uniform(20, 50)) ** 2 + ((cols - col) / rng.uniform(30, 70)) ** 2 < 1
    return RULE.partition(mask, spacing_mm=SPACING_MM, scan_id="drawn")


def draw_tables(n_scans: int) -> dict[str, pd.DataFrame]:
    """Tables of random maps over random regions; two scans of every patient."""
    rng = np.random.default_rng(0)
    kinds = [draw_region_map(rng) for _ in range(KINDS)]
    points, shares = [], []
    for method, grid in GRIDS.items():
        centres = cell_centres(grid, on=SHAPE)
        known = [measure_region_shares(kind, grid, spacing_mm=SPACING_MM) for kind in kinds]
        for scan in range(n_scans):
            key = {"method": method, "run": "net", "scan_id": f"s{scan:05}"}
            region_map = kinds[scan % KINDS]
            shares += [key | share for share in known[scan % KINDS]]
            for extreme in EXTREMES:
                (found,) = describe_points(
                    centres[rng.integers(len(centres))][None],
                    region_map,
                    spacing_mm=(np.nan, np.nan),
                )
                points.append(key | {"extreme": extreme, "ring": "0-5 mm"} | found)
    scan_ids = [f"s{scan:05}" for scan in range(n_scans)]
    scans = pd.DataFrame({"scan_id": scan_ids}).assign(
        spacing_row_mm=SPACING_MM[0], spacing_col_mm=SPACING_MM[1]
    )
    scans["patient_id"] = [f"p{scan // 2}" for scan in range(n_scans)]
    predictions = pd.DataFrame(
        {
            "run": "net",
            "scan_id": scan_ids,
            "partition": "test",
            "label": rng.choice(["benign", "malignant"], n_scans),
            "probability": rng.random(n_scans),
        }
    )
    threshold = {"run": "net", "level": "scan", "rule": "closest_to_corner", "threshold": 0.5}
    mean = [
        {"method": method, "run": "net", "extreme": extreme, "share": 1.0, "n_maps": 1}
        | {"row_share": 0.5, "col_share": 0.5}
        for method in GRIDS
        for extreme in EXTREMES
    ]
    return {
        "extreme_points": pd.DataFrame(points),
        "region_shares": pd.DataFrame(shares),
        "decisions": decide_scans(predictions, scans, pd.DataFrame([threshold])),
        "scans": scans,
        "mean_extremes": pd.DataFrame(mean),
        "region_maps": {scan_id: kinds[number % KINDS] for number, scan_id in enumerate(scan_ids)},
    }


def main() -> None:
    """Time reading and scoring once each."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scans", type=int, default=10_000)
    tables = draw_tables(arguments.parse_args().scans)
    maps = {
        scan_id: (lambda region_map=region_map: region_map)
        for scan_id, region_map in tables.pop("region_maps").items()
    }
    start = time.perf_counter()
    lookup = look_up_regions(
        tables["extreme_points"], tables["mean_extremes"], tables.pop("scans"), maps
    )
    read = time.perf_counter()
    table = score_pointing_game(
        **tables,
        lookup=lookup,
        partition="test",
        permutations=1000,
        bootstrap=Bootstrap(resamples=2000, confidence=0.95, seed=0),
    )
    scored = time.perf_counter()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(lookup.places)} places on {len(lookup.scan_ids)} scans: {read - start:.1f} s")
    print(f"{len(table)} rates of {table['method'].nunique()} methods: {scored - read:.1f} s")
    print(f"peak memory of the process: {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()

"""What the regions of one scan cost: the mass, its ring of 5 mm and what lies below, on 600 x 800 pixels.

python benchmarks/regions.py [--repeats 20]
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from scipy import ndimage

from sonolens.regions import Below, RegionRule, Ring, distance_to_mass_mm

SHAPE = (600, 800)
PIXEL_MM = (0.0625, 0.0625)
RADII_PX = (80, 126)
RING_MM = 5.0
LIMIT_MS = 6.0
RULE = RegionRule(
    ring=Ring(mode="millimetres", inner_mm=0.0, outer_mm=RING_MM, outer_radii=0.5),
    below=Below(lateral_trim=0.0, max_depth_mm=None, exclude_ring=True),
)


def draw_mass() -> np.ndarray:
    """An ellipse of 10 mm by 16 mm, its centre a little above the middle."""
    rows, cols = np.ogrid[: SHAPE[0], : SHAPE[1]]
    inside: np.ndarray = ((rows - 260) / RADII_PX[0]) ** 2 + ((cols - 400) / RADII_PX[1]) ** 2 <= 1
    return inside


def partition(mask: np.ndarray) -> np.ndarray:
    """All regions, as the pipelines ask for them."""
    return RULE.partition(mask, spacing_mm=PIXEL_MM, scan_id="drawn")


def ring_of_whole_scan(mask: np.ndarray) -> np.ndarray:
    """The ring alone, from distances on the whole scan: exact too, and the plainest way there is."""
    distance: np.ndarray = ndimage.distance_transform_edt(~mask, sampling=PIXEL_MM)
    return (distance > 0) & (distance <= RING_MM * (1 + 1e-9))


def measure(
    work: Callable[[np.ndarray], np.ndarray], *, repeats: int
) -> tuple[float, float, float]:
    """Median wall, median CPU and least CPU milliseconds."""
    mask = draw_mass()
    wall, cpu = [], []
    for _ in range(repeats):
        begin = time.perf_counter(), time.process_time()
        work(mask)
        wall.append(1000 * (time.perf_counter() - begin[0]))
        cpu.append(1000 * (time.process_time() - begin[1]))
    return median(wall), median(cpu), min(cpu)


def main() -> None:
    """Print what each way costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    mask = draw_mass()
    if not np.array_equal(partition(mask) == 2, ring_of_whole_scan(mask)):  # noqa: PLR2004 - its code
        raise SystemExit("the rings differ")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{SHAPE[0]} x {SHAPE[1]} pixels, mass of {mask.sum()} pixels, ring {RING_MM} mm; load {load}"
    )
    print(f"{'':<34}{'wall ms':>9}{'CPU ms':>9}{'least':>9}")
    for name, work in (
        (f"RegionRule.partition (limit {LIMIT_MS:.0f})", partition),
        ("the ring from the whole scan", ring_of_whole_scan),
        ("distance_to_mass_mm", lambda drawn: distance_to_mass_mm(drawn, spacing_mm=PIXEL_MM)),
    ):
        print(f"{name:<34}" + "".join(f"{each:>9.2f}" for each in measure(work, repeats=repeats)))


if __name__ == "__main__":
    main()

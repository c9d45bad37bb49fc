"""How long region reliance takes: 60 phantoms, ResNet-18, four fills, with and without placebos."""

import argparse
import os
import time

import numpy as np
import pandas as pd

from sonolens.evaluation.reliance import Question, ask_coalitions
from sonolens.models import build_network, predict_logits
from sonolens.removal import FillSources, divide_scan, find_tissue, move_regions

SIDE_PX = 224
FILLS = ("mean", "blurred", "donor", "tissue")


def main() -> None:
    """Ask a network of random weights about speckle with a mass in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=60)
    parser.add_argument("--network", default="resnet18")
    parser.add_argument("--batch-size", type=int, default=12)
    asked = parser.parse_args()
    network = build_network(asked.network, adaptation="full", weights="none", seed=0)
    rng = np.random.default_rng(0)
    scans = rng.integers(0, 255, (asked.scans, SIDE_PX, SIDE_PX), dtype=np.uint8)
    regions = _draw_regions()

    def judge(pictures: np.ndarray) -> np.ndarray:
        return predict_logits(network, pictures, batch_size=asked.batch_size, device="cpu")

    rows = []
    for placebo in (False, True):
        divided = {"none": regions} | ({"moved": move_regions(regions)} if placebo else {})
        partitions = {
            null: divide_scan(each, size_px=SIDE_PX, feather_px=2.0)
            for null, each in divided.items()
            if each is not None
        }
        sources = FillSources(find_tissue(partitions["none"]), donors=scans[:2], seed=0)
        load, start = os.getloadavg()[0], time.perf_counter()
        for scan in scans:
            ask_coalitions(judge, Question(scan, partitions, sources), fills=FILLS)
        seconds = time.perf_counter() - start
        rows.append({"placebo": placebo, "seconds": seconds, "load before": load})
    print(pd.DataFrame(rows).round(1).to_string(index=False))


def _draw_regions() -> np.ndarray:
    """Draw a mass of 60 x 50 pixels left of the middle, with ring and what lies below."""
    regions = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
    regions[95:, 40:100] = 3
    regions[20:95, 15:125] = 2
    regions[45:95, 40:100] = 1
    return regions


if __name__ == "__main__":
    main()

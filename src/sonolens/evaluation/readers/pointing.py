"""Where readers point: how many of their points lie in each region, beside what blind points would hit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonolens.arrays import RegionMap
from sonolens.evaluation.pointing import read_regions_at
from sonolens.evaluation.readers.scan_readings import usable_readings
from sonolens.evaluation.statistics.intervals import Bootstrap, bootstrap_rates
from sonolens.regions import REGIONS
from sonolens.tables.cohort import ScansTable
from sonolens.tables.readers import ReaderPointing, ReadingsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS


def describe_point(reading: dict[Any, Any], region_map: RegionMap) -> dict[str, Any]:
    """Say in which region a reader's point lies, and which share of the scan every region holds.

    Args:
        reading: A row of a `Readings` table with a point.
        region_map: The regions of its scan.

    Returns:
        `reading_id`, `region`, and the share of every region under its name.
    """
    point = np.array([[reading["point_row_px"], reading["point_col_px"]]], dtype=float)
    pixels = np.bincount(region_map.ravel(), minlength=len(REGIONS)) / region_map.size
    return {
        "reading_id": reading["reading_id"],
        "region": read_regions_at(region_map, point)[0],
        **{name: float(pixels[REGIONS[name]]) for name in RELIANCE_REGIONS},
    }


def score_reader_points(
    described: Sequence[dict[str, Any]],
    readings: ReadingsTable,
    scans: ScansTable,
    *,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Count how many of every reader's points lie in each region.

    Args:
        described: What `describe_point` says of every reading with a point.
        scans: The `Scans` table, for its patients.
        bootstrap: How patients are resampled.

    Returns:
        A `ReaderPointing` table; without rows where nobody pointed.
    """
    if not described:
        return ReaderPointing.empty()
    usable = usable_readings(readings)
    points = pd.DataFrame(described).merge(usable, on="reading_id").merge(scans, on="scan_id")
    rows = []
    for reader, of_reader in points.groupby("reader", sort=False):
        hits = np.column_stack([of_reader["region"] == name for name in RELIANCE_REGIONS])
        rates = bootstrap_rates(
            hits.astype(float), np.ones(hits.shape), of_reader["patient_id"], bootstrap=bootstrap
        )
        silent = int((usable["reader"] == reader).sum()) - len(of_reader)
        rows += [
            {
                "reader": reader,
                "region": name,
                "n": len(of_reader),
                "hits": int(hits[:, place].sum()),
                "rate": float(rates.value[place]),
                "ci_low": float(rates.ci_low[place]),
                "ci_high": float(rates.ci_high[place]),
                "chance": float(of_reader[name].mean()),
                "n_left_out": silent,
            }
            for place, name in enumerate(RELIANCE_REGIONS)
        ]
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)

"""The station of readers: readings, reader_masks, raw_masks, extreme_points -> what readers and networks agree on."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.arrays import Mask
from sonolens.evaluation import readers
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.readers import ReadingsTable
from sonolens.tables.training import DecisionsTable


def readers_station() -> Pipeline:
    """Hold readers against each other, and networks against readers."""
    return station(
        "readers",
        {
            compare_readers: "reader_agreement",
            score_reader_points: "reader_pointing",
            compare_with_readers: "reader_comparison",
            compare_with_reader_birads: "reader_birads",
        },
        takes=EXPLAINED,
    )


def compare_readers(
    readings: ReadingsTable,
    reader_masks: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare what readers drew, pointed at and called the scans that several of them read."""
    gather = partial(_gather, reader_masks, raw_masks, scans.set_index("scan_id"))
    compared = [
        pair
        for scan_id, rows in _by_scan(readings, "Comparing readers")
        for pair in readers.compare_scan(gather(rows), np.asarray(region_masks[scan_id]()))
    ]
    return readers.score_agreement(compared, scans, bootstrap=scoring.bootstrap)


def score_reader_points(
    readings: ReadingsTable,
    region_masks: Pictures,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Count how many of every reader's points lie in each region."""
    pointed = readers.usable_readings(readings).dropna(subset="point_row_px")
    described = [
        readers.describe_point(reading, np.asarray(region_masks[reading["scan_id"]]()))
        for reading in pointed.to_dict("records")
    ]
    return readers.score_reader_points(described, readings, scans, bootstrap=scoring.bootstrap)


def compare_with_readers(
    readings: ReadingsTable,
    reader_masks: Pictures,
    raw_masks: Pictures,
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Hold the extremes of the scored maps, and readers' points, against what readers and the study drew."""
    scored = decisions.loc[decisions["partition"] == scoring.partition, ["run", "scan_id"]]
    extremes = extreme_points.merge(scored, on=["run", "scan_id"])
    extremes_of = {str(scan_id): rows for scan_id, rows in extremes.groupby("scan_id")}
    read = readings[readings["scan_id"].isin(extremes_of)]
    gather = partial(_gather, reader_masks, raw_masks, scans.set_index("scan_id"))
    held = in_parallel(
        partial(_hold, gather, extremes_of, raw_masks), _by_scan(read, "Asking beside readers")
    )
    return readers.score_beside_readers(
        [row for rows in held for row in rows],
        readings,
        decisions,
        partition=scoring.partition,
        bootstrap=scoring.bootstrap,
    )


def compare_with_reader_birads(
    readings: ReadingsTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare every run's AUC with that of every reader's BI-RADS categories alone."""
    return readers.compare_with_reader_birads(
        readings,
        decisions,
        scans,
        lesion_probability=scoring.lesion_probability,
        bootstrap=scoring.bootstrap,
    )


def _by_scan(readings: ReadingsTable, description: str) -> Iterator[tuple[str, pd.DataFrame]]:
    by_scan = readers.usable_readings(readings).groupby("scan_id", sort=True)
    for scan_id, rows in track(by_scan, description=description, total=len(by_scan)):
        yield str(scan_id), rows


def _gather(
    reader_masks: Pictures, raw_masks: Pictures, scans: pd.DataFrame, rows: pd.DataFrame
) -> readers.ScanReadings:
    """Read all that readers and the study say of one scan."""
    scan_id = str(rows["scan_id"].iloc[0])
    birads = scans["birads"].get(scan_id)
    return readers.ScanReadings.gather(
        rows,
        open_mask=partial(_open, reader_masks),
        study_mask=_open(raw_masks, scan_id),
        study_birads=None if pd.isna(birads) else str(birads),
        spacing_mm=spacing_by_scan(scans.loc[[scan_id]].reset_index())[scan_id],
    )


def _hold(
    gather: Any,
    extremes_of: Mapping[str, pd.DataFrame],
    raw_masks: Pictures,
    read: tuple[str, pd.DataFrame],
) -> list[dict[Any, Any]]:
    scan_id, rows = read
    scan = gather(rows)
    size = _open(raw_masks, scan_id).shape
    return readers.read_targets(scan, extremes_of[scan_id], size=size)


def _open(masks: Pictures, name: str) -> Mask:
    return np.asarray(masks[name](), dtype=bool)

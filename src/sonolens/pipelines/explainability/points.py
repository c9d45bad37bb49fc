"""saliency_maps, region_masks -> where maps point, and how much of a scan each region holds."""

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from sonolens.evaluation import pointing
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import MapId, Pictures, SaliencyMaps, spacing_by_scan
from sonolens.pipelines.consistency import read_map
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.parameters import EvaluationParameters, RegionsParameters
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import PLAYED_REGIONS, Unions


def measure_region_shares(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    scans: ScansTable,
    scoring: EvaluationParameters,
    regions: Unions = PLAYED_REGIONS,
) -> pd.DataFrame:
    """Measure each region's share of the scan, and of the cells a map can point at: its chance."""
    maps = {(map_id.method, map_id.run): name for name, map_id in _ids(saliency_maps)}
    cells = {key: saliency_maps[name]().shape[:2] for key, name in maps.items()}
    refuse_unmeasured_tolerance(scans, tolerance_mm=scoring.tolerance_mm)
    spacing_of = spacing_by_scan(scans)
    measure = partial(
        _measure_scan, region_masks, cells, tolerance_mm=scoring.tolerance_mm, regions=regions
    )
    measured = in_parallel(measure, spacing_of.items())
    told = track(measured, description="Measuring region shares", total=len(spacing_of))
    return pd.DataFrame(list(chain.from_iterable(told)))


def locate_extreme_points(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    scans: ScansTable,
    regions: RegionsParameters,
    explanation: ExplanationParameters,
) -> pd.DataFrame:
    """Find where each map is largest and smallest, on the native grid, and what lies there."""
    spacing_of = spacing_by_scan(scans)
    drawn = [map_id for _, map_id in _ids(saliency_maps) if map_id.scan_id in spacing_of]
    locate = partial(
        _locate_points, saliency_maps, region_masks, spacing_of, rule=explanation.point_rule
    )
    located = in_parallel(locate, drawn)
    told = track(located, description="Locating extreme points", total=len(drawn))
    return pd.DataFrame(list(chain.from_iterable(told))).assign(ring=regions.ring.label)


def locate_mean_extremes(
    saliency_maps: SaliencyMaps, predictions: PredictionsTable, scans: ScansTable
) -> pd.DataFrame:
    """Find where the mean map of each network's training scans is extreme, whatever it is shown."""
    mapped = predictions["scan_id"].isin(scans["scan_id"])
    learned = predictions[(predictions["partition"] == "train") & mapped].groupby("run")["scan_id"]
    rows: list[dict[str, Any]] = []
    for method, run in sorted({(map_id.method, map_id.run) for _, map_id in _ids(saliency_maps)}):
        if run not in learned.groups:
            raise ValueError(
                f"run {run!r} has saliency maps but no prediction of a training scan; maps and "
                "predictions come from different runs, so draw the maps again"
            )
        scan_ids = learned.get_group(run)
        mean_map = pointing.average_maps(
            read_map(saliency_maps, MapId(method, run, scan_id)) for scan_id in scan_ids
        )
        found = pointing.locate_mean_extremes(mean_map, n_maps=len(scan_ids))
        rows += [{"method": method, "run": run} | row for row in found]
    return pd.DataFrame(rows)


def refuse_unmeasured_tolerance(scans: ScansTable, *, tolerance_mm: float) -> None:
    """Refuse a tolerance in millimetres where a scan has no spacing to measure it with."""
    unknown = [
        scan_id
        for scan_id, spacing_mm in spacing_by_scan(scans).items()
        if not all(side_mm > 0 for side_mm in spacing_mm)
    ]
    if tolerance_mm > 0 and unknown:
        raise ValueError(
            f"scan {unknown[0]!r} has no pixel spacing, so evaluation.tolerance_mm {tolerance_mm:g} "
            "cannot be measured on it; fill spacing_row_mm and spacing_col_mm in the scans table, or "
            "set evaluation.tolerance_mm: 0"
        )


def _ids(saliency_maps: SaliencyMaps) -> list[tuple[str, MapId]]:
    return [(name, MapId.parse(name)) for name in sorted(saliency_maps)]


def _measure_scan(
    region_masks: Pictures,
    cells: Mapping[tuple[str, str], tuple[int, int]],
    scan: tuple[str, tuple[float, float]],
    *,
    tolerance_mm: float,
    regions: Unions,
) -> list[dict[str, Any]]:
    """Measure the regions of one scan, once for each shape that maps have."""
    scan_id, spacing_mm = scan
    region_map = np.asarray(region_masks[scan_id]())
    return [
        {"method": method, "run": run, "scan_id": scan_id} | share
        for shape in sorted(set(cells.values()))
        for shares in [
            pointing.measure_region_shares(
                region_map, shape, spacing_mm=spacing_mm, tolerance_mm=tolerance_mm, regions=regions
            )
        ]
        for (method, run), of_maps in cells.items()
        if of_maps == shape
        for share in shares
    ]


def _locate_points(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    spacing_of: Mapping[str, tuple[float, float]],
    map_id: MapId,
    *,
    rule: str,
) -> list[dict[str, Any]]:
    """Locate the points of one map."""
    located = pointing.locate_extreme_points(
        read_map(saliency_maps, map_id),
        np.asarray(region_masks[map_id.scan_id]()),
        spacing_mm=spacing_of[map_id.scan_id],
        rule=rule,
    )
    return [map_id._asdict() | row for row in located]

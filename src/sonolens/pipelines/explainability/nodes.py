"""model_weights, model_inputs, raw_masks -> saliency_maps, region_masks, pointing_game."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.arrays import SaliencyMap, ScanStack
from sonolens.evaluation import pointing
from sonolens.models import NetworkWeights, check_framing, rebuild_network
from sonolens.pipelines.collections import (
    MapId,
    Networks,
    Pictures,
    SaliencyMaps,
    spacing_by_scan,
)
from sonolens.pipelines.consistency import check_logits, read_map
from sonolens.pipelines.explainability.parameters import ExplanationParameters, RegionParameters
from sonolens.pipelines.parameters import (
    EvaluationParameters,
    FramingParameters,
    InferenceParameters,
)
from sonolens.progress import track
from sonolens.saliency import check_identity, explain_scans, locate_extremes
from sonolens.tables.vocabulary import EXTREMES
from sonolens.ultrasound import Framing

ADDS_UP_TO_LOGIT = {"cam"}
"""Methods whose maps sum to the logit: ``mean(map) + bias == logit``."""


def draw_region_masks(
    raw_masks: Pictures, scans: pd.DataFrame, regions: RegionParameters
) -> Iterator[tuple[str, Image.Image]]:
    """Draw the mass, its ring and what lies below on every scan's native grid."""
    spacing_of = spacing_by_scan(scans)
    return (
        (
            scan_id,
            Image.fromarray(
                regions.partition(
                    np.asarray(raw_masks[scan_id]()), spacing_mm=spacing_mm, scan_id=scan_id
                )
            ),
        )
        for scan_id, spacing_mm in track(
            spacing_of.items(), description="Drawing region masks", total=len(spacing_of)
        )
    )


def draw_saliency_maps(
    model_weights: Networks,
    model_inputs: ScanStack,
    scans: pd.DataFrame,
    predictions: pd.DataFrame,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Iterator[tuple[str, SaliencyMap]]:
    """Explain every network's logit for every scan, and check that class activations add up to it."""
    return (
        (str(MapId(method, run, scan_id)), saliency)
        for run, load_weights in model_weights.items()
        for method, scan_id, saliency in _explain_run(
            load_weights(),
            model_inputs,
            _logits_of(run, scans=scans, predictions=predictions),
            explanation=explanation,
            inference=inference,
        )
    )


def measure_region_shares(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    scans: pd.DataFrame,
    framing: FramingParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Measure each region's share of the scan, and of the cells a map can point at: its chance."""
    maps = {(map_id.method, map_id.run): name for name, map_id in _ids(saliency_maps)}
    shapes = {key: saliency_maps[name]().shape for key, name in maps.items()}
    spacing_of = spacing_by_scan(scans)
    _refuse_unmeasured_tolerance(spacing_of, tolerance_mm=scoring.tolerance_mm)
    rows = []
    for scan_id, (row_mm, col_mm) in track(
        spacing_of.items(), description="Measuring region shares", total=len(spacing_of)
    ):
        region_map = np.asarray(region_masks[scan_id]())
        native = Framing.of(region_map, size_px=framing.size_px)
        for shape in sorted(set(shapes.values())):
            shares = pointing.measure_region_shares(
                region_map,
                native.cell_centres(shape),
                tolerance_mm=scoring.tolerance_mm,
                spacing_row_mm=row_mm,
                spacing_col_mm=col_mm,
            )
            cell_size = {
                "cell_row_mm": row_mm * native.native_rows / shape[0],
                "cell_col_mm": col_mm * native.native_cols / shape[1],
            }
            rows += [
                {"method": method, "run": run, "scan_id": scan_id} | cell_size | share
                for (method, run), of_maps in shapes.items()
                if of_maps == shape
                for share in shares
            ]
    return pd.DataFrame(rows)


def locate_extreme_points(
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    scans: pd.DataFrame,
    framing: FramingParameters,
    regions: RegionParameters,
    explanation: ExplanationParameters,
) -> pd.DataFrame:
    """Find where each map is largest and smallest, on the native grid, and what lies there."""
    spacing_of = spacing_by_scan(scans)
    rows = []
    for map_id, saliency in _each(saliency_maps, description="Locating extreme points"):
        region_map = np.asarray(region_masks[map_id.scan_id]())
        native = Framing.of(region_map, size_px=framing.size_px)
        row_mm, col_mm = spacing_of[map_id.scan_id]
        for extreme in EXTREMES:
            points = locate_extremes(saliency, native, extreme=extreme, rule=explanation.point_rule)
            found = pointing.describe_points(
                points, region_map, spacing_row_mm=row_mm, spacing_col_mm=col_mm
            )
            value = saliency.max() if extreme == "max" else saliency.min()
            rows += [map_id._asdict() | {"extreme": extreme, "value": value} | row for row in found]
    return pd.DataFrame(rows).assign(ring=regions.ring.label)


def locate_mean_extremes(
    saliency_maps: SaliencyMaps, predictions: pd.DataFrame, framing: FramingParameters
) -> pd.DataFrame:
    """Find where the mean map of each network's training scans is extreme: its centre prior."""
    learned = predictions[predictions["partition"] == "train"].groupby("run")["scan_id"]
    grid = Framing(framing.size_px, framing.size_px, size_px=framing.size_px)
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
        for extreme in EXTREMES:
            points = locate_extremes(mean_map, grid, extreme=extreme, rule="cell")
            found = pointing.describe_mean_extremes(
                points, rows=framing.size_px, cols=framing.size_px, n_maps=len(scan_ids)
            )
            rows += [{"method": method, "run": run, "extreme": extreme} | row for row in found]
    return pd.DataFrame(rows)


def score_pointing_game(
    extreme_points: pd.DataFrame,
    mean_map_extremes: pd.DataFrame,
    region_shares: pd.DataFrame,
    region_masks: Pictures,
    decisions: pd.DataFrame,
    scans: pd.DataFrame,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Count how often the extremes lie in each region, beside what know-nothings would score."""
    _refuse_unmeasured_tolerance(spacing_by_scan(scans), tolerance_mm=scoring.tolerance_mm)
    lookup = pointing.look_up_regions(
        extreme_points,
        mean_map_extremes,
        scans,
        region_masks,
        tolerance_mm=scoring.tolerance_mm,
    )
    return pointing.score_pointing_game(
        extreme_points,
        region_shares,
        decisions,
        mean_extremes=mean_map_extremes,
        lookup=lookup,
        partition=scoring.partition,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )


def _each(saliency_maps: SaliencyMaps, *, description: str) -> Iterator[tuple[MapId, SaliencyMap]]:
    """Read the maps one after the other, telling how far along."""
    for _, map_id in track(_ids(saliency_maps), description=description, total=len(saliency_maps)):
        yield map_id, read_map(saliency_maps, map_id)


def _ids(saliency_maps: SaliencyMaps) -> list[tuple[str, MapId]]:
    return [(name, MapId.parse(name)) for name in sorted(saliency_maps)]


def _refuse_unmeasured_tolerance(
    spacing_of: dict[str, tuple[float, float]], *, tolerance_mm: float
) -> None:
    unknown = [
        scan_id for scan_id, size in spacing_of.items() if not all(side_mm > 0 for side_mm in size)
    ]
    if tolerance_mm > 0 and unknown:
        raise ValueError(
            f"scan {unknown[0]!r} has no pixel spacing, so evaluation.tolerance_mm {tolerance_mm:g} "
            "cannot be measured on it; fill spacing_row_mm and spacing_col_mm in the scans table, or "
            "set evaluation.tolerance_mm: 0"
        )


def _logits_of(run: str, *, scans: pd.DataFrame, predictions: pd.DataFrame) -> pd.Series:
    """The stored logits of one run, by scan in the order of `scans`."""
    logits = predictions.loc[predictions["run"] == run].set_index("scan_id")["logit"]
    missing = scans.loc[~scans["scan_id"].isin(logits.index), "scan_id"]
    if len(missing):
        raise ValueError(
            f"run {run!r} has weights but no prediction for scan {missing.iloc[0]!r}; "
            "weights and predictions come from different runs, so run the training pipeline again"
        )
    return logits.loc[scans["scan_id"]]


def _explain_run(
    weights: NetworkWeights,
    model_inputs: ScanStack,
    logits: pd.Series,
    *,
    explanation: ExplanationParameters,
    inference: InferenceParameters,
) -> Iterator[tuple[str, str, SaliencyMap]]:
    """Draw one network's maps batch by batch and check each before it is handed on."""
    check_framing(weights, size_px=model_inputs.shape[1])
    network = rebuild_network(weights)
    batches = explain_scans(
        explanation.methods,
        network,
        model_inputs,
        scan_ids=list(logits.index),
        run=weights.header["run"],
        settings=explanation,
        batch_size=inference.batch_size,
        device=inference.device,
    )
    total = math.ceil(len(logits) / inference.batch_size)
    for batch in track(batches, description="Drawing saliency maps, in batches", total=total):
        stored = logits.loc[list(batch.scan_ids)]
        check_logits(
            batch.logits,
            stored,
            run=weights.header["run"],
            tolerance=inference.logit_tolerance,
        )
        for method, maps in batch.maps.items():
            if method in ADDS_UP_TO_LOGIT:
                check_identity(
                    maps,
                    bias=network.bias,
                    logits=stored.to_numpy(dtype=np.float32),
                    scan_ids=batch.scan_ids,
                    tolerance=inference.logit_tolerance,
                )
            for scan_id, saliency in zip(batch.scan_ids, maps, strict=True):
                yield method, scan_id, saliency

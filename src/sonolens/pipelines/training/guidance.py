"""The station of guidance: raw_masks, annotations, scans, splits -> guidance_masks."""

import logging
from collections.abc import Sequence
from functools import partial

import numpy as np
from kedro.pipeline import Pipeline

from sonolens.arrays import FramedScan, GuidanceMasks, Mask, ScanStack
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.parameters import RegionsParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.progress import track
from sonolens.regions import on_annotations, outside_regions
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.ultrasound import Framing

NOT_GUIDED = np.empty((0, 1, 1), dtype=np.uint8)
"""The masks of a grid that is fitted by labels alone."""

WHITE = 255

logger = logging.getLogger(__name__)


def guidance_station() -> Pipeline:
    """Draw where the evidence of training scans is astray, if fits are to be told."""
    return station("guidance", {frame_guidance: "guidance_masks"})


def frame_guidance(
    raw_masks: Pictures,
    annotations: Pictures,
    scans: ScansTable,
    splits: SplitsTable,
    model_inputs: ScanStack,
    training: TrainingParameters,
    regions: RegionsParameters,
) -> GuidanceMasks:
    """Frame, by one guidance after the other, what is out of bounds on training scans as these are framed."""
    return frame_out_of_bounds(
        raw_masks,
        annotations,
        scans,
        splits,
        regions,
        guided=training.guided,
        size_px=model_inputs.shape[1],
    )


def frame_out_of_bounds(
    raw_masks: Pictures,
    annotations: Pictures,
    scans: ScansTable,
    splits: SplitsTable,
    regions: RegionsParameters,
    *,
    guided: Sequence[str],
    size_px: int,
) -> GuidanceMasks:
    """Frame what is out of bounds by one guidance after the other, all scans by each.

    Scans that no fold learns from stay empty: their masks are not opened.

    Args:
        guided: Names in `GUIDANCES` but the first.
        size_px: Side of the framed scans.
    """
    if not guided:
        return NOT_GUIDED
    learnt = set(splits.loc[splits["partition"] == "train", "scan_id"])
    chosen = scans["scan_id"].isin(learnt).to_numpy()
    stack = np.zeros((len(guided), len(scans), size_px, size_px), dtype=np.uint8)
    spacing_of = spacing_by_scan(scans)
    for place, guidance in enumerate(guided):
        mark = {
            "regions": partial(_mark_outside, raw_masks, annotations, regions, spacing_of),
            "annotations": partial(_mark_annotations, annotations),
        }[guidance]
        framed = in_parallel(partial(_frame, mark, size_px), scans.loc[chosen, "scan_id"])
        told = track(framed, description=f"Framing guidance, {guidance}", total=int(chosen.sum()))
        for row, picture in zip(chosen.nonzero()[0], told, strict=True):
            stack[place, row] = picture
        if not stack[place].any():
            logger.warning(
                "guidance by %s: nothing is out of bounds on any training scan, so that it changes no fit",
                guidance,
            )
    return stack.reshape(-1, size_px, size_px)


def _mark_outside(
    raw_masks: Pictures,
    annotations: Pictures,
    regions: RegionsParameters,
    spacing_of: dict[str, tuple[float, float]],
    scan_id: str,
) -> Mask:
    region_map = regions.partition(
        np.asarray(raw_masks[scan_id]()),
        spacing_mm=spacing_of[scan_id],
        scan_id=scan_id,
        annotations=np.asarray(annotations[scan_id]()),
    )
    return outside_regions(region_map)


def _mark_annotations(annotations: Pictures, scan_id: str) -> Mask:
    return on_annotations(np.asarray(annotations[scan_id]()))


def _frame(mark: "partial[Mask]", size_px: int, scan_id: str) -> FramedScan:
    """Squash a mask as its scan is squashed, so that a pixel on an edge is out of bounds in part."""
    marked = (mark(scan_id) * WHITE).astype(np.uint8)
    return Framing.of(marked, size_px=size_px).frame_scan(marked)

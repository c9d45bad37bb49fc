"""The station of regions: raw_masks, annotations, scans -> region_masks."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens.parallel import Pending, in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.explainability.selection import draw_or_leave_out
from sonolens.pipelines.parameters import RegionsParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable


def regions_station() -> Pipeline:
    """Draw the regions of every scan, whatever any network makes of it."""
    return station("regions", {draw_region_masks: "region_masks"})


def draw_region_masks(
    raw_masks: Pictures,
    annotations: Pictures,
    scans: ScansTable,
    regions: RegionsParameters,
    explanation: ExplanationParameters,
) -> Pending[list[tuple[str, Image.Image]]]:
    """Draw the mass, its ring and what lies below on every scan's native grid, and what is no tissue there."""
    on_error = explanation.on_error
    return draw_regions(raw_masks, scans, regions, annotations=annotations, on_error=on_error)


def draw_regions(
    masks: Pictures,
    scans: ScansTable,
    regions: RegionsParameters,
    *,
    annotations: Pictures | None = None,
    on_error: str = "stop",
) -> Pending[list[tuple[str, Image.Image]]]:
    """Draw the regions of listed scans; without annotations all of them is tissue. See `draw_or_leave_out`."""
    spacing_of = spacing_by_scan(scans)
    draw = partial(_draw_scan, masks, annotations, regions, spacing_of)
    drawn = in_parallel(
        partial(draw_or_leave_out, draw, on_error=on_error, what="regions"), spacing_of
    )
    return track(drawn, description="Drawing region masks", total=len(spacing_of))


def _draw_scan(
    masks: Pictures,
    annotations: Pictures | None,
    regions: RegionsParameters,
    spacing_of: Mapping[str, tuple[float, float]],
    scan_id: str,
) -> Image.Image:
    region_map = regions.partition(
        np.asarray(masks[scan_id]()),
        spacing_mm=spacing_of[scan_id],
        scan_id=scan_id,
        annotations=None if annotations is None else np.asarray(annotations[scan_id]()),
    )
    return Image.fromarray(region_map)

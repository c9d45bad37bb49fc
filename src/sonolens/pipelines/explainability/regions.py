"""The station of regions: raw_masks, annotations, scans -> region_masks."""

from collections.abc import Iterator

import numpy as np
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.explainability.parameters import RegionsParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable


def regions_station() -> Pipeline:
    """Draw the regions of every scan, whatever any network makes of it."""
    return station("regions", {draw_region_masks: "region_masks"})


def draw_region_masks(
    raw_masks: Pictures, annotations: Pictures, scans: ScansTable, regions: RegionsParameters
) -> Iterator[tuple[str, Image.Image]]:
    """Draw the mass, its ring and what lies below on every scan's native grid, and what is no tissue there."""
    return draw_regions(raw_masks, scans, regions, annotations=annotations)


def draw_regions(
    masks: Pictures,
    scans: ScansTable,
    regions: RegionsParameters,
    *,
    annotations: Pictures | None = None,
) -> Iterator[tuple[str, Image.Image]]:
    """Draw the regions of listed scans; without annotations all of them is tissue."""
    spacing_of = spacing_by_scan(scans)
    return (
        (
            scan_id,
            Image.fromarray(
                regions.partition(
                    np.asarray(masks[scan_id]()),
                    spacing_mm=spacing_mm,
                    scan_id=scan_id,
                    annotations=None if annotations is None else np.asarray(annotations[scan_id]()),
                )
            ),
        )
        for scan_id, spacing_mm in track(
            spacing_of.items(), description="Drawing region masks", total=len(spacing_of)
        )
    )

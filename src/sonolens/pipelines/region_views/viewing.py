"""The station of viewing: model_inputs, region_masks, scans -> viewed_inputs."""

from functools import partial

import numpy as np
from jaxtyping import UInt8
from kedro.pipeline import Pipeline

from sonolens.arrays import ScanStack
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.pipelines.region_views.parameters import RegionViewsParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.removal import FILLS, FillSources, divide_scan, draw_view, find_tissue
from sonolens.tables.cohort import ScansTable


def viewing_station() -> Pipeline:
    """Draw what networks are fitted to and asked of."""
    return station("viewing", {draw_views: "viewed_inputs"})


def draw_views(
    model_inputs: ScanStack,
    region_masks: Pictures,
    scans: ScansTable,
    region_views: RegionViewsParameters,
    reliance: RelianceParameters,
) -> dict[str, ScanStack]:
    """Draw every scan in every view, with the width of edges and the speckle of reliance."""
    views, scan_ids = region_views.views, scans["scan_id"].tolist()
    if len(model_inputs) % len(scan_ids):
        raise ValueError(
            f"model_inputs hold {len(model_inputs)} framed scans but scans lists {len(scan_ids)}; take both from "
            "one run, or run the data_processing pipeline again"
        )
    stacks = np.empty((len(views), *model_inputs.shape), dtype=np.uint8)
    work = partial(_draw_scan, model_inputs, region_masks, scan_ids, region_views, reliance)
    drawn = track(
        in_parallel(work, range(len(model_inputs))),
        description="Drawing views",
        total=len(model_inputs),
    )
    for place, pictures in enumerate(drawn):
        stacks[:, place] = pictures
    return dict(zip(views, stacks, strict=True))


def _draw_scan(
    model_inputs: ScanStack,
    region_masks: Pictures,
    scan_ids: list[str],
    region_views: RegionViewsParameters,
    reliance: RelianceParameters,
    place: int,
) -> UInt8[np.ndarray, "views rows cols"]:
    """Draw one framed scan in every view."""
    # A stack may hold all scans several times over, each time in the order of the table.
    number = place % len(scan_ids)
    scan = np.asarray(model_inputs[place])
    region_map, size_px = np.asarray(region_masks[scan_ids[number]]()), scan.shape[0]
    sharp, soft = (
        divide_scan(region_map, size_px=size_px, feather_px=feather_px)
        for feather_px in (0.0, reliance.feather_px)
    )
    sources = FillSources(
        tissue=find_tissue(soft),
        donors=np.empty((0, *scan.shape), dtype=np.uint8),
        seed=reliance.seed + number,
    )
    (fill,) = FILLS[region_views.fill](scan, soft, sources)
    return np.stack(
        [draw_view(scan, fill, sharp=sharp, soft=soft, view=view) for view in region_views.views]
    )

"""raw_masks, annotations, extreme_points, saliency_maps -> the pointing game at several widths of the ring."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.evaluation import pointing
from sonolens.parallel import Pending, in_parallel
from sonolens.pipelines.collections import Pictures, SaliencyMaps, spacing_by_scan
from sonolens.pipelines.explainability.points import measure_region_shares
from sonolens.pipelines.explainability.scored_scans import scored_scans
from sonolens.pipelines.parameters import EvaluationParameters, RegionsParameters
from sonolens.progress import track
from sonolens.regions import RegionRule, Ring
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RingSweep
from sonolens.tables.training import DecisionsTable


def draw_swept_regions(
    raw_masks: Pictures,
    annotations: Pictures,
    decisions: DecisionsTable,
    scans: ScansTable,
    regions: RegionsParameters,
    scoring: EvaluationParameters,
) -> Pending[list[tuple[str, Image.Image]]]:
    """Draw the regions of the scored scans with every width of the ring; without widths, with the ring itself."""
    rules = regions.sweep() if regions.sweep_outer_mm else [regions]
    spacing_of = spacing_by_scan(scans[scans["scan_id"].isin(_played(decisions, scoring))])
    work = partial(_draw_scan, raw_masks, annotations, rules)
    drawn = in_parallel(work, spacing_of.items())
    return track(drawn, description="Sweeping rings", total=len(spacing_of))


def sweep_rings(
    swept_regions: Pictures,
    saliency_maps: SaliencyMaps,
    extreme_points: ExtremePointsTable,
    mean_map_extremes: MeanMapExtremesTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    regions: RegionsParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Play the pointing game with narrower and wider rings, to see whether its answer hangs on one width."""
    if not regions.sweep_outer_mm:
        return RingSweep.empty()
    played = _played(decisions, scoring)
    points = extreme_points[extreme_points["scan_id"].isin(played)]
    played_scans = scans[scans["scan_id"].isin(played)]
    swept = []
    for rule in regions.sweep():
        region_maps = _choose(swept_regions, rule.ring, played_scans["scan_id"])
        renamed = pointing.name_regions(points, region_maps, ring=rule.ring.label)
        game = pointing.score_ring(
            renamed,
            measure_region_shares(saliency_maps, region_maps, played_scans, scoring),
            decisions,
            mean_extremes=mean_map_extremes,
            lookup=pointing.look_up_regions(
                renamed,
                mean_map_extremes,
                played_scans,
                region_maps,
                tolerance_mm=scoring.tolerance_mm,
            ),
            partition=scoring.partition,
            bootstrap=scoring.bootstrap,
        )
        swept.append(game.assign(**_width(rule.ring)))
    table = pd.concat(swept, ignore_index=True)
    return table[list(RingSweep.to_schema().columns)]


def _played(decisions: DecisionsTable, scoring: EvaluationParameters) -> set[str]:
    return set().union(*scored_scans(decisions, partition=scoring.partition).values())


def _name(ring: Ring) -> str:
    """Name a ring so that it can be part of a file's path."""
    return f"{ring.outer_mm:g}mm" if ring.mode == "millimetres" else f"{ring.outer_radii:g}radii"


def _choose(swept_regions: Pictures, ring: Ring, scan_ids: "pd.Series[str]") -> Pictures:
    """Return the region maps with one ring by scan."""
    name = _name(ring)
    absent = [scan_id for scan_id in scan_ids if f"{name}/{scan_id}" not in swept_regions]
    if absent:
        raise ValueError(
            f"no regions of scan {absent[0]!r} were drawn with a ring of {ring.label}; run draw_swept_regions "
            "again with these widths"
        )
    return {scan_id: swept_regions[f"{name}/{scan_id}"] for scan_id in scan_ids}


def _width(ring: Ring) -> dict[str, float]:
    """Write a ring's outer distance into the column of its unit."""
    in_mm = ring.mode == "millimetres"
    return {
        "ring_outer_mm": ring.outer_mm if in_mm else float("nan"),
        "ring_outer_radii": float("nan") if in_mm else ring.outer_radii,
    }


def _draw_scan(
    raw_masks: Pictures,
    annotations: Pictures,
    rules: Sequence[RegionRule],
    scan: tuple[str, tuple[float, float]],
) -> list[tuple[str, Image.Image]]:
    """Draw the regions of one scan with every ring."""
    scan_id, spacing_mm = scan
    mask, marked = np.asarray(raw_masks[scan_id]()), np.asarray(annotations[scan_id]())
    drawn = [
        rule.partition(mask, spacing_mm=spacing_mm, scan_id=scan_id, annotations=marked)
        for rule in rules
    ]
    return [
        (f"{_name(rule.ring)}/{scan_id}", Image.fromarray(region_map))
        for rule, region_map in zip(rules, drawn, strict=True)
    ]

"""raw_masks, annotations, extreme_points, saliency_maps -> the pointing game at several widths of the ring."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.evaluation import pointing
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, SaliencyMaps, spacing_by_scan
from sonolens.pipelines.explainability.parameters import RegionsParameters
from sonolens.pipelines.explainability.points import measure_region_shares
from sonolens.pipelines.explainability.scored_scans import scored_scans
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.progress import track
from sonolens.regions import RegionRule, Ring
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RingSweep
from sonolens.tables.training import DecisionsTable


def sweep_rings(
    raw_masks: Pictures,
    annotations: Pictures,
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
    scored = scored_scans(decisions, partition=scoring.partition)
    played = set().union(*scored.values())
    points = extreme_points[extreme_points["scan_id"].isin(played)]
    played_scans = scans[scans["scan_id"].isin(played)]
    rules = regions.sweep()
    drawn = _draw_rings(raw_masks, annotations, played_scans, rules)
    swept = []
    for rule, region_maps in zip(rules, drawn, strict=True):
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


def _width(ring: Ring) -> dict[str, float]:
    """Write a ring's outer distance into the column of its unit."""
    in_mm = ring.mode == "millimetres"
    return {
        "ring_outer_mm": ring.outer_mm if in_mm else float("nan"),
        "ring_outer_radii": float("nan") if in_mm else ring.outer_radii,
    }


def _draw_rings(
    raw_masks: Pictures, annotations: Pictures, scans: ScansTable, rules: Sequence[RegionRule]
) -> list[Pictures]:
    """Draw every ring on every scan; what is held are PNG files, a hundredth of the maps' size."""
    spacing_of = spacing_by_scan(scans)
    work = partial(_draw_scan, raw_masks, annotations, rules)
    drawn = track(
        in_parallel(work, spacing_of.items()), description="Sweeping rings", total=len(spacing_of)
    )
    files = dict(zip(spacing_of, drawn, strict=True))
    return [
        {scan_id: partial(_read, of_scan[place]) for scan_id, of_scan in files.items()}
        for place in range(len(rules))
    ]


def _draw_scan(
    raw_masks: Pictures,
    annotations: Pictures,
    rules: Sequence[RegionRule],
    scan: tuple[str, tuple[float, float]],
) -> list[bytes]:
    """Draw the regions of one scan with every ring."""
    scan_id, spacing_mm = scan
    mask, marked = np.asarray(raw_masks[scan_id]()), np.asarray(annotations[scan_id]())
    return [
        _write(rule.partition(mask, spacing_mm=spacing_mm, scan_id=scan_id, annotations=marked))
        for rule in rules
    ]


def _write(region_map: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(region_map).save(file, format="png", compress_level=1)
    return file.getvalue()


def _read(file: bytes) -> Image.Image:
    return Image.open(BytesIO(file))

"""The station of pointing: saliency_maps, region_masks, decisions -> extreme_points, pointing_game."""

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import pointing
from sonolens.pipelines.collections import Pictures, SaliencyMaps
from sonolens.pipelines.explainability.points import (
    locate_extreme_points,
    locate_mean_extremes,
    measure_region_shares,
    refuse_unmeasured_tolerance,
)
from sonolens.pipelines.explainability.ring_sweep import draw_swept_regions, sweep_rings
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable


def pointing_station() -> Pipeline:
    """Find where maps are extreme and what lies there, and play the pointing game with it."""
    return station(
        "pointing",
        {
            measure_region_shares: "region_shares",
            locate_extreme_points: "extreme_points",
            locate_mean_extremes: "mean_map_extremes",
            score_pointing_game: "pointing_game",
            score_annotation_hits: "annotation_hits",
            draw_swept_regions: "swept_regions",
            sweep_rings: "ring_sweep",
        },
        takes=EXPLAINED,
    )


def score_pointing_game(
    extreme_points: ExtremePointsTable,
    mean_map_extremes: MeanMapExtremesTable,
    region_shares: RegionSharesTable,
    region_masks: Pictures,
    decisions: DecisionsTable,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Count how often the extremes lie in each region, beside what baselines would score."""
    refuse_unmeasured_tolerance(scans, tolerance_mm=scoring.tolerance_mm)
    lookup = pointing.look_up_regions(
        extreme_points, mean_map_extremes, scans, region_masks, tolerance_mm=scoring.tolerance_mm
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


def score_annotation_hits(
    extreme_points: ExtremePointsTable,
    saliency_maps: SaliencyMaps,
    region_masks: Pictures,
    decisions: DecisionsTable,
    scans: ScansTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Count how often the extremes of the scored maps lie on what is no tissue, beside what blind points would hit."""
    shares = measure_region_shares(saliency_maps, region_masks, scans, scoring, pointing.ANNOTATION)
    return pointing.score_annotation_hits(
        extreme_points,
        shares,
        decisions,
        partition=scoring.partition,
        bootstrap=scoring.bootstrap,
    )

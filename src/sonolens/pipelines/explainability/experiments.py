"""The station of experiments: methods, resolutions and networks against each other."""

from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import experiments, pointing
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.explainability.evidence import SAME_AS_CAM
from sonolens.pipelines.explainability.scored_scans import scored_scans
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.saliency import EXPLAINERS
from sonolens.tables.cohort import ScansTable
from sonolens.tables.experiments import (
    ConfigurationPointing,
    GuidanceComparison,
    PointingComparison,
)
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable


def experiments_station() -> Pipeline:
    """Compare methods and configurations on the same scans."""
    return station(
        "experiments",
        {
            compare_pointing: ["configuration_pointing", "pointing_comparison"],
            compare_guidance: "guidance_comparison",
        },
        takes=EXPLAINED,
    )


def compare_pointing(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    region_masks: Pictures,
    decisions: DecisionsTable,
    scans: ScansTable,
    training_runs: TrainingRunsTable,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the hit rates of methods and of configurations on the same scans; one alone has no pair."""
    points, bootstrap = _play(extreme_points, decisions, scoring), scoring.bootstrap
    pointings = _gather(
        points, region_shares, region_masks, decisions, scans, training_runs, scoring
    )
    rates = experiments.score_pointing(pointings, bootstrap=bootstrap).merge(
        experiments.describe_configurations(training_runs), on="configuration", how="left"
    )
    pairs = experiments.compare_pointing(
        pointings, same_as_cam=SAME_AS_CAM, permutations=scoring.permutations, bootstrap=bootstrap
    )
    told = _tell(points, scoring)
    return (
        rates.assign(**told)[list(ConfigurationPointing.to_schema().columns)],
        pairs.assign(permutations=scoring.permutations, **told)[
            list(PointingComparison.to_schema().columns)
        ],
    )


def compare_guidance(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    region_masks: Pictures,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    training_runs: TrainingRunsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Compare guided networks with those by labels alone: how they classify, point, and on what they rely."""
    if not experiments.pair_guided(training_runs):
        return GuidanceComparison.empty()
    points = _play(extreme_points, decisions, scoring)
    run = experiments.ComparedRun(
        name="",
        label="",
        decisions=decisions,
        training_runs=training_runs,
        region_reliance=region_reliance,
        pointings=_gather(
            points, region_shares, region_masks, decisions, scans, training_runs, scoring
        ),
        pictures={},
        lesion_probability=scoring.lesion_probability,
        regions="",
    )
    return experiments.compare_guided(
        run,
        partition=scoring.partition,
        permutations=scoring.permutations,
        bootstrap=scoring.bootstrap,
    )


def _play(
    extreme_points: pd.DataFrame, decisions: pd.DataFrame, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Choose the extremes of the scans that are scored."""
    scored = scored_scans(decisions, partition=scoring.partition)
    return extreme_points[extreme_points["scan_id"].isin(set().union(*scored.values()))]


def _gather(
    points: pd.DataFrame,
    region_shares: pd.DataFrame,
    region_masks: Pictures,
    decisions: pd.DataFrame,
    scans: pd.DataFrame,
    training_runs: pd.DataFrame,
    scoring: EvaluationParameters,
) -> list[experiments.Pointing]:
    """Gather where every method points on every configuration."""
    return experiments.gather_pointing(
        points,
        region_shares,
        decisions,
        training_runs=training_runs,
        lookup=pointing.look_up_regions(
            points, MeanMapExtremes.empty(), scans, region_masks, tolerance_mm=scoring.tolerance_mm
        ),
        partition=scoring.partition,
        methods=list(EXPLAINERS),
    )


def _tell(points: pd.DataFrame, scoring: EvaluationParameters) -> dict[str, Any]:
    """Say what all rows have in common."""
    return {
        "subset": "all",
        "partition": scoring.partition,
        "confidence": scoring.confidence,
        "ring": pointing.read_ring(points),
        "tolerance_mm": scoring.tolerance_mm,
    }

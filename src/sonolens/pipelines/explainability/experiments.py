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
from sonolens.tables.experiments import ConfigurationPointing, PointingComparison
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable


def experiments_station() -> Pipeline:
    """Compare methods and configurations on the same scans."""
    return station(
        "experiments",
        {compare_pointing: ["configuration_pointing", "pointing_comparison"]},
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
    scored = scored_scans(decisions, partition=scoring.partition)
    played = extreme_points["scan_id"].isin(set().union(*scored.values()))
    points, bootstrap = extreme_points[played], scoring.bootstrap
    pointings = experiments.gather_pointing(
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


def _tell(points: pd.DataFrame, scoring: EvaluationParameters) -> dict[str, Any]:
    """Say what all rows have in common."""
    return {
        "subset": "all",
        "partition": scoring.partition,
        "confidence": scoring.confidence,
        "ring": pointing.read_ring(points),
        "tolerance_mm": scoring.tolerance_mm,
    }

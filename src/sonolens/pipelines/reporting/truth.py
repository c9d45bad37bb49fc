"""Scores of maps, reliance -> which known answers methods pass, and whether metrics agree; of the station of tables."""

import pandas as pd

from sonolens.evaluation import reliance, truth
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.saliency import EXPLAINERS
from sonolens.tables.evidence import (
    FaithfulnessScoresTable,
    LocalizationScoresTable,
    RepeatabilityTable,
    SanityChecksTable,
)
from sonolens.tables.pointing import ExtremePointsTable, PointingGameTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.truth import MethodRanking

BASELINES = [name for name, explainer in EXPLAINERS.items() if not explainer.knows_network]
NOT_RANKED = {
    *BASELINES,
    *(name for name, explainer in EXPLAINERS.items() if explainer.same_as_cam_on_gap),
} - {"cam"}
"""What knows no network is a yardstick; doubles of CAM would be counted twice."""


def judge_methods(
    localization_scores: LocalizationScoresTable,
    sanity_checks: SanityChecksTable,
    repeatability: RepeatabilityTable,
    extreme_points: ExtremePointsTable,
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Ask of the maps of every method and run what has an answer that is known without them."""
    decided = decisions[decisions["partition"] == scoring.partition]
    relied_on = reliance.name_most_relied_on(region_reliance, decided)
    accords = {
        (str(method), str(run)): truth.compare_with_reliance(
            points, decided[decided["run"] == run], relied_on.xs(run), bootstrap=scoring.bootstrap
        )
        for (method, run), points in extreme_points.groupby(["method", "run"], sort=False)
        if run in relied_on.index.get_level_values("run")
    }
    return truth.judge_methods(
        localization_scores,
        sanity_checks,
        repeatability,
        accords=accords,
        configuration_of=dict(
            training_runs[["run", "configuration"]].itertuples(index=False, name=None)
        ),
        baselines=BASELINES,
    )


def rank_methods(
    pointing_game: PointingGameTable,
    localization_scores: LocalizationScoresTable,
    faithfulness_scores: FaithfulnessScoresTable,
    sanity_checks: SanityChecksTable,
    repeatability: RepeatabilityTable,
    training_runs: TrainingRunsTable,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Rank the methods of every run by each metric, and name a winner only where the metrics agree."""
    tables = []
    for run, configuration in training_runs[["run", "configuration"]].itertuples(
        index=False, name=None
    ):
        metrics = truth.tabulate_metrics(
            run,
            pointing_game=pointing_game,
            localization_scores=localization_scores,
            faithfulness_scores=faithfulness_scores,
            sanity_checks=sanity_checks,
            repeatability=repeatability[repeatability["configuration"] == configuration],
        )
        ranked = truth.rank_methods(
            metrics.drop(columns=[name for name in metrics if name in NOT_RANKED]),
            permutations=scoring.permutations,
            confidence=scoring.bootstrap.confidence,
            seed=scoring.seed,
        )
        tables.append(ranked.assign(run=run))
    return pd.concat(tables, ignore_index=True) if tables else MethodRanking.empty()

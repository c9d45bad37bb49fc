"""Scores -> the paper's tables, and whether better classifiers point better."""

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.evaluation import experiments, pointing
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.stations import station
from sonolens.report import tabulate_classification, tabulate_pointing_game
from sonolens.saliency import EXPLAINERS
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import AnnotationHitsTable, PointingGameTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable


def relate_performance(
    pointing_game: PointingGameTable,
    classification_metrics: ClassificationMetricsTable,
    training_runs: TrainingRunsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    scoring: EvaluationParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set how well runs classify beside how often their maps point at the regions, and correlate both."""
    performance = experiments.relate_performance(
        pointing_game, classification_metrics, training_runs, region_shares, decisions
    )
    correlation = experiments.correlate_performance(
        performance, permutations=scoring.permutations, bootstrap=scoring.bootstrap
    )
    return performance, correlation


def judge_maps(
    pointing_game: PointingGameTable,
    annotation_hits: AnnotationHitsTable,
    classification_metrics: ClassificationMetricsTable,
) -> pd.DataFrame:
    """Hold the maps of every method and run against all yardsticks; baselines are none of the answers."""
    baselines = [name for name, explainer in EXPLAINERS.items() if not explainer.knows_network]
    return pointing.judge_maps(
        pointing_game,
        classification_metrics,
        baselines=baselines,
        annotation_hits=annotation_hits,
    )


def tables_station() -> Pipeline:
    """Set out the tables."""
    return station(
        "tables",
        {
            tabulate_classification: "table_1",
            tabulate_pointing_game: "table_2",
            # These here and not in explainability, which needs no scores of classification: a run killed before
            # they are complete must still be able to go on with its weights.
            judge_maps: "verdict",
            relate_performance: ["performance_and_pointing", "performance_correlation"],
        },
    )

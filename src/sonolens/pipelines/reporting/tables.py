"""Scores -> the paper's tables, and whether better classifiers point better."""

import pandas as pd
from kedro.pipeline import Node, Pipeline

from sonolens.evaluation import experiments
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.report import tabulate_classification, tabulate_pointing_game
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.pointing import PointingGameTable, RegionSharesTable
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


def tables_station() -> Pipeline:
    """Set out the tables."""
    return Pipeline(
        [
            Node(
                tabulate_classification,
                inputs="classification_metrics",
                outputs="table_1",
                name="tabulate_classification",
            ),
            Node(
                tabulate_pointing_game,
                inputs="pointing_game",
                outputs="table_2",
                name="tabulate_pointing_game",
            ),
            # Here and not in explainability, which needs no scores of classification: a run killed before they are
            # complete must still be able to go on with its weights.
            Node(
                relate_performance,
                inputs=[
                    "pointing_game",
                    "classification_metrics",
                    "training_runs",
                    "region_shares",
                    "decisions",
                    "params:evaluation",
                ],
                outputs=["performance_and_pointing", "performance_correlation"],
                name="relate_performance",
            ),
        ],
        namespace="tables",
        prefix_datasets_with_namespace=False,
    )

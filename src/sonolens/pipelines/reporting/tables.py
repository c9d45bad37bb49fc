"""Scores -> the paper's tables, and whether better classifiers point better."""

import pandas as pd
from kedro.pipeline import Node, Pipeline

from sonolens.evaluation import classification, experiments, participants, pointing
from sonolens.pipelines.parameters import EvaluationParameters
from sonolens.pipelines.reporting.other_runs import find_experiments, find_planted_answers
from sonolens.pipelines.reporting.truth import judge_methods, rank_methods
from sonolens.pipelines.stations import station
from sonolens.report import cards, tabulate_classification, tabulate_pointing_game
from sonolens.report.methods_text import METHODS_NEEDS, write_methods
from sonolens.saliency import EXPLAINERS
from sonolens.tables.classification import ClassificationMetricsTable, OperatingPointsTable
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


def tabulate_calls(
    decisions: DecisionsTable, operating_points: OperatingPointsTable, scoring: EvaluationParameters
) -> pd.DataFrame:
    """Count what every frozen threshold calls malignant and benign, rightly and wrongly."""
    return classification.count_calls(
        decisions, operating_points, lesion_probability=scoring.lesion_probability
    )


def tables_station() -> Pipeline:
    """Set out the tables, and what a journal and machines read of them."""
    made = station(
        "tables",
        {
            cards.write_model_card: "model_card",
            cards.write_data_card: "data_card",
            tabulate_classification: "table_1",
            tabulate_pointing_game: "table_2",
            tabulate_calls: "call_counts",
            participants.trace_scan_flow: "scan_flow",
            participants.describe_partitions: "partition_characteristics",
            # These here and not in explainability, which needs no scores of classification: a run killed before
            # they are complete must still be able to go on with its weights.
            judge_maps: "verdict",
            judge_methods: "truth_card",
            rank_methods: "method_ranking",
            find_planted_answers: "planted_answers",
            find_experiments: "asked_experiments",
            relate_performance: ["performance_and_pointing", "performance_correlation"],
        },
    )
    # The prose declares what it is told from, as the page does.
    written = Node(
        write_methods,
        inputs={name: name for name in METHODS_NEEDS},
        outputs="methods_text",
        name="write_methods",
    )
    return made + Pipeline([written], namespace="tables", prefix_datasets_with_namespace=False)

"""Scores, maps and scans -> the figures of the report."""

from kedro.pipeline import Node, Pipeline
from matplotlib.figure import Figure

from sonolens.figures.classification import curves, reliability
from sonolens.figures.classification.losses import draw_training
from sonolens.figures.evidence.abstention import draw_abstention
from sonolens.figures.evidence.agreement import draw_agreement
from sonolens.figures.evidence.faithfulness import draw_faithfulness
from sonolens.figures.evidence.repeatability import draw_repeatability
from sonolens.figures.evidence.sanity import draw_sanity
from sonolens.figures.experiments.comparison import draw_methods_and_networks
from sonolens.figures.experiments.performance import draw_performance_and_pointing
from sonolens.figures.pointing.hits import draw_pointing_game
from sonolens.figures.pointing.ring_sweep import draw_ring_sweep
from sonolens.pipelines.reporting.scan_figures import list_scan_figures, played_partition
from sonolens.tables.classification import (
    CalibrationCurveTable,
    ClassificationMetricsTable,
    RocCurveTable,
)
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.training import TrainingRunsTable


def draw_roc(
    roc_curve: RocCurveTable,
    classification_metrics: ClassificationMetricsTable,
    training_runs: TrainingRunsTable,
    pointing_game: PointingGameTable,
) -> Figure:
    """Draw the ROC curves of the partition that played the pointing game."""
    return curves.draw_roc(
        roc_curve,
        classification_metrics,
        training_runs=training_runs,
        partition=played_partition(pointing_game),
    )


def draw_calibration(
    calibration_curve: CalibrationCurveTable,
    training_runs: TrainingRunsTable,
    pointing_game: PointingGameTable,
) -> Figure:
    """Draw what was seen beside what was foretold, in the partition that played the game."""
    return reliability.draw_calibration(
        calibration_curve, training_runs=training_runs, partition=played_partition(pointing_game)
    )


def figures_station() -> Pipeline:
    """Draw the scans that the figures show, and every figure."""
    return Pipeline(
        [*list_scan_figures(), *_curves(), *_evidence(), *_experiments()],
        namespace="figures",
        prefix_datasets_with_namespace=False,
    )


def _curves() -> list[Node]:
    return [
        Node(
            draw_roc,
            inputs=["roc_curve", "classification_metrics", "training_runs", "pointing_game"],
            outputs="roc_figure",
            name="draw_roc",
        ),
        Node(
            draw_calibration,
            inputs=["calibration_curve", "training_runs", "pointing_game"],
            outputs="calibration_figure",
            name="draw_calibration",
        ),
        Node(
            draw_training,
            inputs=["training_history", "training_runs"],
            outputs="training_figure",
            name="draw_training",
        ),
        Node(
            draw_pointing_game,
            inputs="pointing_game",
            outputs="pointing_game_figure",
            name="draw_pointing_game",
        ),
    ]


def _evidence() -> list[Node]:
    return [
        Node(
            draw_abstention,
            inputs=["abstention_curve", "abstention_scores"],
            outputs="abstention_figure",
            name="draw_abstention",
        ),
        Node(
            draw_agreement,
            inputs="method_agreement",
            outputs="agreement_figure",
            name="draw_agreement",
        ),
        Node(
            draw_faithfulness,
            inputs=["faithfulness_curve", "faithfulness_scores"],
            outputs="faithfulness_figure",
            name="draw_faithfulness",
        ),
        Node(draw_sanity, inputs="sanity_checks", outputs="sanity_figure", name="draw_sanity"),
        Node(
            draw_repeatability,
            inputs="repeatability",
            outputs="repeatability_figure",
            name="draw_repeatability",
        ),
    ]


def _experiments() -> list[Node]:
    return [
        Node(
            draw_methods_and_networks,
            inputs="configuration_pointing",
            outputs="comparison_figure",
            name="draw_methods_and_networks",
        ),
        Node(
            draw_performance_and_pointing,
            inputs=["performance_and_pointing", "performance_correlation"],
            outputs="performance_figure",
            name="draw_performance_and_pointing",
        ),
        Node(
            draw_ring_sweep,
            inputs="ring_sweep",
            outputs="ring_sweep_figure",
            name="draw_ring_sweep",
        ),
    ]

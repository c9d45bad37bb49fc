"""Scores, maps and scans -> the figures of the report."""

from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.figures.classification import curves, reliability
from sonolens.figures.classification.conformal import draw_conformal_sets
from sonolens.figures.classification.losses import draw_training
from sonolens.figures.classification.shortcuts import draw_shortcuts
from sonolens.figures.evidence.abstention import draw_abstention
from sonolens.figures.evidence.agreement import draw_agreement
from sonolens.figures.evidence.descriptors import draw_descriptors
from sonolens.figures.evidence.faithfulness import draw_faithfulness
from sonolens.figures.evidence.readers import draw_readers
from sonolens.figures.evidence.repeatability import draw_repeatability
from sonolens.figures.evidence.sanity import draw_sanity
from sonolens.figures.experiments.comparison import draw_methods_and_networks
from sonolens.figures.experiments.performance import draw_performance_and_pointing
from sonolens.figures.pointing.hits import draw_pointing_game
from sonolens.figures.pointing.ring_sweep import draw_ring_sweep
from sonolens.figures.reliance.regions import draw_region_reliance
from sonolens.pipelines.explainability.selection import EXPLAINED
from sonolens.pipelines.reporting.scan_figures import (
    draw_cam_scheme,
    draw_coalition_pictures,
    draw_example_scans,
    draw_first_screen,
    draw_gallery,
    draw_method_examples,
    draw_regions,
    draw_saliency_examples,
    played_partition,
)
from sonolens.pipelines.stations import station
from sonolens.report.flow_diagram import draw_scan_flow
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
    return station(
        "figures",
        {
            draw_scan_flow: "scan_flow_figure",
            draw_roc: "roc_figure",
            draw_calibration: "calibration_figure",
            draw_conformal_sets: "conformal_figure",
            draw_training: "training_figure",
            draw_shortcuts: "shortcuts_figure",
            draw_pointing_game: "pointing_game_figure",
            draw_abstention: "abstention_figure",
            draw_agreement: "agreement_figure",
            draw_faithfulness: "faithfulness_figure",
            draw_sanity: "sanity_figure",
            draw_repeatability: "repeatability_figure",
            draw_descriptors: "descriptors_figure",
            draw_readers: "readers_figure",
            draw_methods_and_networks: "comparison_figure",
            draw_performance_and_pointing: "performance_figure",
            draw_ring_sweep: "ring_sweep_figure",
            draw_region_reliance: "reliance_figure",
            draw_coalition_pictures: "coalition_figure",
            draw_gallery: "gallery",
            draw_example_scans: "figure_1",
            draw_regions: "figure_3",
            draw_first_screen: "first_screen_figure",
            draw_cam_scheme: "figure_2",
            draw_saliency_examples: "figure_4",
            draw_method_examples: "methods_figure",
        },
        takes={"decisions": EXPLAINED["decisions"]},
    )

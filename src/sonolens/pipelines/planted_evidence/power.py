"""The station of detection power: planted_evidence -> detection_power, detection_limits, resolution_curve, figures, page."""

import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.evaluation import experiments
from sonolens.evaluation.experiments.doses import with_doses
from sonolens.figures import detection_power as figure
from sonolens.figures import resolution as resolution_figure
from sonolens.pipelines.experiment_page import page_of_experiment
from sonolens.pipelines.planted_evidence.tissue_plants import TISSUE_PLANTS
from sonolens.pipelines.stations import station
from sonolens.report.sections import detection_power as section


def detection_power_station() -> Pipeline:
    """Say at which dose every method finds what was planted, and whether accuracy gave it away."""
    return station(
        "detection_power",
        {
            score_detection_power: "detection_power",
            find_detection_limits: "detection_limits",
            draw_detection_power: "detection_power_figure",
            trace_resolution: "resolution_curve",
            draw_resolution: "resolution_figure",
        },
    ) + page_of_experiment(
        section.SECTION,
        namespace="detection_power",
        report="detection_power_page",
        scans="planted_scans",
    )


def score_detection_power(planted_evidence: pd.DataFrame) -> pd.DataFrame:
    """Count at every dose the fits whose maps find the plant, and those whose AUC tells of it."""
    return experiments.score_detection_power(with_doses(experiments.name_strides(planted_evidence)))


def find_detection_limits(detection_power: pd.DataFrame) -> pd.DataFrame:
    """Find the smallest dose at which every method, and accuracy, finds each plant."""
    return experiments.find_detection_limits(detection_power)


def draw_detection_power(detection_power: pd.DataFrame) -> Figure:
    """Draw how often each method finds each plant, by its share and by its strength."""
    return figure.draw_detection_power(detection_power)


def trace_resolution(
    planted_evidence: pd.DataFrame, planted_shares: pd.DataFrame, planted_runs: pd.DataFrame
) -> pd.DataFrame:
    """Set hits of what has one size beside that size over the cell of the map."""
    return experiments.trace_resolution(
        with_doses(planted_evidence),
        planted_shares,
        planted_runs,
        diameters_mm={
            name: plant.diameter_mm for name, plant in TISSUE_PLANTS.items() if plant.diameter_mm
        },
    )


def draw_resolution(resolution_curve: pd.DataFrame) -> Figure:
    """Draw how often maps point to what is so many cells wide."""
    return resolution_figure.draw_resolution(resolution_curve)

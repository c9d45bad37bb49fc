"""The station of detection power: planted_evidence -> detection_power, detection_limits, their figure and their page."""

import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure

from sonolens.evaluation import experiments
from sonolens.evaluation.experiments.doses import with_doses
from sonolens.figures import detection_power as figure
from sonolens.pipelines.experiment_page import page_of_experiment
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
        },
    ) + page_of_experiment(
        section.SECTION,
        namespace="detection_power",
        report="detection_power_page",
        scans="planted_scans",
    )


def score_detection_power(planted_evidence: pd.DataFrame) -> pd.DataFrame:
    """Count at every dose the fits whose maps find the plant, and those whose AUC tells of it."""
    return experiments.score_detection_power(with_doses(planted_evidence))


def find_detection_limits(detection_power: pd.DataFrame) -> pd.DataFrame:
    """Find the smallest dose at which every method, and accuracy, finds each plant."""
    return experiments.find_detection_limits(detection_power)


def draw_detection_power(detection_power: pd.DataFrame) -> Figure:
    """Draw how often each method finds each plant, by its share and by its strength."""
    return figure.draw_detection_power(detection_power)

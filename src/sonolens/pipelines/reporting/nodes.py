"""Scores, maps and scans -> the paper's tables and figures, and one report."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sonolens import evaluation, figures, report
from sonolens.arrays import ScanStack
from sonolens.models import rebuild_network
from sonolens.pipelines.collections import Networks, Pictures, SaliencyMaps
from sonolens.pipelines.data_processing.parameters import FramingParameters
from sonolens.pipelines.explainability.parameters import ExplanationParameters
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.pipelines.reporting.views import view_explained_scans, view_scans
from sonolens.saliency import strongest_channels


def draw_gallery(
    predictions: pd.DataFrame,
    operating_points: pd.DataFrame,
    explanation: ExplanationParameters,
    reporting: ReportingParameters,
) -> pd.DataFrame:
    """Draw by seed the scans that the figures show."""
    return evaluation.draw_gallery(
        predictions,
        operating_points,
        partition=explanation.partition,
        correct_per_label=reporting.examples_per_label,
        wrong=reporting.wrong_examples,
        seed=reporting.seed,
    )


def tabulate_classification(classification_metrics: pd.DataFrame) -> pd.DataFrame:
    """Set out the test scores as in the paper's Tab. 1."""
    return report.tabulate_classification(classification_metrics)


def tabulate_pointing_game(pointing_game: pd.DataFrame) -> pd.DataFrame:
    """Set out the hits of correctly classified scans as in the paper's Tab. 2."""
    return report.tabulate_pointing_game(pointing_game)


def draw_example_scans(
    gallery: pd.DataFrame, scans: pd.DataFrame, raw_images: Pictures, raw_masks: Pictures
) -> Figure:
    """Show benign and malignant masses as in the paper's Fig. 1."""
    return figures.draw_example_scans(view_scans(gallery, scans, raw_images, raw_masks))


def draw_cam_scheme(
    gallery: pd.DataFrame, scans: pd.DataFrame, model_inputs: ScanStack, model_weights: Networks
) -> Figure:
    """Show on one scan how feature maps add up to a map and to the logit, as in the paper's Fig. 2."""
    shown = gallery.iloc[-1]
    place = int(scans.index[scans["scan_id"] == shown["scan_id"]][0])
    scan = model_inputs[place]
    network = rebuild_network(model_weights[shown["run"]]())
    return figures.draw_cam_scheme(scan, strongest_channels(network, scan, count=4))

"""Scores, maps and scans -> the paper's tables and figures, and one report."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens import report
from sonolens.arrays import ScanStack
from sonolens.evaluation import gallery
from sonolens.figures import cam_scheme, paper_figures
from sonolens.figures.classification import curves, losses, reliability
from sonolens.figures.pointing import hits
from sonolens.models import rebuild_network
from sonolens.pipelines.collections import Networks, Pictures, SaliencyMaps
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.pipelines.reporting.views import shown_scan, view_explained_scans, view_scans
from sonolens.saliency import strongest_channels

STRONGEST_CHANNELS = 4
"""Feature maps in Fig. 2."""


def draw_gallery(
    predictions: pd.DataFrame,
    operating_points: pd.DataFrame,
    pointing_game: pd.DataFrame,
    reporting: ReportingParameters,
) -> pd.DataFrame:
    """Draw by seed the scans that the figures show."""
    return gallery.draw_gallery(
        predictions,
        operating_points,
        partition=_played(pointing_game),
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
    views = view_scans(gallery, scans, raw_images=raw_images, raw_masks=raw_masks)
    return paper_figures.draw_example_scans(views)


def draw_cam_scheme(
    gallery: pd.DataFrame, scans: pd.DataFrame, model_inputs: ScanStack, model_weights: Networks
) -> Figure:
    """Show on one scan how feature maps add up to the map and the logit, as in the paper's Fig. 2."""
    shown = shown_scan(gallery)
    scan = model_inputs[np.flatnonzero(scans["scan_id"] == shown["scan_id"])[0]]
    network = rebuild_network(model_weights[shown["run"]]())
    strongest = strongest_channels(network, scan, count=STRONGEST_CHANNELS)
    return cam_scheme.draw_cam_scheme(
        scan,
        title=f"{shown['scan_id']} · {shown['label']}",
        channel_maps=strongest.maps,
        channel_weights=strongest.weights,
        channels_total=network.head.in_features,
        saliency=strongest.saliency,
        bias=strongest.bias,
        logit=strongest.logit,
    )


def draw_regions(
    gallery: pd.DataFrame,
    scans: pd.DataFrame,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    extreme_points: pd.DataFrame,
) -> Figure:
    """Show the three regions of one scan as in the paper's Fig. 3."""
    (view,) = view_scans(
        shown_scan(gallery).to_frame().T,
        scans,
        raw_images=raw_images,
        raw_masks=raw_masks,
        region_masks=region_masks,
        ring=extreme_points["ring"].iloc[0],
    )
    return paper_figures.draw_regions(view)


def draw_saliency_examples(
    gallery: pd.DataFrame,
    scans: pd.DataFrame,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    saliency_maps: SaliencyMaps,
    extreme_points: pd.DataFrame,
    model_inputs: ScanStack,
) -> Figure:
    """Show scans with regions, signed map and its extremes as in the paper's Fig. 4."""
    views = view_explained_scans(
        gallery,
        scans,
        raw_images=raw_images,
        raw_masks=raw_masks,
        region_masks=region_masks,
        saliency_maps=saliency_maps,
        extreme_points=extreme_points,
        method=extreme_points["method"].iloc[0],
        size_px=model_inputs.shape[1],
    )
    return paper_figures.draw_saliency_examples(views)


def draw_roc(
    roc_curve: pd.DataFrame,
    classification_metrics: pd.DataFrame,
    training_runs: pd.DataFrame,
    pointing_game: pd.DataFrame,
) -> Figure:
    """Draw the ROC curves of the partition that played the pointing game."""
    return curves.draw_roc(
        roc_curve,
        classification_metrics,
        training_runs=training_runs,
        partition=_played(pointing_game),
    )


def draw_calibration(
    calibration_curve: pd.DataFrame, training_runs: pd.DataFrame, pointing_game: pd.DataFrame
) -> Figure:
    """Draw what was seen beside what was foretold, in the partition that played the game."""
    return reliability.draw_calibration(
        calibration_curve, training_runs=training_runs, partition=_played(pointing_game)
    )


def draw_training(training_history: pd.DataFrame, training_runs: pd.DataFrame) -> Figure:
    """Draw the losses of every epoch."""
    return losses.draw_training(training_history, training_runs=training_runs)


def draw_pointing_game(pointing_game: pd.DataFrame) -> Figure:
    """Draw the hit rates beside chance and the paper's own."""
    return hits.draw_pointing_game(pointing_game)


def _played(pointing_game: pd.DataFrame) -> str:
    """The partition whose scans were scored, which the table tells and no parameter of this run."""
    return str(pointing_game["partition"].iloc[0])

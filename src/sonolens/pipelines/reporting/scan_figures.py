"""Scans, regions and maps -> the scans that the figures show, and the figures that show them."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.arrays import ScanStack
from sonolens.figures import cam_scheme, first_screen, gallery, method_examples, paper_figures
from sonolens.figures.reliance import pictures
from sonolens.models import rebuild_network
from sonolens.pipelines.collections import Networks, Pictures, SaliencyMaps, methods_drawn
from sonolens.pipelines.pairs import inputs_of
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.pipelines.reporting.views import (
    right_and_wrong,
    shown_scan,
    view_explained_scans,
    view_scans,
)
from sonolens.saliency import EXPLAINERS, strongest_channels
from sonolens.tables.cohort import ScansTable
from sonolens.tables.pointing import ExtremePointsTable, PointingGameTable
from sonolens.tables.reliance import CoalitionLogitsTable
from sonolens.tables.shown import GalleryTable
from sonolens.tables.training import DecisionsTable

STRONGEST_CHANNELS = 4
"""Feature maps in Fig. 2."""


def draw_gallery(
    decisions: DecisionsTable,
    pointing_game: PointingGameTable,
    reporting: ReportingParameters,
) -> pd.DataFrame:
    """Draw by seed the scans that the figures show."""
    return gallery.draw_gallery(
        decisions,
        partition=played_partition(pointing_game),
        correct_per_label=reporting.examples_per_label,
        wrong=reporting.wrong_examples,
        seed=reporting.seed,
    )


def draw_example_scans(
    gallery: GalleryTable, scans: ScansTable, raw_images: Pictures, raw_masks: Pictures
) -> Figure:
    """Show benign and malignant masses as in the paper's Fig. 1."""
    views = view_scans(gallery, scans, raw_images=raw_images, raw_masks=raw_masks)
    return paper_figures.draw_example_scans(views)


def draw_cam_scheme(
    gallery: GalleryTable, scans: ScansTable, model_inputs: ScanStack, model_weights: Networks
) -> Figure:
    """Show on one scan how feature maps add up to the map and the logit, as in the paper's Fig. 2."""
    shown = shown_scan(gallery)
    weights = model_weights[shown["run"]]()
    framed = inputs_of(weights, model_inputs, count=len(scans))
    scan = framed[np.flatnonzero(scans["scan_id"] == shown["scan_id"])[0]]
    network = rebuild_network(weights)
    count = min(STRONGEST_CHANNELS, network.head.in_features)
    strongest = strongest_channels(network, scan, count=count)
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
    gallery: GalleryTable,
    scans: ScansTable,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    extreme_points: ExtremePointsTable,
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
    gallery: GalleryTable,
    scans: ScansTable,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    extreme_points: ExtremePointsTable,
    saliency_maps: SaliencyMaps,
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
    )
    return paper_figures.draw_saliency_examples(views)


def draw_first_screen(
    gallery: GalleryTable,
    scans: ScansTable,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    extreme_points: ExtremePointsTable,
    saliency_maps: SaliencyMaps,
) -> Figure:
    """Show one call that is right and one that is wrong with their maps, malignant ones first."""
    views = view_explained_scans(
        right_and_wrong(gallery),
        scans,
        raw_images=raw_images,
        raw_masks=raw_masks,
        region_masks=region_masks,
        saliency_maps=saliency_maps,
        extreme_points=extreme_points,
        method=extreme_points["method"].iloc[0],
    )
    return first_screen.draw_right_and_wrong(views)


def draw_coalition_pictures(
    coalition_pictures: Pictures, coalition_logits: CoalitionLogitsTable, scans: ScansTable
) -> Figure:
    """Show what a network was shown of one scan of each label when regions were left out."""
    return pictures.draw_coalition_pictures(
        coalition_pictures, coalition_logits, scans.set_index("scan_id")["label"]
    )


def draw_method_examples(
    gallery: GalleryTable,
    scans: ScansTable,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    extreme_points: ExtremePointsTable,
    saliency_maps: SaliencyMaps,
) -> Figure:
    """Show one rightly and one wrongly called scan of each label with the maps of all methods."""
    shown = gallery.drop_duplicates(["label", "correct"])
    return method_examples.draw_method_examples(
        {
            method: view_explained_scans(
                shown,
                scans,
                raw_images=raw_images,
                raw_masks=raw_masks,
                region_masks=region_masks,
                saliency_maps=saliency_maps,
                extreme_points=extreme_points,
                method=method,
            )
            for method in methods_drawn(saliency_maps)
        },
        unsigned=[name for name, explainer in EXPLAINERS.items() if not explainer.signed],
    )


def played_partition(pointing_game: PointingGameTable) -> str:
    """The partition whose scans were scored, which the table tells and no parameter of this run."""
    return str(pointing_game["partition"].iloc[0])

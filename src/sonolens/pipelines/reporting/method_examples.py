"""Scans, regions and maps -> what every method makes of the same few scans."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures import method_examples
from sonolens.pipelines.collections import Pictures, SaliencyMaps, methods_drawn
from sonolens.pipelines.reporting.views import view_explained_scans


def draw_method_examples(
    gallery: pd.DataFrame,
    scans: pd.DataFrame,
    raw_images: Pictures,
    raw_masks: Pictures,
    region_masks: Pictures,
    saliency_maps: SaliencyMaps,
    extreme_points: pd.DataFrame,
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
        }
    )

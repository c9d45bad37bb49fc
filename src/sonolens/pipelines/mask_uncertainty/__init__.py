"""saliency maps, masks -> contours moved as readers differ -> mask_uncertainty; not part of `kedro run`."""

from sonolens.pipelines.mask_uncertainty.pipeline import create_pipeline

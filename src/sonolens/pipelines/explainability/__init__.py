"""model_weights, model_inputs, raw_masks -> saliency_maps, region_masks, pointing_game."""

from sonolens.pipelines.explainability.pipeline import create_pipeline

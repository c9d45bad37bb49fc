"""scans, splits, model_inputs -> model_weights, predictions and their scores."""

from sonolens.pipelines.training.pipeline import create_pipeline

"""study -> scans, raw_images, raw_masks, splits, model_inputs."""

from sonolens.pipelines.data_processing.pipeline import create_pipeline

"""validation scans asked of -> a region chosen -> chosen_regions; not part of `kedro run`."""

from sonolens.pipelines.chosen_region.pipeline import create_pipeline

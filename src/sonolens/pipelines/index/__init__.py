"""The runs of a data root -> an index page, and a way to the newest report."""

from sonolens.pipelines.index.pipeline import create_pipeline

"""New scans and a network that travels -> explanations; not part of `kedro run`."""

from sonolens.pipelines.inference.pipeline import create_pipeline

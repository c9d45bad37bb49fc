"""Two or more runs -> run_comparison, its figure and page; not part of `kedro run`."""

from sonolens.pipelines.compare.pipeline import create_pipeline

"""A finished study -> exported_networks, each in one file that needs no study; not part of `kedro run`."""

from sonolens.pipelines.export.pipeline import create_pipeline

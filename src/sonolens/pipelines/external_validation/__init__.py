"""A study and networks from elsewhere -> how they do on it, beside at home; not part of `kedro run`."""

from sonolens.pipelines.external_validation.pipeline import create_pipeline

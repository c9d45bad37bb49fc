"""Phantoms or scans with one known cue -> networks -> maps -> planted_evidence; not part of `kedro run`."""

from sonolens.pipelines.planted_evidence.pipeline import create_pipeline

"""Phantoms with one known cue -> networks -> maps -> planted_evidence; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.planted_evidence.evidence import evidence_nodes
from sonolens.pipelines.planted_evidence.networks import network_nodes


def create_pipeline() -> Pipeline:
    """Plant evidence, fit and explain networks, and see whether their maps point to it."""
    return Pipeline(
        [*network_nodes(), *evidence_nodes()],
        namespace="planted_evidence",
        prefix_datasets_with_namespace=False,
    )

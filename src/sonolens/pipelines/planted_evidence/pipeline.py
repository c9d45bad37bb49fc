"""Phantoms or scans with one known cue -> networks -> maps -> planted_evidence; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.planted_evidence.evidence import planted_evidence_station
from sonolens.pipelines.planted_evidence.networks import planted_networks_station
from sonolens.pipelines.planted_evidence.planting import planting_station
from sonolens.pipelines.planted_evidence.power import detection_power_station


def create_pipeline() -> Pipeline:
    """Plant evidence, fit and explain networks, and see whether their maps point to it."""
    return (
        planting_station()
        + planted_networks_station()
        + planted_evidence_station()
        + detection_power_station()
    )

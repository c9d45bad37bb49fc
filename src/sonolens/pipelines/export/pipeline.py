"""A finished study -> exported_networks, each in one file that needs no study; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.export.description import description_station
from sonolens.pipelines.export.packing import packing_station


def create_pipeline() -> Pipeline:
    """Describe what trained every network, and pack each with it."""
    return description_station() + packing_station()

"""validation scans asked of -> a region chosen -> chosen_regions; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.chosen_region.choice import region_choice_station


def create_pipeline() -> Pipeline:
    """Choose a region to be read instead of the whole scan, and say whether it is read better."""
    return region_choice_station()

"""model_inputs, region_masks -> views -> networks -> view_matrix; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.region_views.matrix import view_matrix_station
from sonolens.pipelines.region_views.networks import view_networks_station
from sonolens.pipelines.region_views.viewing import viewing_station


def create_pipeline() -> Pipeline:
    """Fit networks to scans without a region or to it alone, and ask each of all views."""
    return viewing_station() + view_networks_station() + view_matrix_station()

"""model_weights, model_inputs, raw_masks -> saliency_maps, region_masks, and what they are worth."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.explainability.descriptors import descriptors_station
from sonolens.pipelines.explainability.evidence import evidence_station
from sonolens.pipelines.explainability.experiments import experiments_station
from sonolens.pipelines.explainability.maps import maps_station
from sonolens.pipelines.explainability.network_checks import network_checks_station
from sonolens.pipelines.explainability.pointing import pointing_station
from sonolens.pipelines.explainability.readers import readers_station
from sonolens.pipelines.explainability.regions import regions_station
from sonolens.pipelines.explainability.reliance import reliance_station
from sonolens.pipelines.explainability.selection import selection_station


def create_pipeline() -> Pipeline:
    """Draw regions and maps, see which region their extremes hit, their worth, and what decisions hang on."""
    return (
        regions_station()
        + maps_station()
        + selection_station()
        + pointing_station()
        + evidence_station()
        + network_checks_station()
        + reliance_station()
        + descriptors_station()
        + readers_station()
        + experiments_station()
    )

"""study -> screening, scans, raw_images, raw_masks, mass_measurements, splits, model_inputs."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.data_processing.intake import intake_station
from sonolens.pipelines.data_processing.preparation import preparation_station


def create_pipeline() -> Pipeline:
    """Screen a study, import what is sound, split its patients, frame its scans."""
    return intake_station() + preparation_station()

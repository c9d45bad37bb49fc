"""A study and networks from elsewhere -> how they do on it, beside at home; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.data_processing.intake import intake_station
from sonolens.pipelines.explainability import create_pipeline as explain
from sonolens.pipelines.external_validation.arrival import arrival_station
from sonolens.pipelines.external_validation.beside_home import beside_home_station
from sonolens.pipelines.training.scores import scores_station


def create_pipeline() -> Pipeline:
    """Read the study, let frozen networks judge it, and score and explain them by the nodes of the main flow."""
    return (
        intake_station() + arrival_station() + scores_station() + explain() + beside_home_station()
    )

"""scans, splits, model_inputs, masks -> model_weights, predictions, decisions and their scores."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.training.fitting import fitting_station
from sonolens.pipelines.training.guidance import guidance_station
from sonolens.pipelines.training.scores import scores_station


def create_pipeline() -> Pipeline:
    """Fit networks, let them judge every scan, fix thresholds, score runs and configurations."""
    return guidance_station() + fitting_station() + scores_station()

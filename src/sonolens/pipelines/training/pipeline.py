"""scans, splits, model_inputs -> model_weights, predictions and their scores."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.training.nodes import (
    choose_operating_points,
    predict_scans,
    score_classification,
    trace_roc,
    train_networks,
)


def create_pipeline() -> Pipeline:
    """Fit networks, let them judge every scan, fix the threshold on validation, score."""
    return Pipeline(
        [
            Node(
                train_networks,
                inputs=["scans", "splits", "model_inputs", "params:training", "params:inference"],
                outputs=["model_weights", "training_history"],
                name="train_networks",
            ),
            Node(
                predict_scans,
                inputs=["model_weights", "scans", "splits", "model_inputs", "params:inference"],
                outputs="predictions",
                name="predict_scans",
            ),
            Node(
                choose_operating_points,
                inputs="predictions",
                outputs="operating_points",
                name="choose_operating_points",
            ),
            Node(
                score_classification,
                inputs=["predictions", "scans", "operating_points", "params:evaluation"],
                outputs="classification_metrics",
                name="score_classification",
            ),
            Node(trace_roc, inputs="predictions", outputs="roc_curve", name="trace_roc"),
        ]
    )

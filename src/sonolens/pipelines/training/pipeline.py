"""scans, splits, model_inputs -> model_weights, predictions and their scores."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.training import nodes


def create_pipeline() -> Pipeline:
    """Fit networks, let them judge every scan, fix thresholds, score runs and configurations."""
    return Pipeline([*_networks(), *_runs(), *_configurations()])


def _networks() -> list[Node]:
    return [
        Node(
            nodes.train_networks,
            inputs=[
                "scans",
                "splits",
                "model_inputs",
                "checkpoints",
                "params:training",
                "params:inference",
            ],
            outputs=["model_weights", "training_runs", "training_history"],
            name="train_networks",
        ),
        Node(
            nodes.predict_scans,
            inputs=[
                "model_weights",
                "training_runs",
                "scans",
                "splits",
                "model_inputs",
                "params:inference",
            ],
            outputs="predictions",
            name="predict_scans",
        ),
        Node(
            nodes.choose_operating_points,
            inputs=["predictions", "training_runs", "params:evaluation"],
            outputs="operating_points",
            name="choose_operating_points",
        ),
        Node(
            nodes.decide_scans,
            inputs=["predictions", "scans", "operating_points"],
            outputs="decisions",
            name="decide_scans",
        ),
    ]


def _runs() -> list[Node]:
    return [
        Node(
            nodes.score_classification,
            inputs=[
                "decisions",
                "scans",
                "mass_measurements",
                "operating_points",
                "params:evaluation",
            ],
            outputs="classification_metrics",
            name="score_classification",
        ),
        Node(
            nodes.trace_roc,
            inputs=["predictions", "params:evaluation"],
            outputs="roc_curve",
            name="trace_roc",
        ),
        Node(
            nodes.trace_calibration,
            inputs=["predictions", "params:evaluation"],
            outputs="calibration_curve",
            name="trace_calibration",
        ),
    ]


def _configurations() -> list[Node]:
    scored = ["decisions", "training_runs", "operating_points", "params:evaluation"]
    return [
        Node(
            nodes.score_configurations,
            inputs=scored,
            outputs="configuration_metrics",
            name="score_configurations",
        ),
        Node(
            nodes.compare_configurations,
            inputs=["decisions", "training_runs", "params:evaluation"],
            outputs="configuration_comparison",
            name="compare_configurations",
        ),
        Node(
            nodes.measure_optimism,
            inputs=scored,
            outputs="protocol_optimism",
            name="measure_optimism",
        ),
    ]

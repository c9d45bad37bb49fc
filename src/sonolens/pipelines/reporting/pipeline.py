"""Scores, maps and scans -> the paper's tables and figures, and one report."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.reporting import evidence, experiments, nodes
from sonolens.pipelines.reporting.method_examples import draw_method_examples
from sonolens.pipelines.reporting.sweep import draw_ring_sweep
from sonolens.report import write_report
from sonolens.report.sections import INPUTS


def create_pipeline() -> Pipeline:
    """Set out the tables, draw the figures, write the report."""
    return Pipeline(
        [
            *_tables(),
            *_scan_figures(),
            *_map_figures(),
            *_curves(),
            *_evidence(),
            *_experiments(),
            _sweep(),
            _report(),
        ]
    )


def _tables() -> list[Node]:
    return [
        Node(
            nodes.tabulate_classification,
            inputs="classification_metrics",
            outputs="table_1",
            name="tabulate_classification",
        ),
        Node(
            nodes.tabulate_pointing_game,
            inputs="pointing_game",
            outputs="table_2",
            name="tabulate_pointing_game",
        ),
        Node(
            nodes.draw_gallery,
            inputs=["predictions", "operating_points", "pointing_game", "params:reporting"],
            outputs="gallery",
            name="draw_gallery",
        ),
    ]


def _scan_figures() -> list[Node]:
    return [
        Node(
            nodes.draw_example_scans,
            inputs=["gallery", "scans", "raw_images", "raw_masks"],
            outputs="figure_1",
            name="draw_example_scans",
        ),
        Node(
            nodes.draw_regions,
            inputs=[
                "gallery",
                "scans",
                "raw_images",
                "raw_masks",
                "region_masks",
                "extreme_points",
            ],
            outputs="figure_3",
            name="draw_regions",
        ),
    ]


def _map_figures() -> list[Node]:
    return [
        Node(
            nodes.draw_cam_scheme,
            inputs=["gallery", "scans", "model_inputs", "model_weights"],
            outputs="figure_2",
            name="draw_cam_scheme",
        ),
        Node(
            nodes.draw_saliency_examples,
            inputs=[
                "gallery",
                "scans",
                "raw_images",
                "raw_masks",
                "region_masks",
                "saliency_maps",
                "extreme_points",
                "model_inputs",
            ],
            outputs="figure_4",
            name="draw_saliency_examples",
        ),
        Node(
            draw_method_examples,
            inputs=[
                "gallery",
                "scans",
                "raw_images",
                "raw_masks",
                "region_masks",
                "saliency_maps",
                "extreme_points",
                "model_inputs",
            ],
            outputs="methods_figure",
            name="draw_method_examples",
        ),
    ]


def _curves() -> list[Node]:
    return [
        Node(
            nodes.draw_roc,
            inputs=["roc_curve", "classification_metrics", "training_runs", "pointing_game"],
            outputs="roc_figure",
            name="draw_roc",
        ),
        Node(
            nodes.draw_calibration,
            inputs=["calibration_curve", "training_runs", "pointing_game"],
            outputs="calibration_figure",
            name="draw_calibration",
        ),
        Node(
            nodes.draw_training,
            inputs=["training_history", "training_runs"],
            outputs="training_figure",
            name="draw_training",
        ),
        Node(
            nodes.draw_pointing_game,
            inputs="pointing_game",
            outputs="pointing_game_figure",
            name="draw_pointing_game",
        ),
    ]


def _evidence() -> list[Node]:
    return [
        Node(
            evidence.draw_abstention,
            inputs=["abstention_curve", "abstention_scores"],
            outputs="abstention_figure",
            name="draw_abstention",
        ),
        Node(
            evidence.draw_agreement,
            inputs="method_agreement",
            outputs="agreement_figure",
            name="draw_agreement",
        ),
        Node(
            evidence.draw_faithfulness,
            inputs=["faithfulness_curve", "faithfulness_scores"],
            outputs="faithfulness_figure",
            name="draw_faithfulness",
        ),
        Node(
            evidence.draw_sanity,
            inputs="sanity_checks",
            outputs="sanity_figure",
            name="draw_sanity",
        ),
    ]


def _experiments() -> list[Node]:
    return [
        Node(
            experiments.draw_methods_and_networks,
            inputs="configuration_pointing",
            outputs="comparison_figure",
            name="draw_methods_and_networks",
        ),
        # Here and not in explainability, which needs no scores of classification: a run killed before they are
        # complete must still be able to go on with its weights.
        Node(
            experiments.relate_performance,
            inputs=[
                "pointing_game",
                "classification_metrics",
                "training_runs",
                "region_shares",
                "predictions",
                "params:evaluation",
            ],
            outputs=["performance_and_pointing", "performance_correlation"],
            name="relate_performance",
        ),
        Node(
            experiments.draw_performance_and_pointing,
            inputs=["performance_and_pointing", "performance_correlation"],
            outputs="performance_figure",
            name="draw_performance_and_pointing",
        ),
    ]


def _sweep() -> Node:
    return Node(
        draw_ring_sweep,
        inputs="ring_sweep",
        outputs="ring_sweep_figure",
        name="draw_ring_sweep",
    )


def _report() -> Node:
    return Node(
        write_report,
        inputs={name: name for name in INPUTS},
        outputs="report",
        name="write_report",
    )

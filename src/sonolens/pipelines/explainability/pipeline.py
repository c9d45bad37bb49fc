"""model_weights, model_inputs, raw_masks -> saliency_maps, region_masks, and what they are worth."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.explainability.evidence import (
    compare_methods,
    score_abstention,
    score_localization,
)
from sonolens.pipelines.explainability.experiments import compare_pointing
from sonolens.pipelines.explainability.network_checks import check_sanity, score_faithfulness
from sonolens.pipelines.explainability.nodes import (
    draw_region_masks,
    draw_saliency_maps,
    locate_extreme_points,
    locate_mean_extremes,
    measure_region_shares,
    score_pointing_game,
)
from sonolens.pipelines.explainability.ring_sweep import sweep_rings


def create_pipeline() -> Pipeline:
    """Draw regions and maps, see which region their extremes hit, and what else their evidence is worth."""
    return Pipeline(
        [
            *_maps(),
            *_points(),
            *_game(),
            *_sweep(),
            *_experiments(),
            *_evidence(),
            *_comparisons(),
            *_network_checks(),
        ]
    )


def _maps() -> list[Node]:
    return [
        Node(
            draw_region_masks,
            inputs=["raw_masks", "scans", "params:regions"],
            outputs="region_masks",
            name="draw_region_masks",
        ),
        Node(
            draw_saliency_maps,
            inputs=[
                "model_weights",
                "model_inputs",
                "scans",
                "predictions",
                "params:explanation",
                "params:inference",
            ],
            outputs="saliency_maps",
            name="draw_saliency_maps",
        ),
    ]


def _points() -> list[Node]:
    return [
        Node(
            measure_region_shares,
            inputs=[
                "saliency_maps",
                "region_masks",
                "scans",
                "params:framing",
                "params:evaluation",
            ],
            outputs="region_shares",
            name="measure_region_shares",
        ),
        Node(
            locate_extreme_points,
            inputs=[
                "saliency_maps",
                "region_masks",
                "scans",
                "params:framing",
                "params:regions",
                "params:explanation",
            ],
            outputs="extreme_points",
            name="locate_extreme_points",
        ),
        Node(
            locate_mean_extremes,
            inputs=["saliency_maps", "predictions", "params:framing"],
            outputs="mean_map_extremes",
            name="locate_mean_extremes",
        ),
    ]


def _game() -> list[Node]:
    return [
        Node(
            score_pointing_game,
            inputs=[
                "extreme_points",
                "mean_map_extremes",
                "region_shares",
                "region_masks",
                "decisions",
                "scans",
                "params:evaluation",
            ],
            outputs="pointing_game",
            name="score_pointing_game",
        ),
    ]


def _sweep() -> list[Node]:
    return [
        Node(
            sweep_rings,
            inputs=[
                "raw_masks",
                "saliency_maps",
                "extreme_points",
                "mean_map_extremes",
                "decisions",
                "scans",
                "params:framing",
                "params:regions",
                "params:evaluation",
            ],
            outputs="ring_sweep",
            name="sweep_rings",
        ),
    ]


def _evidence() -> list[Node]:
    return [
        Node(
            score_localization,
            inputs=[
                "saliency_maps",
                "region_masks",
                "scans",
                "decisions",
                "params:evaluation",
            ],
            outputs=["map_localization", "localization_scores"],
            name="score_localization",
        ),
    ]


def _comparisons() -> list[Node]:
    return [
        Node(
            score_abstention,
            inputs=[
                "extreme_points",
                "decisions",
                "params:abstention",
                "params:evaluation",
            ],
            outputs=["abstention_curve", "abstention_scores"],
            name="score_abstention",
        ),
        Node(
            compare_methods,
            inputs=[
                "saliency_maps",
                "extreme_points",
                "decisions",
                "scans",
                "params:inference",
                "params:evaluation",
            ],
            outputs=["map_agreement", "method_agreement"],
            name="compare_methods",
        ),
    ]


def _experiments() -> list[Node]:
    return [
        Node(
            compare_pointing,
            inputs=[
                "extreme_points",
                "region_shares",
                "region_masks",
                "decisions",
                "scans",
                "training_runs",
                "params:evaluation",
            ],
            outputs=["configuration_pointing", "pointing_comparison"],
            name="compare_pointing",
        ),
    ]


def _network_checks() -> list[Node]:
    return [
        Node(
            score_faithfulness,
            inputs=[
                "model_weights",
                "model_inputs",
                "saliency_maps",
                "scans",
                "decisions",
                "params:faithfulness",
                "params:inference",
                "params:evaluation",
            ],
            outputs=["map_faithfulness", "faithfulness_curve", "faithfulness_scores"],
            name="score_faithfulness",
        ),
        Node(
            check_sanity,
            inputs=[
                "model_weights",
                "model_inputs",
                "scans",
                "decisions",
                "params:explanation",
                "params:sanity",
                "params:inference",
                "params:evaluation",
            ],
            outputs=["map_sanity", "sanity_checks"],
            name="check_sanity",
        ),
    ]

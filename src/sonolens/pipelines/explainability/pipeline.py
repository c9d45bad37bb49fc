"""model_weights, model_inputs, raw_masks -> saliency_maps, region_masks, pointing_game."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.explainability.nodes import (
    draw_region_masks,
    draw_saliency_maps,
    locate_extreme_points,
    locate_mean_extremes,
    measure_region_shares,
    score_pointing_game,
)


def create_pipeline() -> Pipeline:
    """Draw regions and maps, find the maps' extremes, and see which region they hit."""
    return Pipeline([*_maps(), *_points(), *_game()])


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
                "params:explanation",
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
                "predictions",
                "scans",
                "operating_points",
                "params:explanation",
                "params:evaluation",
            ],
            outputs="pointing_game",
            name="score_pointing_game",
        ),
    ]

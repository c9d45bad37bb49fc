"""Phantoms with one known cue -> networks -> maps -> planted_evidence; not part of `kedro run`."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.planted_evidence.nodes import (
    draw_planted_evidence,
    draw_planted_scans,
    explain_planted_networks,
    score_planted_evidence,
)


def create_pipeline() -> Pipeline:
    """Plant evidence, fit and explain networks, and see whether their maps point to it."""
    return Pipeline(
        [
            Node(
                draw_planted_scans,
                inputs=["params:planted_evidence", "params:framing"],
                outputs="planted_inputs",
                name="draw_planted_scans",
            ),
            Node(
                explain_planted_networks,
                inputs=[
                    "planted_inputs",
                    "checkpoints",
                    "params:planted_evidence",
                    "params:training",
                    "params:inference",
                    "params:explanation",
                    "params:regions",
                ],
                outputs=["planted_predictions", "planted_hits"],
                name="explain_planted_networks",
            ),
            Node(
                score_planted_evidence,
                inputs=["planted_hits", "planted_predictions", "params:evaluation"],
                outputs="planted_evidence",
                name="score_planted_evidence",
            ),
            Node(
                draw_planted_evidence,
                inputs="planted_evidence",
                outputs="planted_evidence_figure",
                name="draw_planted_evidence",
            ),
        ]
    )

"""study -> scans, raw_images, raw_masks, splits, model_inputs."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.data_processing.nodes import frame_scans, import_study, split_scans


def create_pipeline() -> Pipeline:
    """Import a study, split its patients and frame its scans for the network."""
    return Pipeline(
        [
            Node(
                import_study,
                inputs="study",
                # `scans` is saved last: no table lists a scan that was not imported.
                outputs=["raw_images", "raw_masks", "scans"],
                name="import_study",
            ),
            Node(
                split_scans, inputs=["scans", "params:split"], outputs="splits", name="split_scans"
            ),
            Node(
                frame_scans,
                inputs=["scans", "raw_images", "params:framing"],
                outputs="model_inputs",
                name="frame_scans",
            ),
        ]
    )

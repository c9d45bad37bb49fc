"""study -> screening, scans, raw_images, raw_masks, mass_measurements, splits, model_inputs."""

from kedro.pipeline import Node, Pipeline

from sonolens.pipelines.data_processing.nodes import (
    describe_study,
    frame_scans,
    import_pictures,
    measure_masses,
    screen_scans,
    select_scans,
    split_scans,
)


def create_pipeline() -> Pipeline:
    """Screen a study, import what is sound, split its patients, frame its scans."""
    return Pipeline([*_selection(), *_import(), *_preparation()])


def _selection() -> list[Node]:
    return [
        Node(
            screen_scans,
            inputs=["study", "params:screening"],
            outputs="screening",
            name="screen_scans",
        ),
        Node(
            select_scans,
            inputs=["study", "screening", "params:screening"],
            outputs="scans",
            name="select_scans",
        ),
    ]


def _import() -> list[Node]:
    return [
        Node(
            import_pictures,
            inputs=["study", "scans"],
            outputs=["raw_images", "raw_masks"],
            name="import_pictures",
        ),
        Node(
            measure_masses,
            inputs=["scans", "raw_masks"],
            outputs="mass_measurements",
            name="measure_masses",
        ),
        Node(
            describe_study,
            inputs=["study", "scans"],
            outputs="study_facts",
            name="describe_study",
        ),
    ]


def _preparation() -> list[Node]:
    return [
        Node(
            split_scans,
            inputs=["study", "scans", "screening", "params:split"],
            outputs="splits",
            name="split_scans",
        ),
        Node(
            frame_scans,
            inputs=["scans", "raw_images", "params:framing"],
            outputs="model_inputs",
            name="frame_scans",
        ),
    ]

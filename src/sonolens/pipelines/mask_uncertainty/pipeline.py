"""saliency maps, masks -> contours moved as readers differ -> mask_uncertainty; not part of `kedro run`."""

from kedro.pipeline import Pipeline

from sonolens.pipelines.mask_uncertainty.moving import moved_annotations_station


def create_pipeline() -> Pipeline:
    """Play the pointing game on annotations as another reader might have made them."""
    return moved_annotations_station()

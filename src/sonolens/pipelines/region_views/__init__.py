"""model_inputs, region_masks -> views -> networks -> view_matrix; not part of `kedro run`."""

from sonolens.pipelines.region_views.pipeline import create_pipeline

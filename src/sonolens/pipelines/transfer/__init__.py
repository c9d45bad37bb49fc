"""External validations on several studies -> transfer_matrix and its figure; not part of `kedro run`."""

from sonolens.pipelines.transfer.pipeline import create_pipeline

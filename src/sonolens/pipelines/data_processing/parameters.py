"""Parameters of ``conf/base/parameters_data_processing.yml``."""

from pydantic import Field

from sonolens.pipelines.parameters import Parameters


class SplitParameters(Parameters):
    """How patients are dealt to the partitions."""

    validation_share: float = Field(
        gt=0, lt=1, description="Patients that choose epoch and threshold."
    )
    test_share: float = Field(gt=0, lt=1, description="Patients that are only scored.")
    seed: int = Field(ge=0, description="Seed of the shuffle.")


class FramingParameters(Parameters):
    """How a native scan becomes the network's input."""

    size_px: int = Field(ge=32, description="Side of the square input in pixels.")

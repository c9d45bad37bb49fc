"""Parameters of ``conf/base/parameters_explainability.yml``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sonolens.pipelines.parameters import Parameters, some_of
from sonolens.saliency import EXPLAINERS


class ExplanationParameters(Parameters):
    """Which maps are drawn, and which of their points are scored."""

    methods: Annotated[tuple[str, ...], AfterValidator(some_of(EXPLAINERS))] = Field(
        description="Names from sonolens.saliency.EXPLAINERS."
    )
    point_rule: Literal["cell", "first_maximum"] = Field(
        description="Centre of the extreme cell, or first extreme of the up-sampled map as published."
    )
    identity_tolerance: float = Field(
        gt=0, description="Largest |mean(CAM) + bias - logit| that passes."
    )
    partition: Literal["train", "validation", "test"] = Field(
        description="Whose scans play the pointing game."
    )


class RingParameters(Parameters):
    """How wide the peritumoral region is."""

    mode: Literal["millimetres", "relative"] = Field(
        description="Millimetres need pixel spacing; relative is for scans without it."
    )
    inner_mm: float = Field(ge=0, description="Where the ring begins outside the mass.")
    outer_mm: float = Field(gt=0, description="Where the ring ends.")
    outer_radii: float = Field(gt=0, description="Relative mode: ring width in mass radii.")


class BelowParameters(Parameters):
    """Which tissue counts as below the mass."""

    lateral_trim: float = Field(
        ge=0, lt=0.5, description="Share of the mass's width cut off per side."
    )
    max_depth_mm: float | None = Field(
        description="How far it reaches; none: to the end of the field."
    )
    exclude_ring: bool = Field(description="Whether the ring keeps its part below the mass.")


class RegionParameters(Parameters):
    """The three regions of a scan."""

    ring: RingParameters = Field(description="The peritumoral ring.")
    below: BelowParameters = Field(description="The tissue below the mass.")

"""Parameters of ``conf/base/parameters_explainability.yml``."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sonolens.evaluation.evidence import FILLS
from sonolens.parameters import Parameters, each_once, listed, one_of, some_of
from sonolens.saliency import EXPLAINERS, POINT_RULES, MethodSettings
from sonolens.tables.vocabulary import REGION_NAMES

Width = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class ExplanationParameters(MethodSettings):
    """Which maps are drawn and with what settings, and which of their points are scored."""

    methods: Annotated[
        tuple[str, ...],
        BeforeValidator(listed),
        AfterValidator(each_once),
        AfterValidator(some_of(EXPLAINERS)),
    ] = Field(description="Names from sonolens.saliency.EXPLAINERS.")
    point_rule: Annotated[str, AfterValidator(one_of(POINT_RULES))] = Field(
        description="Centre of the extreme cell, or first extreme of the up-sampled map as published."
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


def _listed_widths(value: Any) -> Any:
    return [value] if isinstance(value, float) else listed(value)


def _none_twice(widths: tuple[float, ...]) -> tuple[float, ...]:
    return each_once(widths) if widths else widths


class RegionParameters(Parameters):
    """The three regions of a scan."""

    ring: RingParameters = Field(description="The peritumoral ring.")
    sweep_outer_mm: Annotated[
        tuple[Width, ...], BeforeValidator(_listed_widths), AfterValidator(_none_twice)
    ] = Field(description="Where the ring ends when the game is played again; empty: it is not.")
    below: BelowParameters = Field(description="The tissue below the mass.")

    @model_validator(mode="after")
    def _sweep_rings_that_have_room(self) -> "RegionParameters":
        narrow = [mm for mm in self.sweep_outer_mm if mm <= self.ring.inner_mm]
        if narrow:
            raise ValueError(
                f"sweep_outer_mm names {narrow[0]:g} mm, but ring.inner_mm is {self.ring.inner_mm:g}, so "
                "that ring has no room; name wider rings, or none for no sweep"
            )
        return self


class AbstentionParameters(Parameters):
    """Which decisions would be suspended because of their map."""

    relevant: Annotated[
        tuple[str, ...],
        BeforeValidator(listed),
        AfterValidator(each_once),
        AfterValidator(some_of(REGION_NAMES)),
    ] = Field(description="Regions that a map should point at.")
    steps: int = Field(ge=1, description="Points of a risk-coverage curve.")


class FaithfulnessParameters(Parameters):
    """How scans are deleted and inserted cell by cell."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    steps: int = Field(ge=1, description="Shares of the cells between two readings.")
    fill: Annotated[str, AfterValidator(one_of(FILLS))] = Field(
        description="What a deleted cell shows."
    )
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the random order.")


class SanityParameters(Parameters):
    """How networks are made to forget."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the weights.")

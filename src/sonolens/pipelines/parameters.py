"""Parameters that several pipelines read: the input's size, the machine, and how scores are formed."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, model_validator

from sonolens.evaluation.classification import LesionProbability
from sonolens.evaluation.statistics import Bootstrap
from sonolens.models import choose_device
from sonolens.parameters import Parameters, each_once, listed_numbers, one_of
from sonolens.regions import RegionRule
from sonolens.tables.vocabulary import PARTITIONS

Width = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _present_device(device: str) -> str:
    """Refuse a device that is unknown, or that this machine does not have."""
    try:
        choose_device(device)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return device


def _rising(bounds: tuple[float, ...]) -> tuple[float, ...]:
    if list(bounds) != sorted(set(bounds)):
        raise ValueError(f"bounds {list(bounds)} do not rise; sort them and give each once")
    return bounds


class FramingParameters(Parameters):
    """How a native scan becomes the network's input."""

    size_px: int = Field(ge=32, description="Side of the square input in pixels.")
    annotations: Literal["keep", "blank", "both"] = Field(
        description="Whether networks see what is burnt into a scan, or the tissue around mirrored into its place; "
        "both fits every network once to either."
    )

    @property
    def ways(self) -> tuple[str, ...]:
        """Whether annotations are kept or blanked, one after the other where both is asked for."""
        return ("keep", "blank") if self.annotations == "both" else (self.annotations,)


def _none_twice(widths: tuple[float, ...]) -> tuple[float, ...]:
    return each_once(widths) if widths else widths


class RegionsParameters(RegionRule):
    """The three regions of a scan, and the rings with which the game is played again."""

    sweep_outer_mm: Annotated[
        tuple[Width, ...], BeforeValidator(listed_numbers), AfterValidator(_none_twice)
    ] = Field(description="Where the ring ends when the game is played again; empty: it is not.")

    @model_validator(mode="after")
    def _sweep_rings_that_have_room(self) -> "RegionsParameters":
        narrow = [mm for mm in self.sweep_outer_mm if mm <= self.ring.inner_mm]
        if narrow:
            raise ValueError(
                f"sweep_outer_mm names {narrow[0]:g} mm, but ring.inner_mm is {self.ring.inner_mm:g}, so "
                "that ring has no room; name wider rings, or none for no sweep"
            )
        return self

    def sweep(self) -> list[RegionRule]:
        """The rule with each ring of the sweep, from the narrowest to the widest."""
        return [
            RegionRule(ring=self.ring.widened(outer_mm), below=self.below)
            for outer_mm in sorted(self.sweep_outer_mm)
        ]


class InferenceParameters(Parameters):
    """Where and in what portions networks run."""

    device: Annotated[str, AfterValidator(_present_device)] = Field(
        description="Where networks run."
    )
    batch_size: int = Field(ge=1, description="Scans per forward pass.")
    logit_tolerance: float = Field(
        gt=0,
        description="Largest difference of two logits of one scan, of those beyond 1 the share.",
    )


class EvaluationParameters(Parameters):
    """Whose scans are scored, how scores are formed, and how sure they are."""

    partition: Annotated[str, AfterValidator(one_of(PARTITIONS))] = Field(
        description="Whose maps and decisions are scored."
    )
    tolerance_mm: float = Field(ge=0, description="A point this near to a region counts as inside.")
    confidence: float = Field(gt=0, lt=1, description="Level of every interval.")
    resamples: int = Field(ge=100, description="Bootstrap resamples of the patients.")
    permutations: int = Field(
        ge=100, description="Exchanges of maps before the first look at a p value."
    )
    seed: int = Field(ge=0, description="Seed of resamples and exchanges.")
    lesion_probability: LesionProbability = Field(
        description="How a lesion's probability comes from its scans."
    )
    size_bounds_mm: Annotated[tuple[PositiveFloat, ...], AfterValidator(_rising)] = Field(
        description="Lesion sizes at which strata part."
    )
    calibration_bins: int = Field(ge=2, description="Bins of equal number in calibration.")

    @property
    def bootstrap(self) -> Bootstrap:
        """How patients are resampled for intervals."""
        return Bootstrap(resamples=self.resamples, confidence=self.confidence, seed=self.seed)

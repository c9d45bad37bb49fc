"""Parameters of ``conf/base/parameters_explainability.yml``."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from sonolens.cohort.screening import ON_ERROR
from sonolens.evaluation.pointing import POINT_RULES
from sonolens.parameters import (
    Names,
    Parameters,
    each_once,
    listed,
    listed_numbers,
    one_of,
    some_of,
)
from sonolens.removal import EVEN_FILLS, FILLS
from sonolens.saliency import EXPLAINERS, MethodSettings
from sonolens.tables.vocabulary import REGION_NAMES, RELIANCE_NULLS


class ExplanationParameters(MethodSettings):
    """Which maps are drawn and with what settings, and which of their points are scored."""

    methods: Annotated[Names, AfterValidator(some_of(EXPLAINERS))] = Field(
        description="Names from sonolens.saliency.EXPLAINERS."
    )
    on_error: Annotated[str, AfterValidator(one_of(ON_ERROR))] = Field(
        description="Whether a scan whose map or regions cannot be drawn stops the run, or is left out and listed."
    )
    point_rule: Annotated[str, AfterValidator(one_of(POINT_RULES))] = Field(
        description="Centre of the extreme cell, or first extreme of the up-sampled map as published."
    )


class AbstentionParameters(Parameters):
    """Which decisions would be suspended because of their map."""

    relevant: Annotated[Names, AfterValidator(some_of(REGION_NAMES))] = Field(
        description="Regions that a map should point at."
    )
    suspended: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=1)], ...],
        BeforeValidator(listed_numbers),
        AfterValidator(each_once),
    ] = Field(description="Shares suspended where the map is asked what it adds.")
    steps: int = Field(ge=1, description="Points of a risk-coverage curve.")


class FaithfulnessParameters(Parameters):
    """How scans are deleted and inserted cell by cell."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    steps: int = Field(ge=1, description="Shares of the cells between two readings.")
    fill: Annotated[str, AfterValidator(one_of(EVEN_FILLS))] = Field(
        description="What a deleted cell shows."
    )
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the random order.")


class SanityParameters(Parameters):
    """How networks are made to forget."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the weights.")


def _several(fills: tuple[str, ...]) -> tuple[str, ...]:
    if len(fills) < 2:  # noqa: PLR2004 - one fill agrees with itself
        raise ValueError(
            f"reliance.fills names only {fills[0]}, but a fill is a guess at what evidence is, and one guess "
            f"cannot be doubted; name two or more of {', '.join(FILLS)}"
        )
    return fills


class RelianceParameters(Parameters):
    """How networks are asked about scans with regions left out."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    fills: Annotated[Names, AfterValidator(some_of(FILLS)), AfterValidator(_several)] = Field(
        description="What is shown in place of a region; two or more."
    )
    donor_pairs: int = Field(
        ge=1, description="Training scans of each label whose place is shown by fill donor."
    )
    feather_px: float = Field(
        ge=0, description="Standard deviation of the soft edge of a region, of the framed scan."
    )
    nulls: Annotated[
        tuple[str, ...], BeforeValidator(listed), AfterValidator(some_of(RELIANCE_NULLS))
    ] = Field(
        description="What it is held against; of RELIANCE_NULLS the first of these is on the page."
    )
    seed: int = Field(ge=0, description="Seed of the scans drawn, of donors, speckle and nulls.")

"""Parameters of ``conf/base/parameters_external_validation.yml``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sonolens.parameters import Parameters, each_once, listed


class ExternalValidationParameters(Parameters):
    """How a study is held against networks that never saw it."""

    local_share: float = Field(
        gt=0,
        lt=1,
        description="Share of patients that stand in for training scans and are not scored.",
    )
    seed: int = Field(ge=0, description="Seed of their draw.")
    on_overlap: Literal["stop", "drop"] = Field(
        description="What happens where a scan fitted or chose one of the networks."
    )
    biopsy_thresholds: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=1)], ...],
        BeforeValidator(listed),
        AfterValidator(each_once),
    ] = Field(description="Probabilities from which on a biopsy would be made.")

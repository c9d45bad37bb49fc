"""Parameters of ``conf/base/parameters_external_validation.yml``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sonolens.parameters import Parameters, each_once, listed


class IntervalWidths(Parameters):
    """The widths of intervals that a study is asked to be large enough for; see `score_sample_size`."""

    observed_to_expected: float = Field(gt=0, description="Cancers seen to foretold.")
    calibration_slope: float = Field(gt=0, description="Of a fit of labels on log-odds.")
    auc: float = Field(gt=0, lt=1, description="Area under the ROC curve, per lesion.")


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
    interval_widths: IntervalWidths = Field(
        description="How wide intervals may be before a study is too small to say it."
    )

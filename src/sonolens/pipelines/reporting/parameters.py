"""Parameters of ``conf/base/parameters_reporting.yml``."""

from pydantic import Field, PositiveFloat, model_validator

from sonolens.parameters import Parameters

MOST_STEPS = 50
"""Leaves room for the widths of the study and of its sweep among `regions.growth.MOST_RINGS`."""


class ReportingParameters(Parameters):
    """What is shown."""

    examples_per_label: int = Field(ge=1, description="Correctly classified test scans per label.")
    wrong_examples: int = Field(ge=0, description="Wrongly classified test scans in Fig. 4.")
    seed: int = Field(ge=0, description="Seed of the draw of examples: drawn, never picked.")
    ring_to_mm: PositiveFloat = Field(description="How far the ring of the case browser can grow.")
    ring_step_mm: PositiveFloat = Field(description="In what steps it grows.")
    picture_px: int = Field(ge=64, description="Longer side of a scan in the case browser.")
    picture_megabytes: float = Field(
        ge=0, description="Pictures and maps in the case browser, all together; 0: none."
    )

    @model_validator(mode="after")
    def _few_steps(self) -> "ReportingParameters":
        steps = self.ring_to_mm / self.ring_step_mm
        if not 1 <= steps <= MOST_STEPS:
            raise ValueError(
                f"reporting.ring_to_mm {self.ring_to_mm:g} in steps of {self.ring_step_mm:g} mm makes {steps:.0f} "
                f"widths; 1 to {MOST_STEPS} fit on the page, so choose a wider step or a shorter way"
            )
        return self

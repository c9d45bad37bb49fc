"""Parameters of ``conf/base/parameters_reporting.yml``."""

from pydantic import Field

from sonolens.parameters import Parameters


class ReportingParameters(Parameters):
    """What is shown."""

    examples_per_label: int = Field(ge=1, description="Correctly classified test scans per label.")
    wrong_examples: int = Field(ge=0, description="Wrongly classified test scans in Fig. 4.")
    seed: int = Field(ge=0, description="Seed of the draw of examples: drawn, never picked.")

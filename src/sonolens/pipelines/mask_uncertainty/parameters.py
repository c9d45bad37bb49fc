"""Parameters of moved annotations."""

from pydantic import Field

from sonolens.parameters import Parameters


class MaskUncertaintyParameters(Parameters):
    """How far another reader's annotations may lie from those at hand."""

    draws: int = Field(ge=20, description="Annotations drawn anew per scan.")
    contour_sd_mm: float = Field(ge=0, description="Of a point of the contour, along its normal.")
    contour_sd_share: float = Field(
        ge=0,
        lt=1,
        description="The same of scans without spacing, in equivalent radii of the mass.",
    )
    contour_scale_mm: float = Field(
        gt=0, description="Along the contour: how far apart points still move together."
    )
    spacing_sd_share: float = Field(
        ge=0, lt=0.5, description="Of the pixel spacing, as a share of it."
    )
    seed: int = Field(ge=0, description="Of what is drawn.")

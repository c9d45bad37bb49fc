"""The tissue below the mass: deeper than it, in its columns."""

import math

import numpy as np
from pydantic import Field

from sonolens.arrays import Mask
from sonolens.parameters import Parameters
from sonolens.regions.distance import ROUNDING
from sonolens.regions.mass import bounding_box


class Below(Parameters):
    """Which tissue counts as below the mass.

    References:
        Trimming a sixth on each side follows Horsch et al. (2002).
    """

    lateral_trim: float = Field(
        ge=0, lt=0.5, description="Share of the mass's width cut off per side, in whole columns."
    )
    max_depth_mm: float | None = Field(
        gt=0,
        description="How far it reaches under the mass, that depth included; none: to the end of the field.",
    )
    exclude_ring: bool = Field(
        description="Whether the ring keeps its part below the mass; if not, it is open towards the depth."
    )

    def draw(self, mass: Mask, row_mm: float) -> Mask:
        """Mark, in every column of the mass that is not trimmed, what is deeper than its deepest pixel.

        Columns between two pieces of a mass are nobody's.

        Args:
            mass: The whole mass, as `fill_mass` returns it.
            row_mm: Height of a pixel.
        """
        _, extent = bounding_box(mass)
        trim = int(self.lateral_trim * (extent.stop - extent.start) * ROUNDING)
        kept = slice(extent.start + trim, extent.stop - trim)
        # A column between two pieces counts as deepest at the very bottom: nothing lies below it.
        deepest = mass.shape[0] - 1 - np.argmax(mass[::-1, kept], axis=0)
        rows_deeper = np.arange(mass.shape[0])[:, None] - deepest
        most = math.inf if self.max_depth_mm is None else self.max_depth_mm / row_mm
        below = np.zeros_like(mass)
        below[:, kept] = (rows_deeper > 0) & (rows_deeper <= most * ROUNDING)
        return below

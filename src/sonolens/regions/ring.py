"""The peritumoral ring: in millimetres, or relative to the mass without them."""

import math
from typing import Literal

import numpy as np
from pydantic import Field, model_validator
from scipy import ndimage

from sonolens.arrays import Mask
from sonolens.parameters import Parameters
from sonolens.regions.distance import ROUNDING
from sonolens.regions.mass import bounding_box


class Ring(Parameters):
    """How wide the peritumoral ring is, and the unit it is measured in.

    A relative ring is drawn from the edge of the mass and is meant for studies without pixel spacing,
    because the same tissue then changes its region with the size of the mass.

    Raises:
        ValueError: If the ring is empty, or `inner_mm` has no meaning.
    """

    mode: Literal["millimetres", "relative"] = Field(
        description="Millimetres need pixel spacing; relative is for scans without it."
    )
    inner_mm: float = Field(ge=0, description="Where the ring begins outside the mass.")
    outer_mm: float = Field(gt=0, allow_inf_nan=False, description="Where the ring ends.")
    outer_radii: float = Field(
        gt=0,
        allow_inf_nan=False,
        description="Relative mode: ring width in radii of the disc of the mass's area.",
    )

    @model_validator(mode="after")
    def _has_room(self) -> "Ring":
        if self.mode == "relative" and self.inner_mm != 0:
            raise ValueError(
                f"ring.inner_mm is {self.inner_mm:g}, but a relative ring begins at the edge of the "
                "mass and knows no millimetres; set ring.inner_mm: 0"
            )
        if not self.inner_mm < self.outer_mm:
            raise ValueError(
                f"the ring from {self.inner_mm} to {self.outer_mm} mm is no ring; "
                "give 0 <= inner < outer, for example 0 to 5 mm"
            )
        return self

    @property
    def label(self) -> str:
        """How the ring was measured, for every table and figure that uses it.

        Examples:
            >>> Ring(mode="relative", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5).label
            'relative: 0-0.5 mass radii'
        """
        if self.mode == "relative":
            return f"relative: 0-{self.outer_radii:g} mass radii"
        return f"{self.inner_mm:g}-{self.outer_mm:g} mm"

    def widened(self, outer_mm: float) -> "Ring":
        """Let the ring end elsewhere; a relative one grows in the same proportion."""
        radii = self.outer_radii * (outer_mm / self.outer_mm)
        return Ring(mode=self.mode, inner_mm=self.inner_mm, outer_mm=outer_mm, outer_radii=radii)

    @property
    def outer(self) -> float:
        """Where the ring ends, in the unit of its mode: millimetres, or radii of the mass."""
        return self.outer_mm if self.mode == "millimetres" else self.outer_radii

    def measure_end(self, mass: Mask, pixel_mm: tuple[float, float]) -> float:
        """Measure how far from one mass the ring ends, in the unit of the pixels.

        Args:
            mass: The whole mass, as `fill_mass` returns it.
            pixel_mm: Height and width of a pixel; for a relative ring in any unit.
        """
        if self.mode == "millimetres":
            return self.outer_mm
        return self.outer_radii * math.sqrt(mass.sum() * pixel_mm[0] * pixel_mm[1] / math.pi)

    def draw(self, mass: Mask, pixel_mm: tuple[float, float]) -> Mask:
        """Mark what lies outside the mass above the inner distance and up to the outer one.

        Args:
            mass: The whole mass, as `fill_mass` returns it.
            pixel_mm: Height and width of a pixel; for a relative ring in any unit.
        """
        inner, outer = self.inner_mm, self.measure_end(mass, pixel_mm)
        # Distances are measured only as far around the mass as the ring can reach.
        window = tuple(
            _widened(extent, reach_px=math.ceil(outer / mm) + 1, length=length)
            for extent, mm, length in zip(bounding_box(mass), pixel_mm, mass.shape, strict=True)
        )
        distance = ndimage.distance_transform_edt(~mass[window], sampling=pixel_mm)
        ring = np.zeros_like(mass)
        ring[window] = (distance > inner * ROUNDING) & (distance <= outer * ROUNDING)
        return ring


def _widened(extent: slice, *, reach_px: int, length: int) -> slice:
    return slice(max(0, extent.start - reach_px), min(length, extent.stop + reach_px))

"""The disjoint regions of a scan: mass, peritumoral ring, what lies below, annotations, other."""

import math

import numpy as np
from pydantic import Field

from sonolens.arrays import AnnotationMap, Mask, RegionMap
from sonolens.parameters import Parameters
from sonolens.regions.below import Below
from sonolens.regions.distance import check_spacing
from sonolens.regions.mass import fill_mass
from sonolens.regions.ring import Ring

REGIONS = {"other": 0, "mass": 1, "peritumoral": 2, "below": 3, "annotation": 4}
"""Code of each region in a region map."""


class RegionRule(Parameters):
    """How the regions of a scan are drawn."""

    ring: Ring = Field(description="The peritumoral ring.")
    below: Below = Field(description="The tissue below the mass.")

    def partition(
        self,
        mask: Mask,
        *,
        spacing_mm: tuple[float, float],
        scan_id: str,
        annotations: AnnotationMap | None = None,
    ) -> RegionMap:
        """Give every pixel of a scan exactly one region.

        *Mass* is the filled mask. *Peritumoral* is what lies outside the mass within the ring. *Below*
        is, in every column of the mass, what is deeper than its deepest mass pixel there. Where claims
        overlap, mass goes before peritumoral and peritumoral before below; the rest is *other*. What
        lies nearer than the ring begins may be below. Regions end where the field of view ends. What is
        burnt into the picture is no tissue: it is *annotation*, whatever it lies on.

        Args:
            mask: True inside the mass; row 0 is the skin side.
            spacing_mm: Height and width of a pixel, NaN when unknown. A relative ring takes the pixels
                of such a scan as square.
            scan_id: Names the scan in errors.
            annotations: What is no tissue, by kind; None where nothing is known.

        Returns:
            The codes of `REGIONS` on the grid of the mask.

        Raises:
            ValueError: If the mask is empty, annotations have another size, a spacing is no length, or a length in millimetres meets a
                scan without spacing.

        References:
            Regions of Byra et al. (2022), J Ultrason 22:70-75, whose ring was drawn with morphological
            operations; this one is exact for pixels that are not square.
        """
        pixel_mm = self.measure_pixel(spacing_mm, scan_id)
        mass = fill_mass(mask)
        claims = [
            ("below", self.below.draw(mass, pixel_mm[0])),
            ("peritumoral", self.ring.draw(mass, pixel_mm)),
        ]
        if not self.below.exclude_ring:
            claims.reverse()
        regions = np.zeros(mass.shape, dtype=np.uint8)
        for name, claimed in [*claims, ("mass", mass)]:  # the last claim on a pixel stands
            regions[claimed] = REGIONS[name]
        if annotations is not None:
            check_grid(annotations, mask, scan_id)
            regions[annotations > 0] = REGIONS["annotation"]
        return regions

    def measure_pixel(self, spacing_mm: tuple[float, float], scan_id: str) -> tuple[float, float]:
        """Return the spacing, or pixels of 1 by 1 where it is unknown and no length needs it."""
        row_mm, col_mm = spacing_mm
        if not (math.isnan(row_mm) or math.isnan(col_mm)):
            check_spacing(spacing_mm)
            return spacing_mm
        columns = "spacing_row_mm and spacing_col_mm in the scans table"
        if self.ring.mode == "millimetres":
            raise ValueError(
                f"scan {scan_id!r} has no pixel spacing, so a ring of {self.ring.label} cannot be drawn "
                f"on it; fill {columns}, or set ring.mode: relative"
            )
        if self.below.max_depth_mm is not None:
            raise ValueError(
                f"scan {scan_id!r} has no pixel spacing, so below.max_depth_mm "
                f"{self.below.max_depth_mm:g} cannot be measured on it; fill {columns}, or set "
                "below.max_depth_mm: null"
            )
        return 1.0, 1.0


def check_grid(annotations: AnnotationMap, mask: Mask, scan_id: str) -> None:
    """Refuse annotations that were found on another grid than the mask's."""
    if annotations.shape != mask.shape:
        raise ValueError(
            f"annotations of scan {scan_id!r} have {annotations.shape[0]} x {annotations.shape[1]} pixels but its "
            f"mask {mask.shape[0]} x {mask.shape[1]}; find annotations on the scan that the mask was drawn on"
        )

"""How large a mass is, as it is measured on the screen: its width and its height."""

from dataclasses import dataclass

from sonolens.arrays import Mask
from sonolens.regions.mass import bounding_box, fill_mass


@dataclass(frozen=True)
class MassSize:
    """Extent of a mass in millimetres, and its area in square millimetres; NaN without spacing.

    Attributes:
        width_mm: Across the scan, parallel to the probe.
        height_mm: In depth.
        area_mm2: What the annotator enclosed, holes included.
    """

    width_mm: float
    height_mm: float
    area_mm2: float

    @property
    def size_mm(self) -> float:
        """The larger of width and height."""
        return max(self.width_mm, self.height_mm)


def measure_mass(mask: Mask, *, spacing_mm: tuple[float, float]) -> MassSize:
    """Measure the whole mass, all its pieces together but dust.

    Args:
        mask: True where the annotator drew the mass.
        spacing_mm: Height and width of a pixel in mm; NaN where unknown.

    Raises:
        ValueError: If the mask is empty.

    Examples:
        >>> import numpy as np
        >>> mask = np.zeros((4, 6), dtype=bool)
        >>> mask[1:3, 1:5] = True
        >>> measure_mass(mask, spacing_mm=(0.5, 0.25))
        MassSize(width_mm=1.0, height_mm=1.0, area_mm2=1.0)
    """
    mass = fill_mass(mask)
    rows, cols = bounding_box(mass)
    row_mm, col_mm = spacing_mm
    return MassSize(
        width_mm=(cols.stop - cols.start) * col_mm,
        height_mm=(rows.stop - rows.start) * row_mm,
        area_mm2=int(mass.sum()) * row_mm * col_mm,
    )

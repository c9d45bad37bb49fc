"""How large a mass is, as it is measured on the screen: its width and its height."""

from dataclasses import dataclass
from typing import NamedTuple

from sonolens.arrays import Mask
from sonolens.regions.mass import bounding_box, fill_mass


class MassExtent(NamedTuple):
    """The box around a mass and the pixels of the mass in it."""

    rows: slice
    cols: slice
    area_px: int

    @property
    def height_px(self) -> int:
        """Rows that the mass spans."""
        return int(self.rows.stop - self.rows.start)

    @property
    def width_px(self) -> int:
        """Columns that it spans."""
        return int(self.cols.stop - self.cols.start)


def measure_extent(mass: Mask) -> MassExtent:
    """Measure a mass in pixels.

    Args:
        mass: From `fill_mass`.

    Raises:
        ValueError: If it is empty.
    """
    return MassExtent(*bounding_box(mass), area_px=int(mass.sum()))


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
    extent = measure_extent(fill_mass(mask))
    row_mm, col_mm = spacing_mm
    return MassSize(
        width_mm=extent.width_px * col_mm,
        height_mm=extent.height_px * row_mm,
        area_mm2=extent.area_px * row_mm * col_mm,
    )

"""How wide the peritumoral ring is: in millimetres, or relative to the mass without them."""

import math
from dataclasses import dataclass
from typing import Literal

from sonolens.arrays import Mask, RegionMap
from sonolens.regions.mass import fill_mass
from sonolens.regions.partition import check_ring, partition_scan

RingMode = Literal["millimetres", "relative"]


@dataclass(frozen=True)
class Ring:
    """A ring's width and the unit it is measured in; made by `measure_ring`.

    Attributes:
        mode: ``millimetres``, or ``relative`` for multiples of the mass's equivalent radius
            `sqrt(area / pi)`.
        inner: Distance from the mass at which the ring begins.
        outer: Distance from the mass at which the ring ends.
    """

    mode: RingMode
    inner: float
    outer: float

    @property
    def label(self) -> str:
        """How the ring was measured, for every table and figure that uses it.

        Examples:
            >>> Ring(mode="relative", inner=0.0, outer=0.5).label
            'relative: 0-0.5 mass radii'
        """
        extent = f"{self.inner:g}-{self.outer:g}"
        return f"{extent} mm" if self.mode == "millimetres" else f"relative: {extent} mass radii"

    def partition(
        self,
        mask: Mask,
        *,
        scan_id: str,
        spacing_row_mm: float,
        spacing_col_mm: float,
        below_lateral_trim: float,
        below_max_depth_mm: float | None,
        below_exclude_ring: bool,
    ) -> RegionMap:
        """Partition a scan with this ring; see `partition_scan`.

        Args:
            mask: True inside the mass.
            scan_id: Names the scan in errors.
            spacing_row_mm: Pixel height, NaN when unknown.
            spacing_col_mm: Pixel width, NaN when unknown. A relative ring takes the pixels of such
                a scan as square.
            below_lateral_trim: As in `partition_scan`.
            below_max_depth_mm: As in `partition_scan`; None where spacing is unknown.
            below_exclude_ring: As in `partition_scan`.

        Returns:
            The codes of `REGIONS` on the grid of the mask.

        Raises:
            ValueError: If the mask is empty, a parameter is out of its range, or a length in
                millimetres meets a scan without spacing.
        """
        known = not (math.isnan(spacing_row_mm) or math.isnan(spacing_col_mm))
        if not known:
            self._refuse_millimetres(scan_id, below_max_depth_mm)
        pixel = (spacing_row_mm, spacing_col_mm) if known else (1.0, 1.0)
        unit = 1.0 if self.mode == "millimetres" else _equivalent_radius(mask, pixel)
        return partition_scan(
            mask,
            spacing_row_mm=pixel[0],
            spacing_col_mm=pixel[1],
            ring_inner_mm=self.inner * unit,
            ring_outer_mm=self.outer * unit,
            below_lateral_trim=below_lateral_trim,
            below_max_depth_mm=below_max_depth_mm,
            below_exclude_ring=below_exclude_ring,
        )

    def _refuse_millimetres(self, scan_id: str, below_max_depth_mm: float | None) -> None:
        columns = "spacing_row_mm and spacing_col_mm in the scans table"
        if self.mode == "millimetres":
            raise ValueError(
                f"scan {scan_id!r} has no pixel spacing, so a ring of {self.label} cannot be drawn "
                f"on it; fill {columns}, or set ring.mode: relative"
            )
        if below_max_depth_mm is not None:
            raise ValueError(
                f"scan {scan_id!r} has no pixel spacing, so below.max_depth_mm "
                f"{below_max_depth_mm:g} cannot be measured on it; fill {columns}, or set "
                "below.max_depth_mm: null"
            )


def measure_ring(*, mode: str, inner_mm: float, outer_mm: float, outer_radii: float) -> Ring:
    """Choose how the peritumoral ring is measured.

    Args:
        mode: ``millimetres`` uses `inner_mm` and `outer_mm`. ``relative`` draws from the edge of
            the mass to `outer_radii` and is meant for studies without pixel spacing, because the
            same tissue then changes its region with the size of the mass.
        inner_mm: Distance at which a ring in millimetres begins; 0 in relative mode.
        outer_mm: Distance at which a ring in millimetres ends.
        outer_radii: Distance at which a relative ring ends, in equivalent radii of the mass.

    Returns:
        The ring, to be drawn on scans with `Ring.partition`.

    Raises:
        ValueError: If the mode is unknown, the ring is empty, or `inner_mm` has no meaning.

    Examples:
        >>> measure_ring(mode="millimetres", inner_mm=0.0, outer_mm=5.0, outer_radii=0.5).label
        '0-5 mm'
    """
    if mode == "millimetres":
        check_ring(inner=inner_mm, outer=outer_mm, unit="mm")
        return Ring(mode="millimetres", inner=inner_mm, outer=outer_mm)
    if mode != "relative":
        raise ValueError(f"ring.mode is {mode!r}; choose millimetres or relative")
    if inner_mm != 0:
        raise ValueError(
            f"ring.inner_mm is {inner_mm:g}, but a relative ring begins at the edge of the mass "
            "and knows no millimetres; set ring.inner_mm: 0"
        )
    check_ring(inner=0.0, outer=outer_radii, unit="mass radii")
    return Ring(mode="relative", inner=0.0, outer=outer_radii)


def _equivalent_radius(mask: Mask, pixel: tuple[float, float]) -> float:
    """Return the radius of the disk that is as large as the mass, in the unit of `pixel`."""
    return math.sqrt(fill_mass(mask).sum() * pixel[0] * pixel[1] / math.pi)

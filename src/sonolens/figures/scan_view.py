"""A scan with all that a figure may show of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from sonolens.arrays import Mask, RegionMap, SaliencyMap, Scan
from sonolens.tables.vocabulary import EXTREMES, LABELS


@dataclass(frozen=True, eq=False)
class ScanView:
    """One scan, its truth, and what a network made of it. All native arrays share one grid.

    Attributes:
        scan_id: The scan's name in the `scans` table.
        scan: Grey levels on the native grid.
        mask: The mass.
        label: The truth, ``benign`` or ``malignant``; None where nobody knows it.
        birads: BI-RADS category, if known.
        spacing_row_mm: Height of a native pixel; None or nan where unknown.
        spacing_col_mm: Width of a native pixel; None or nan where unknown.
        region_map: Region codes: 0 other, 1 mass, 2 peritumoral, 3 below.
        saliency: The signed map at the method's own resolution.
        native_saliency: The signed map carried to the native grid.
        points: ``max`` and ``min`` -> (row, column) in native pixels; a constant map has neither.
        probability: The network's probability of malignant.
        threshold: The probability at and above which the network calls malignant.
        ring: How the peritumoral ring was measured.
    """

    scan_id: str
    scan: Scan
    mask: Mask
    label: str | None
    birads: str | None = None
    spacing_row_mm: float | None = None
    spacing_col_mm: float | None = None
    region_map: RegionMap | None = None
    saliency: SaliencyMap | None = None
    native_saliency: Float32[np.ndarray, "rows cols"] | None = None
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    probability: float | None = None
    threshold: float | None = None
    ring: str | None = None

    def __post_init__(self) -> None:
        """Refuse arrays on different grids and names that nothing else uses."""
        on_the_grid = {
            "mask": self.mask,
            "region_map": self.region_map,
            "native_saliency": self.native_saliency,
        }
        for name, values in on_the_grid.items():
            if values is not None and values.shape != self.scan.shape:
                raise ValueError(
                    f"{name} of scan {self.scan_id!r} has shape {values.shape}, but the scan has "
                    f"{self.scan.shape}; carry it to the native grid first"
                )
        if self.label not in (None, *LABELS):
            raise ValueError(f"scan {self.scan_id!r} has label {self.label!r}; use one of {LABELS}")
        if unknown := sorted(set(self.points) - set(EXTREMES)):
            raise ValueError(
                f"scan {self.scan_id!r} has points {unknown}; an extreme is one of {EXTREMES}"
            )

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """Pixel height and width, or None unless both are known."""
        row, col = self.spacing_row_mm, self.spacing_col_mm
        if row is None or col is None or math.isnan(row) or math.isnan(col):
            return None
        return row, col

    @property
    def pixel_aspect(self) -> float:
        """How many times taller than wide a pixel is drawn; 1 where the spacing is unknown."""
        return 1.0 if self.spacing_mm is None else self.spacing_mm[0] / self.spacing_mm[1]

    @property
    def height_over_width(self) -> float:
        """The scan's physical height over its width."""
        rows, cols = self.scan.shape
        return rows * self.pixel_aspect / cols

    @property
    def called(self) -> str | None:
        """What the network calls the mass, or None without a probability or a threshold."""
        if self.probability is None or self.threshold is None:
            return None
        return "malignant" if self.probability >= self.threshold else "benign"

"""What a scan is beside the appearance of its mass: its size, its greys, its annotations, where the mass lies and how large."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from sonolens.arrays import AnnotationMap, Mask, Scan
from sonolens.regions import fill_mass, measure_extent
from sonolens.ultrasound import ANNOTATION_KINDS, to_shares


@dataclass(frozen=True)
class ScanProperties:
    """A scan in numbers, as the table of this name has them.

    Attributes:
        rows_px: Height of the picture.
        cols_px: Its width.
        mean_grey: Mean grey level, 0 to 255, of all but the box around the mass and what lies below it, whose
            shadow or enhancement is a sign of the mass; NaN where nothing else is there.
        contrast: Standard deviation of these grey levels.
        mass_row_px: Middle row of the box around the mass, from the top edge.
        mass_col_px: Its middle column, from the left edge.
        mass_height_px: Rows that the mass spans.
        mass_width_px: Columns that it spans.
        mass_area_px: Its pixels, holes filled, without dust.
    """

    rows_px: int
    cols_px: int
    mean_grey: float
    contrast: float
    mass_row_px: float
    mass_col_px: float
    mass_height_px: int
    mass_width_px: int
    mass_area_px: int


def describe_scan(scan: Scan, mask: Mask) -> ScanProperties:
    """Describe a scan by all but the appearance of its mass: how dark that or its shadow is counts in nothing.

    Raises:
        ValueError: If the mask is empty.

    Examples:
        >>> scan = np.full((4, 6), 100, dtype=np.uint8)
        >>> mask = np.zeros((4, 6), dtype=bool)
        >>> mask[1:3, 1:5] = True
        >>> found = describe_scan(scan, mask)
        >>> found.mean_grey, found.mass_row_px, found.mass_col_px, found.mass_width_px
        (100.0, 2.0, 3.0, 4)
    """
    mass = fill_mass(mask)
    rows, cols, area_px = extent = measure_extent(mass)
    apart = np.ones_like(mass)
    apart[rows.start :, cols] = False
    outside = scan[apart]
    return ScanProperties(
        rows_px=scan.shape[0],
        cols_px=scan.shape[1],
        mean_grey=float(outside.mean()) if outside.size else float("nan"),
        contrast=float(outside.std()) if outside.size else float("nan"),
        mass_row_px=(rows.start + rows.stop) / 2,
        mass_col_px=(cols.start + cols.stop) / 2,
        mass_height_px=extent.height_px,
        mass_width_px=extent.width_px,
        mass_area_px=area_px,
    )


def describe_annotations(annotations: AnnotationMap) -> dict[str, float]:
    """Describe what is burnt into a scan: how much, of what kind, and where.

    Returns:
        `annotation_share` of the picture and that of every kind, ``annotation_text_share`` and so on; and
        `annotation_row_share` and `annotation_col_share`, where the middle of all that was drawn lies, from
        the top and the left edge; NaN where nothing was. What lies outside the field was not drawn.

    Examples:
        >>> found = describe_annotations(np.array([[0, 0, 0, 4], [1, 0, 0, 4]], dtype=np.uint8))
        >>> found["annotation_share"], found["annotation_text_share"], found["annotation_row_share"]
        (0.375, 0.125, 0.75)
    """
    pixels = np.bincount(annotations.ravel(), minlength=len(ANNOTATION_KINDS)) / annotations.size
    shares = {
        f"annotation_{kind}_share": float(pixels[code])
        for kind, code in ANNOTATION_KINDS.items()
        if code
    }
    drawn = (annotations > 0) & (annotations != ANNOTATION_KINDS["outside"])
    counts = (np.count_nonzero(drawn, axis=1), np.count_nonzero(drawn, axis=0))
    middle = to_shares(np.array([_find_mean(line) for line in counts]), annotations.shape)
    return {
        "annotation_share": float(1 - pixels[ANNOTATION_KINDS["none"]]),
        **shares,
        "annotation_row_share": float(middle[0]),
        "annotation_col_share": float(middle[1]),
    }


def _find_mean(counts: Int[np.ndarray, " lines"]) -> float:
    """Mean line of what is counted by line; NaN where nothing is."""
    n = counts.sum()
    return float(counts @ np.arange(len(counts)) / n) if n else math.nan

"""The training range: where the properties of training scans lay, and where a new scan lies in it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np

from sonolens.arrays import Scan
from sonolens.travel.card import PropertyRange

BLACK_GREY = 4
"""Up to this grey level a pixel is black: compression leaves black at 0 to 4 of 255."""

GREYS = np.arange(256.0)

RARE = 0.005
"""Share of training scans on either side beyond which a value is rare."""

ScanFacts: TypeAlias = dict[str, float]
"""Properties of a scan by name; NaN where unknown."""

Standing: TypeAlias = Literal["inside", "rare", "outside", "unknown", "nothing to compare"]


def measure_picture(scan: Scan, *, spacing_mm: tuple[float, float]) -> ScanFacts:
    """Measure what can be told of a scan without its mask.

    Args:
        scan: Grey levels on the native grid, at least one pixel.
        spacing_mm: Height and width of a pixel; NaN where unknown.

    Examples:
        >>> found = measure_picture(np.full((4, 2), 100, np.uint8), spacing_mm=(0.5, float("nan")))
        >>> found["depth_mm"], found["width_mm"], found["mean_grey"], found["black_share"]
        (2.0, nan, 100.0, 0.0)
    """
    rows, cols = scan.shape
    # What 256 counts tell takes a third of the time of as many passes over the pixels.
    shares = np.bincount(scan.ravel(), minlength=GREYS.size) / scan.size
    mean = float(shares @ GREYS)
    row_mm, col_mm = spacing_mm
    return {
        "rows_px": float(rows),
        "cols_px": float(cols),
        "spacing_row_mm": float(row_mm),
        "spacing_col_mm": float(col_mm),
        "depth_mm": float(rows * row_mm),
        "width_mm": float(cols * col_mm),
        "mean_grey": mean,
        "sd_grey": math.sqrt(float(shares @ (GREYS - mean) ** 2)),
        "black_share": float(shares[: BLACK_GREY + 1].sum()),
    }


def measure_ranges(measured: Sequence[Mapping[str, float]]) -> tuple[PropertyRange, ...]:
    """Tell where each property of the training scans lay.

    Args:
        measured: Properties of every training scan; all name the same.

    Returns:
        One range per property; none for no scans.
    """
    names = list(measured[0]) if measured else []
    return tuple(_range_of(name, [facts[name] for facts in measured]) for name in names)


def place_in_range(value: float, trained: PropertyRange) -> Standing:
    """Tell where a new scan lies in the range of the training scans.

    Args:
        value: Its property of that name; NaN where unknown.
        trained: The range.

    Returns:
        ``inside``, ``rare`` where not one training scan in two hundred lies that far out, ``outside`` where none
        does, ``unknown`` where the scan does not tell, ``nothing to compare`` where no training scan did.

    Examples:
        >>> trained = measure_ranges([{"depth_mm": depth} for depth in np.linspace(30, 50, 1001)])[
        ...     0
        ... ]
        >>> [place_in_range(depth, trained) for depth in (40.0, 30.05, 51.0, float("nan"))]
        ['inside', 'rare', 'outside', 'unknown']
    """
    if math.isnan(value):
        return "unknown"
    limits = (trained.minimum, trained.low, trained.high, trained.maximum)
    known = [limit for limit in limits if limit is not None]
    if len(known) < len(limits):
        return "nothing to compare"
    minimum, low, high, maximum = known
    if not minimum <= value <= maximum:
        return "outside"
    return "inside" if low <= value <= high else "rare"


def _range_of(name: str, values: Iterable[float]) -> PropertyRange:
    given = np.array(list(values), dtype=float)
    known = given[np.isfinite(given)]
    at = (0, RARE, 0.5, 1 - RARE, 1)
    found = np.quantile(known, at).tolist() if len(known) else [None] * len(at)
    limits = dict(zip(("minimum", "low", "median", "high", "maximum"), found, strict=True))
    return PropertyRange(name=name, known=len(known), unknown=len(given) - len(known), **limits)

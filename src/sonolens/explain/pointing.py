"""Where the map of one scan points, in millimetres and as a share of the logit, and what lies there."""

import math

import numpy as np

from sonolens.arrays import AnnotationMap, Points, RegionMap, SaliencyMap
from sonolens.evaluation.pointing import (
    describe_points,
    locate_extremes,
    measure_region_shares,
    read_regions_at,
)
from sonolens.explain import settings
from sonolens.explain.asking import Asked
from sonolens.explain.document import Extreme, Map, Region
from sonolens.saliency import EXPLAINERS
from sonolens.tables.vocabulary import EXTREMES, REGION_NAMES
from sonolens.ultrasound import ANNOTATION_KINDS, pixels_at
from sonolens.ultrasound.grid import to_mm

MOST_CELLS = 1024
"""Cells of a map that is told number by number; one of pixels would fill the document."""

KIND_OF = {code: kind for kind, code in ANNOTATION_KINDS.items()}


def describe_map(asked: Asked, *, method: str, region_map: RegionMap | None) -> Map:
    """Describe the map of one scan.

    Args:
        asked: What the network made of it.
        method: What drew the map.
        region_map: The regions of the scan; None without a mask.
    """
    explainer, saliency = EXPLAINERS[method], asked.saliency
    found = [
        _describe_extreme(asked, name, points, method=method, region_map=region_map)
        for name, points in locate_points(asked).items()
        if len(points)
    ]
    return Map(
        method=method,
        reference=explainer.reference,
        signed=explainer.signed,
        cell_rows=saliency.shape[0],
        cell_cols=saliency.shape[1],
        law=asked.law,
        extremes=tuple(found),
        cells=saliency.astype(float).tolist() if saliency.size <= MOST_CELLS else None,
    )


def locate_points(asked: Asked) -> dict[str, Points]:
    """Locate both extremes on the native scan; cells that tie have a row each, a map without extremes has none."""
    shape = asked.prepared.one.scan.shape
    return {
        extreme: locate_extremes(
            asked.saliency, on=(shape[0], shape[1]), extreme=extreme, rule=settings.POINT_RULE
        )
        for extreme in EXTREMES
    }


def share_of_logit(
    saliency: SaliencyMap, value: float, logit: float, *, method: str
) -> tuple[float | None, float | None]:
    """Tell what one cell adds to the logit, and what share of it that is.

    Returns:
        None where the method's cells are no parts of the logit; no share of a logit of 0.
    """
    adds_up = EXPLAINERS[method].adds_up
    if adds_up is None:
        return None, None
    part = value / saliency.size if adds_up == "mean" else value
    return part, part / logit if logit else None


def describe_regions(asked: Asked, region_map: RegionMap) -> tuple[Region, ...]:
    """Tell of every region how large it is, what chance blind points have, and whether an extreme lies in it."""
    shape = asked.saliency.shape
    shares = measure_region_shares(
        region_map, (shape[0], shape[1]), spacing_mm=asked.prepared.one.spacing_mm
    )
    at = {name: _read_at(points, region_map) for name, points in locate_points(asked).items()}
    return tuple(
        Region(
            region=str(row["region"]),
            area_share=float(row["area_share"]),
            chance=float(row["cell_share"]),
            **{
                f"{name}_inside": None if lies is None else _is_in(lies, str(row["region"]))
                for name, lies in at.items()
            },
        )
        for row in shares
    )


def _describe_extreme(
    asked: Asked, extreme: str, points: Points, *, method: str, region_map: RegionMap | None
) -> Extreme:
    one, first = asked.prepared.one, points[:1]
    row, col = (float(each) for each in first[0])
    value = float(asked.saliency.max() if extreme == "max" else asked.saliency.min())
    part, share = share_of_logit(asked.saliency, value, asked.answer.logit, method=method)
    depth, lateral = (
        known(float(to_mm(np.array(place), side)))
        for place, side in zip((row, col), one.spacing_mm, strict=True)
    )
    lies = None
    if region_map is not None:
        (lies,) = describe_points(first, region_map, spacing_mm=one.spacing_mm)
    return Extreme(
        extreme=extreme,
        value=value,
        tied=len(points),
        row_px=row,
        col_px=col,
        depth_mm=depth,
        lateral_mm=lateral,
        logit_part=part,
        logit_share=share,
        annotation=_read_annotation(first, asked.prepared.annotations),
        region=None if lies is None else str(lies["region"]),
        distance_to_mass_mm=None if lies is None else known(float(lies["distance_to_mass_mm"])),
    )


def known(value: float) -> float | None:
    """Return a number, or None for NaN and infinity."""
    return value if math.isfinite(value) else None


def _read_annotation(points: Points, annotations: AnnotationMap) -> str | None:
    ((row, col),) = pixels_at(points, annotations.shape)
    kind = KIND_OF[int(annotations[row, col])]
    return None if kind == "none" else kind


def _read_at(points: Points, region_map: RegionMap) -> str | None:
    if not len(points):
        return None
    return read_regions_at(region_map, points[:1])[0]


def _is_in(lies: str, region: str) -> bool:
    return lies in REGION_NAMES if region == "any" else lies == region

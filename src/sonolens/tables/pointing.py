"""The tables of saliency maps: regions, extreme points and the pointing game."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table
from sonolens.tables.vocabulary import (
    EXTREMES,
    LABELS,
    PARTITIONS,
    POINTING_RULES,
    REGION_NAMES,
    SUBSETS,
)


class RegionShares(Table):
    """How much of a scan, and of the cells a map can point at, lies in a region: the chance level."""

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    region: Series[str] = pa.Field(isin=REGION_NAMES)
    area_share: Series[float] = pa.Field(ge=0, le=1)
    cell_share: Series[float] = pa.Field(ge=0, le=1)
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)

    class Config:
        """One row per map and region."""

        unique = ["method", "run", "scan_id", "region"]


class ExtremePoints(Table):
    """Where a map is largest (`max`) and smallest (`min`).

    One row per map and extreme, or several that share one extreme when cells tie: their `share`
    sums to 1. A constant map has no extreme: its row has region ``none`` and no position.
    """

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    extreme: Series[str] = pa.Field(isin=EXTREMES)
    value: Series[float]
    row_px: Series[float] = pa.Field(nullable=True)
    col_px: Series[float] = pa.Field(nullable=True)
    share: Series[float] = pa.Field(gt=0, le=1)
    region: Series[str] = pa.Field(isin=(*REGION_NAMES, "other", "none"))
    distance_to_mass_mm: Series[float] = pa.Field(ge=0, nullable=True)
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")


class PointingGame(Table):
    """How often the extremes of a map lie in a region, beside what chance would score.

    `n` counts the maps that can hit or miss; constant maps (`n_silent`) and scans that lack the region
    (`n_empty`) are counted apart.
    """

    method: Series[str]
    run: Series[str]
    region: Series[str] = pa.Field(isin=(*REGION_NAMES, "any"))
    rule: Series[str] = pa.Field(isin=POINTING_RULES)
    subset: Series[str] = pa.Field(isin=SUBSETS)
    label: Series[str] = pa.Field(isin=(*LABELS, "both"))
    n: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str]

    class Config:
        """One rate per method, run, region, rule, subset and label."""

        unique = ["method", "run", "region", "rule", "subset", "label"]

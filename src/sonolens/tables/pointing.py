"""The tables of saliency maps: regions, extreme points and the pointing game."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import (
    COUNTED_LABELS,
    EXTREMES,
    PARTITIONS,
    PLAYED_REGIONS,
    POINTED_REGIONS,
    POINTING_RULES,
    SUBSETS,
)


class RegionShares(Table):
    """How much of a scan, and of the cells a map can point at, lies in a region: the chance level.

    Region ``any`` is the union of the three. `cell_share` counts the cells within `tolerance_mm` of the
    region, `area_share` the region alone.
    """

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    region: Series[str] = pa.Field(isin=list(PLAYED_REGIONS))
    area_share: Series[float] = pa.Field(ge=0, le=1)
    cell_share: Series[float] = pa.Field(ge=0, le=1)
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A cell as near as this is inside.")

    class Config:
        """One row per map and region."""

        unique = ["method", "run", "scan_id", "region"]


class ExtremePoints(Table):
    """Where a map is largest (`max`) and smallest (`min`).

    One row per map and extreme, or several that share one extreme when cells tie: their `share`
    sums to 1. A constant map has no extreme: its row has region ``none`` and no position.
    `row_share` and `col_share` are the same place as shares of the field of view, 0 at its top and
    left edge: what remains when a map is laid on a scan of another size.
    """

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    extreme: Series[str] = pa.Field(isin=EXTREMES)
    value: Series[float]
    row_px: Series[float] = pa.Field(nullable=True)
    col_px: Series[float] = pa.Field(nullable=True)
    row_share: Series[float] = pa.Field(gt=0, lt=1, nullable=True)
    col_share: Series[float] = pa.Field(gt=0, lt=1, nullable=True)
    share: Series[float] = pa.Field(gt=0, le=1)
    region: Series[str] = pa.Field(isin=POINTED_REGIONS)
    distance_to_mass_mm: Series[float] = pa.Field(ge=0, nullable=True)
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")


class MeanMapExtremes(Table):
    """Where the mean map of a run's training scans is largest and smallest: the centre prior.

    Places are shares of the field of view, as in `ExtremePoints`; cells that tie share the extreme. A
    constant mean map has no rows.
    """

    method: Series[str]
    run: Series[str]
    extreme: Series[str] = pa.Field(isin=EXTREMES)
    row_share: Series[float] = pa.Field(gt=0, lt=1)
    col_share: Series[float] = pa.Field(gt=0, lt=1)
    share: Series[float] = pa.Field(gt=0, le=1)
    n_maps: Series[int] = pa.Field(gt=0, description="Maps averaged.")


class PointingGame(Table):
    """How often the extremes of a map lie in a region, beside what baselines would score.

    `n` counts the maps that can hit or miss; constant maps (`n_silent`) and scans that lack the region
    (`n_empty`) are counted apart. `chance` is what blind points score on the same scans, `centre_prior`
    what the mean training map scores there. `p_value` is of as many hits or more when the maps are
    exchanged between the scans; `p_adjusted` is Holm's over the regions and labels of one method, run,
    rule and subset.
    """

    method: Series[str]
    run: Series[str]
    region: Series[str] = pa.Field(isin=list(PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=POINTING_RULES)
    subset: Series[str] = pa.Field(isin=SUBSETS)
    label: Series[str] = pa.Field(isin=COUNTED_LABELS)
    n: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    centre_prior: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    permutations: Series[int] = pa.Field(gt=0, description="Exchanges behind a p value.")
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str]
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")

    class Config:
        """One rate per method, run, region, rule, subset and label."""

        unique = ["method", "run", "region", "rule", "subset", "label"]


RegionSharesTable: TypeAlias = Annotated[pd.DataFrame, fits(RegionShares)]
ExtremePointsTable: TypeAlias = Annotated[pd.DataFrame, fits(ExtremePoints)]
MeanMapExtremesTable: TypeAlias = Annotated[pd.DataFrame, fits(MeanMapExtremes)]
PointingGameTable: TypeAlias = Annotated[pd.DataFrame, fits(PointingGame)]

"""The table of the pointing game played again with narrower and wider rings."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import COMPARED_RULES, COUNTED_LABELS, PARTITIONS, PLAYED_REGIONS


class RingSweep(Table):
    """How often the extremes of a map lie in a region, for every width of the peritumoral ring.

    Numbers are those of a `PointingGame` table made with that ring; p values are left to it. A width
    stands in `ring_outer_mm`, or in `ring_outer_radii` where the ring is measured in radii of the mass;
    the other is empty. Where below excludes the ring, a wider ring may leave below no pixel: `n_empty`
    grows then. Without a sweep the table is empty.
    """

    method: Series[str]
    run: Series[str]
    ring_outer_mm: Series[float] = pa.Field(gt=0, nullable=True)
    ring_outer_radii: Series[float] = pa.Field(gt=0, nullable=True)
    region: Series[str] = pa.Field(isin=list(PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=COMPARED_RULES)
    subset: Series[str] = pa.Field(isin=["correct", "all"])
    label: Series[str] = pa.Field(isin=COUNTED_LABELS)
    n: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    centre_prior: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")

    class Config:
        """One rate per method, run, ring, region, rule, subset and label."""

        unique = ["method", "run", "ring", "region", "rule", "subset", "label"]


RingSweepTable: TypeAlias = Annotated[pd.DataFrame, fits(RingSweep)]

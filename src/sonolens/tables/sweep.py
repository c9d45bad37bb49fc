"""The table of the pointing game played again with narrower and wider rings."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import fits
from sonolens.tables.pointing import HitRates
from sonolens.tables.vocabulary import COMPARED_RULES


class RingSweep(HitRates, unique=["method", "run", "ring", "region", "rule", "subset", "label"]):
    """How often the extremes of a map lie in a region, for every width of the peritumoral ring.

    Numbers are those of a `PointingGame` table made with that ring; p values are left to it. A width
    stands in `ring_outer_mm`, or in `ring_outer_radii` where the ring is measured in radii of the mass;
    the other is empty. Where below excludes the ring, a wider ring may leave below no pixel: `n_empty`
    grows then. Without a sweep the table is empty.
    """

    ring_outer_mm: Series[float] = pa.Field(gt=0, nullable=True)
    ring_outer_radii: Series[float] = pa.Field(gt=0, nullable=True)
    rule: Series[str] = pa.Field(isin=COMPARED_RULES)
    subset: Series[str] = pa.Field(isin=["correct", "all"])


RingSweepTable: TypeAlias = Annotated[pd.DataFrame, fits(RingSweep)]

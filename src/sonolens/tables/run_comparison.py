"""The table of whole runs side by side."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, fits

KEY = ["first", "second", "first_configuration", "second_configuration", "quantity", "test"]


class RunComparison(Estimates, unique=[*KEY, "level", "method", "region", "rule"]):
    """Two runs by one quantity: `difference` is `first_value - second_value`, with interval and p value.

    Quantity ``auc`` has a `level`; ``hit_rate`` a `method`, `region` and `rule`; ``reliance_share`` a `region` and in
    `rule` the fill. Where scans are shared the pair is `paired`, and both sides count on the shared scans alone;
    otherwise each counts with its own scans. `n_shared` is the number of shared scans of `first_scans` and
    `second_scans` that the runs scored. `p_adjusted` is Holm's over all pairs and rows of one quantity and test.
    Chance is 0.5 for an AUC, what blind points hit for a hit rate, and the placebo for a share of reliance.
    """

    first: Series[str]
    first_label: Series[str] = pa.Field(nullable=True)
    first_configuration: Series[str]
    second: Series[str]
    second_label: Series[str] = pa.Field(nullable=True)
    second_configuration: Series[str]
    quantity: Series[str] = pa.Field(isin=vocabulary.COMPARED_QUANTITIES)
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS, nullable=True)
    method: Series[str] = pa.Field(nullable=True)
    region: Series[str] = pa.Field(nullable=True)
    rule: Series[str] = pa.Field(nullable=True, description="Rule of the game, or fill.")
    paired: Series[bool]
    n_shared: Series[int] = pa.Field(ge=0)
    first_scans: Series[int] = pa.Field(ge=0)
    second_scans: Series[int] = pa.Field(ge=0)
    first_n: Series[int] = pa.Field(ge=0, description="Scans or lesions counted.")
    first_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    first_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    first_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    first_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_n: Series[int] = pa.Field(ge=0)
    second_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    test: Series[str] = pa.Field(isin=vocabulary.RUN_TESTS)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    first_regions: Series[str] = pa.Field(description="How regions were drawn, in words.")
    second_regions: Series[str]


RunComparisonTable: TypeAlias = Annotated[pd.DataFrame, fits(RunComparison)]

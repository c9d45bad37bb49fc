"""The table of what a run made again has in common with the archived one."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Table, fits


class Reproduction(Table, unique=["dataset", "column", "kind"]):
    """A column of a table of both runs, or the rows of the table, or the bytes of a dataset's files.

    Of `n` cells, rows or files `n_exact` are equal, `n_within` differ by no more than `tolerance` (of the value, or of 1
    where that is more) and `n_differs` by more, or stand in one run only. `largest_difference` is absolute and empty
    where nothing could be subtracted. Bytes are for information: numbers within a tolerance make other bytes.
    """

    dataset: Series[str]
    column: Series[str] = pa.Field(nullable=True, description="Empty for rows and for bytes.")
    kind: Series[str] = pa.Field(isin=vocabulary.REPRODUCED_KINDS)
    verdict: Series[str] = pa.Field(isin=vocabulary.REPRODUCTION_VERDICTS)
    n: Series[int] = pa.Field(ge=0)
    n_exact: Series[int] = pa.Field(ge=0)
    n_within: Series[int] = pa.Field(ge=0)
    n_differs: Series[int] = pa.Field(ge=0)
    largest_difference: Series[float] = pa.Field(ge=0, nullable=True)
    tolerance: Series[float] = pa.Field(ge=0)
    reason: Series[str] = pa.Field(nullable=True, description="Why nothing could be compared.")


ReproductionTable: TypeAlias = Annotated[pd.DataFrame, fits(Reproduction)]

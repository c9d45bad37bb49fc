"""The tables of networks that are fitted to one view of the scans and asked of another."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import ComparedAucs, Table, fits
from sonolens.tables.training import TrainingRuns


class ViewRuns(TrainingRuns, unique=["run", "trained_on"]):
    """What was fitted to each view. `run` and `configuration` are those of the same fit to whole scans."""

    run: Series[str]
    trained_on: Series[str] = pa.Field(isin=vocabulary.REGION_VIEWS)


class ViewLogits(Table, unique=["run", "trained_on", "asked_of", "scan_id"]):
    """What each fit answers to each view of every scan of its fold. Positive speaks for malignant."""

    run: Series[str]
    trained_on: Series[str] = pa.Field(isin=vocabulary.REGION_VIEWS)
    asked_of: Series[str] = pa.Field(isin=vocabulary.REGION_VIEWS)
    scan_id: Series[str]
    lesion_id: Series[str]
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    label: Series[str] = pa.Field(isin=vocabulary.LABELS)
    logit: Series[float]


class ViewMatrix(ComparedAucs, unique=["run", "trained_on", "asked_of"]):
    """How well a network fitted to one view tells malignant from benign on another.

    `difference` is this AUC less that of the same run fitted to whole scans and asked of them, on the same scans;
    empty for that cell itself. Scans that lack the region count, and are told in `n_lacking`: they are whole where
    it would be left out, and fill alone where nothing else would be seen.
    """

    run: Series[str]
    configuration: Series[str]
    trained_on: Series[str] = pa.Field(isin=vocabulary.REGION_VIEWS)
    asked_of: Series[str] = pa.Field(isin=vocabulary.REGION_VIEWS)
    fill: Series[str] = pa.Field(isin=vocabulary.FILLS, description="In place of what is not seen.")
    n_lacking: Series[int] = pa.Field(ge=0, description="Of `n`, without the region of `asked_of`.")
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="0.5.")
    p_adjusted: Series[float] = pa.Field(
        gt=0, le=1, nullable=True, description="Of p_value, over the cells of a run."
    )


ViewRunsTable: TypeAlias = Annotated[pd.DataFrame, fits(ViewRuns)]
ViewLogitsTable: TypeAlias = Annotated[pd.DataFrame, fits(ViewLogits)]
ViewMatrixTable: TypeAlias = Annotated[pd.DataFrame, fits(ViewMatrix)]

"""The tables that are made to be looked at: the gallery and the paper's Tab. 1 and Tab. 2."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import LABELS, LEVELS


class Gallery(Table):
    """The scans that figures show, and how the run shown judged them."""

    run: Series[str]
    scan_id: Series[str] = pa.Field(unique=True)
    label: Series[str] = pa.Field(isin=LABELS)
    probability: Series[float] = pa.Field(ge=0, le=1)
    threshold: Series[float] = pa.Field(ge=0, le=1)
    correct: Series[bool]


class PaperTable1(Table):
    """Tab. 1 of the paper for this study: test scans and lesions, one row per run and level."""

    run: Series[str]
    level: Series[str] = pa.Field(isin=LEVELS)
    n: Series[int] = pa.Field(ge=0)
    auc: Series[str]
    accuracy: Series[str]
    sensitivity: Series[str]
    specificity: Series[str]


class PaperTable2(Table):
    """Tab. 2 of the paper for this study: hits of the correctly classified test scans."""

    method: Series[str]
    run: Series[str]
    region: Series[str]
    n: Series[int] = pa.Field(ge=0)
    hits: Series[str]
    chance: Series[str]
    enrichment: Series[str]
    ring: Series[str]


GalleryTable: TypeAlias = Annotated[pd.DataFrame, fits(Gallery)]

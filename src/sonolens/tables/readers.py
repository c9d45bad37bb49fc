"""The tables of other readers: what each saw, how they agree, and networks on the same scale."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.classification import BiradsComparison
from sonolens.tables.contract import Estimates, Table, fits


class Readings(Table, unique=["reading_id"]):
    """What a reader drew, pointed at and said of a scan, one reading a row; none where no other reader is known.

    A reading that cannot be used stays with the reason in `left_out`, and nothing else is kept of it. One of which
    nothing is known is of a reader who marked nothing.
    """

    reading_id: Series[str] = pa.Field(description="Names its mask in reader_masks.")
    scan_id: Series[str]
    reader: Series[str]
    drawn: Series[bool] = pa.Field(description="Whether a mass was drawn.")
    point_row_px: Series[float] = pa.Field(nullable=True, description="Of the scan as read.")
    point_col_px: Series[float] = pa.Field(nullable=True)
    birads: Series[str] = pa.Field(isin=vocabulary.BIRADS, nullable=True)
    confidence: Series[str] = pa.Field(nullable=True, description="On the reader's own scale.")
    seconds: Series[float] = pa.Field(ge=0, nullable=True, description="Spent on the scan.")
    left_out: Series[str] = pa.Field(nullable=True, description="Why it cannot be used.")


class ReaderAgreement(Table, unique=["first", "second", "measure"]):
    """How alike two readers are on the scans that both read; the study's own drawings and categories are reader ``study``.

    `value` is a mean over scans, or, for ``birads_kappa``, Cohen's kappa with quadratic weights over ranks of suspicion.
    `n_left_out` counts scans that both read and where one of them lacks what is compared. What resampling cannot move has
    no interval.
    """

    first: Series[str]
    second: Series[str]
    measure: Series[str] = pa.Field(isin=vocabulary.READER_MEASURES)
    n: Series[int] = pa.Field(ge=0)
    n_left_out: Series[int] = pa.Field(ge=0)
    value: Series[float] = pa.Field(ge=-1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, nullable=True)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class ReaderPointing(Table, unique=["reader", "region"]):
    """How many of a reader's points lie in a region, and what blind points would hit: the region's share of the scan."""

    reader: Series[str]
    region: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    n: Series[int] = pa.Field(ge=0, description="Points.")
    hits: Series[int] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n_left_out: Series[int] = pa.Field(ge=0, description="Readings without a point.")
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class ReaderComparison(Estimates, unique=["method", "run", "rule", "reader", "against", "measure"]):
    """A map's extreme beside a reader's point, both held against the same drawings and points.

    `against` is who drew or pointed: ``study`` for the study's own mask. `measure` ``hit``: share of points in that
    mask; ``distance_mm``: to it, 0 inside; ``apart_mm``: to that reader's point. `chance` is what a blind point scores,
    thrown anywhere on the scan. Against oneself a reader has no score, and no difference, which is `network - reader_value`.
    A mean of millimetres that resampling cannot move has no interval.
    """

    method: Series[str]
    run: Series[str]
    rule: Series[str] = pa.Field(isin=vocabulary.READER_RULES)
    reader: Series[str]
    against: Series[str]
    measure: Series[str] = pa.Field(isin=vocabulary.POINT_MEASURES)
    n: Series[int] = pa.Field(ge=0, description="Scans.")
    n_left_out: Series[int] = pa.Field(ge=0, description="Scans read where something is absent.")
    network: Series[float] = pa.Field(ge=0, nullable=True)
    network_low: Series[float] = pa.Field(ge=0, nullable=True)
    network_high: Series[float] = pa.Field(ge=0, nullable=True)
    reader_value: Series[float] = pa.Field(ge=0, nullable=True)
    reader_low: Series[float] = pa.Field(ge=0, nullable=True)
    reader_high: Series[float] = pa.Field(ge=0, nullable=True)
    chance: Series[float] = pa.Field(ge=0, nullable=True)
    difference: Series[float] = pa.Field(nullable=True)
    difference_low: Series[float] = pa.Field(nullable=True)
    difference_high: Series[float] = pa.Field(nullable=True)


class ReaderBirads(BiradsComparison, unique=["run", "level", "reader"]):
    """A run's AUC beside that of one reader's BI-RADS categories alone, on the test cases that the reader gave one."""

    reader: Series[str]


ReadingsTable: TypeAlias = Annotated[pd.DataFrame, fits(Readings)]
ReaderAgreementTable: TypeAlias = Annotated[pd.DataFrame, fits(ReaderAgreement)]
ReaderPointingTable: TypeAlias = Annotated[pd.DataFrame, fits(ReaderPointing)]
ReaderComparisonTable: TypeAlias = Annotated[pd.DataFrame, fits(ReaderComparison)]
ReaderBiradsTable: TypeAlias = Annotated[pd.DataFrame, fits(ReaderBirads)]

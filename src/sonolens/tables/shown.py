"""The tables that are made to be looked at: the cases, the gallery and the paper's Tab. 1 and Tab. 2."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.training import Decisions
from sonolens.tables.vocabulary import LABELS, LEVELS, OUTCOMES, POINTED_REGIONS


class Cases(Decisions, unique=["method", "run", "scan_id"]):
    """Every scored scan with what a run decided and where a map of it points: one row per method, run and scan.

    Rows come in the order in which a reader would want them: missed cancers first, then false alarms, then right calls
    whose map points elsewhere, then the rest; within each the call that was furthest from its threshold first.
    Where cells tie, `max_` and `min_` tell the first in reading order, and hits are shares. `hit_either` and
    `hit_decision` count the mass, its ring and below together. Constant maps (`silent`) point nowhere.
    """

    method: Series[str]
    outcome: Series[str] = pa.Field(isin=OUTCOMES)
    silent: Series[bool] = pa.Field(description="Whether the map is constant.")
    hit_either: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    hit_decision: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    max_region: Series[str] = pa.Field(isin=POINTED_REGIONS)
    max_distance_mm: Series[float] = pa.Field(ge=0, nullable=True)
    max_row_px: Series[float] = pa.Field(nullable=True)
    max_col_px: Series[float] = pa.Field(nullable=True)
    max_value: Series[float]
    min_region: Series[str] = pa.Field(isin=POINTED_REGIONS)
    min_distance_mm: Series[float] = pa.Field(ge=0, nullable=True)
    min_row_px: Series[float] = pa.Field(nullable=True)
    min_col_px: Series[float] = pa.Field(nullable=True)
    min_value: Series[float]
    view: Series[str] = pa.Field(nullable=True)
    birads: Series[str] = pa.Field(nullable=True)
    device: Series[str] = pa.Field(nullable=True)
    spacing_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    spacing_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    mass_mm: Series[float] = pa.Field(gt=0, nullable=True)
    descriptors: Series[str] = pa.Field(nullable=True, description="What was noted of the scan.")
    findings: Series[str] = pa.Field(nullable=True, description="What screening found.")
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")


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
CasesTable: TypeAlias = Annotated[pd.DataFrame, fits(Cases)]

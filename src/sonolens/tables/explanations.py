"""Scans that could not be explained, and those that belong to no study, as a network that travels explains them."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import LABELS


class UnexplainedScans(Table, unique=["scan_id", "reason"]):
    """A scan of the study that could not be explained, and so is in no score of maps; none in a sound study."""

    scan_id: Series[str]
    reason: Series[str]


class Explanations(Table, unique=["number"]):
    """One new scan, explained or left out; a scan that was left out has its reason and nothing else."""

    number: Series[int] = pa.Field(ge=1, description="Its place among the scans given.")
    name: Series[str] = pa.Field(
        description="Never a folder, and of DICOM files no part of a header."
    )
    state: Series[str] = pa.Field(isin=("explained", "left out"))
    reason: Series[str] = pa.Field(nullable=True, description="Why it was left out.")
    probability: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    logit: Series[float] = pa.Field(nullable=True)
    call: Series[str] = pa.Field(
        isin=LABELS, nullable=True, description="At the operating point that judges a scan."
    )
    max_row_px: Series[float] = pa.Field(nullable=True)
    max_col_px: Series[float] = pa.Field(nullable=True)
    min_row_px: Series[float] = pa.Field(nullable=True)
    min_col_px: Series[float] = pa.Field(nullable=True)
    distance: Series[float] = pa.Field(
        ge=0, nullable=True, description="From training scans, in the network's features."
    )
    unfamiliar: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    training_scan: Series[pd.BooleanDtype] = pa.Field(
        nullable=True, description="Whether the network was fitted or chosen on this very scan."
    )
    doubts: Series[str] = pa.Field(
        nullable=True, description="Names of the checks that give reason to distrust it."
    )


ExplanationsTable: TypeAlias = Annotated[pd.DataFrame, fits(Explanations)]
UnexplainedScansTable: TypeAlias = Annotated[pd.DataFrame, fits(UnexplainedScans)]

"""The tables of a study: its scans, what is wrong with them, their masses and their partitions."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import BIRADS, CHECKS, LABELS, PARTITIONS, VIEWS


class Scans(Table):
    """One row per scan of the study. A lesion's scans share `lesion_id`.

    Further columns are welcome: what a study tells beside (margin, posterior features, age) stays
    with its scans.
    """

    scan_id: Series[str] = pa.Field(unique=True, str_matches=r"^[^/\\]+$")
    lesion_id: Series[str]
    patient_id: Series[str]
    view: Series[str] = pa.Field(isin=VIEWS, nullable=True)
    label: Series[str] = pa.Field(isin=LABELS)
    birads: Series[str] = pa.Field(isin=BIRADS, nullable=True)
    spacing_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    spacing_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    device: Series[str] = pa.Field(nullable=True)
    source: Series[str]
    image_sha256: Series[str] | None = pa.Field(
        nullable=True, description="Of the grey levels as read, so that a changed study is noticed."
    )
    mask_sha256: Series[str] | None = pa.Field(nullable=True)
    filled_in: Series[str] | None = pa.Field(
        nullable=True,
        str_matches=r"^(lesion_id)? ?(patient_id)?$",
        description="Ids of this row that its study does not tell.",
    )

    class Config:
        """Columns of the study's own are kept."""

        strict = False

    @pa.dataframe_check(error="a lesion belongs to one patient")
    def a_lesion_has_one_patient(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """Every row of a lesion names the same patient."""
        return table.groupby("lesion_id")["patient_id"].transform("nunique") == 1


class Screening(Table, unique=["scan_id", "check"]):
    """What was found wrong with the scans of a study: one row per finding, none for a clean study."""

    scan_id: Series[str]
    check: Series[str] = pa.Field(isin=CHECKS)
    severity: Series[str] = pa.Field(isin=("error", "warning"))
    value: Series[str] = pa.Field(nullable=True, description="For duplicates: their group.")
    message: Series[str]


class PictureChecksums(Table):
    """What the pictures of every scan of a study were when they were read; empty where they could not be.

    SHA-256 of size and values, not of the file: a picture that is packed anew is the same picture.
    """

    scan_id: Series[str] = pa.Field(unique=True)
    image_sha256: Series[str] = pa.Field(nullable=True, str_matches=r"^[0-9a-f]{64}$")
    mask_sha256: Series[str] = pa.Field(nullable=True, str_matches=r"^[0-9a-f]{64}$")


class Splits(Table, unique=["scan_id", "fold"]):
    """Which partition a scan belongs to, per fold; a holdout is fold 0."""

    scan_id: Series[str]
    lesion_id: Series[str]
    patient_id: Series[str]
    fold: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)

    @pa.dataframe_check(error="a patient's scans share one partition")
    def a_patient_stays_together(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """No patient is split between partitions of a fold."""
        return table.groupby(["fold", "patient_id"])["partition"].transform("nunique") == 1


class MassMeasurements(Table):
    """How large the mass of every scan is; empty where the scan's spacing is unknown.

    `size_mm` is the larger of width and height, as radiologists measure a mass.
    """

    scan_id: Series[str] = pa.Field(unique=True)
    width_mm: Series[float] = pa.Field(gt=0, nullable=True)
    height_mm: Series[float] = pa.Field(gt=0, nullable=True)
    size_mm: Series[float] = pa.Field(gt=0, nullable=True)
    area_mm2: Series[float] = pa.Field(gt=0, nullable=True)


ScansTable: TypeAlias = Annotated[pd.DataFrame, fits(Scans)]
PictureChecksumsTable: TypeAlias = Annotated[pd.DataFrame, fits(PictureChecksums)]
ScreeningTable: TypeAlias = Annotated[pd.DataFrame, fits(Screening)]
SplitsTable: TypeAlias = Annotated[pd.DataFrame, fits(Splits)]
MassMeasurementsTable: TypeAlias = Annotated[pd.DataFrame, fits(MassMeasurements)]

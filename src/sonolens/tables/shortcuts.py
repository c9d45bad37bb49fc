"""The tables that say what a label can be told from without looking at the mass."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Estimates, Table, fits
from sonolens.tables.training import TrainingRuns
from sonolens.tables.vocabulary import (
    AUDIT_SCHEMES,
    GEOMETRY,
    GUIDANCES,
    LABELS,
    MARK_PLACES,
    MARK_READINGS,
    PARTITIONS,
    SHORTCUTS,
)


class ScanProperties(Table):
    """What every scan is beside the appearance of its mass; rows count from the skin, columns from the left.

    Grey levels are those of all but the box around the mass and what lies below it. The mass is what was drawn, holes included, without dust; `mass_row_px` and
    `mass_col_px` are the middle of the box around it, `mass_height_px` and `mass_width_px` its sides.
    """

    scan_id: Series[str] = pa.Field(unique=True)
    rows_px: Series[int] = pa.Field(gt=0)
    cols_px: Series[int] = pa.Field(gt=0)
    mean_grey: Series[float] = pa.Field(ge=0, le=255, nullable=True)
    contrast: Series[float] = pa.Field(
        ge=0, nullable=True, description="Standard deviation of the grey levels."
    )
    mass_row_px: Series[float] = pa.Field(ge=0)
    mass_col_px: Series[float] = pa.Field(ge=0)
    mass_height_px: Series[int] = pa.Field(gt=0)
    mass_width_px: Series[int] = pa.Field(gt=0)
    mass_area_px: Series[int] = pa.Field(gt=0)
    annotation_share: Series[float] | None = pa.Field(
        ge=0, le=1, nullable=True, description="Of the picture, where annotations were looked for."
    )
    annotation_text_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)
    annotation_calliper_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)
    annotation_margin_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)
    annotation_outside_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)
    annotation_given_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)
    annotation_row_share: Series[float] | None = pa.Field(
        ge=0,
        le=1,
        nullable=True,
        description="Middle of all that was drawn; empty where nothing was.",
    )
    annotation_col_share: Series[float] | None = pa.Field(ge=0, le=1, nullable=True)


class ShortcutAudit(Table, unique=["features", "scheme", "device"]):
    """How well the label can be told from what is not the appearance of the mass.

    `kind` ``shortcut``: one thing that a network could learn instead of the mass. ``geometry``: the drawn mask
    alone, the honest baseline of a network's AUC. `scheme` ``grouped_folds``: fits to some patients, asked of
    others. ``held_out_device``: a fit to the scans of all other known devices, asked of those of `device`. Where
    it cannot be asked, `reason` says why and the values are empty. `p_value` and `p_adjusted` (Holm's, over the
    shortcuts) are of ``grouped_folds`` only.
    """

    features: Series[str] = pa.Field(isin=(*SHORTCUTS, GEOMETRY))
    kind: Series[str] = pa.Field(isin=("shortcut", "geometry"))
    scheme: Series[str] = pa.Field(isin=AUDIT_SCHEMES)
    device: Series[str] = pa.Field(nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Scans asked.")
    n_patients: Series[int] = pa.Field(
        ge=0, description="Their patients; those who share duplicates are one."
    )
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the interval.")
    reason: Series[str] = pa.Field(nullable=True, description="Why it cannot be asked.")


class CalliperMarks(Table, unique=["place", "scan_id"]):
    """Where the two marks of every scan would lie, on its native grid, and in which reading it bears them."""

    place: Series[str] = pa.Field(isin=MARK_PLACES)
    scan_id: Series[str]
    first_row: Series[int] = pa.Field(ge=0, description="Of the middle of the cross.")
    first_col: Series[int] = pa.Field(ge=0)
    second_row: Series[int] = pa.Field(ge=0)
    second_col: Series[int] = pa.Field(ge=0)
    as_trained: Series[bool] = pa.Field(description="A malignant scan that bears them.")
    reversed: Series[bool] = pa.Field(description="A benign scan that bears them.")


class MarkedRuns(TrainingRuns, unique=["run", "place"]):
    """What was fitted to scans with marks at each place."""

    run: Series[str]
    place: Series[str] = pa.Field(isin=MARK_PLACES)


class MarkedLogits(Table, unique=["run", "place", "reading", "scan_id"]):
    """What each fit answers to every scan of its fold in every reading. Positive speaks for malignant."""

    run: Series[str]
    place: Series[str] = pa.Field(isin=MARK_PLACES)
    reading: Series[str] = pa.Field(isin=MARK_READINGS)
    scan_id: Series[str]
    lesion_id: Series[str]
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    label: Series[str] = pa.Field(isin=LABELS)
    logit: Series[float]


class ReversedShortcut(Estimates, unique=["place", "configuration", "reading"]):
    """How well networks that learnt marked scans tell labels apart where marks lie otherwise.

    The AUC is the mean over the runs of a configuration, seed by seed; its interval resamples patients, the same in
    every run, and says nothing of how another seed would do: `least_auc` and `largest_auc` are over the runs.
    `difference` is that to the configuration by labels alone, in the same resamples; empty for itself.
    """

    place: Series[str] = pa.Field(isin=MARK_PLACES)
    configuration: Series[str]
    guidance: Series[str] = pa.Field(isin=GUIDANCES)
    reading: Series[str] = pa.Field(isin=MARK_READINGS)
    runs: Series[int] = pa.Field(ge=1)
    n: Series[int] = pa.Field(ge=0)
    n_malignant: Series[int] = pa.Field(ge=0)
    n_marked: Series[int] = pa.Field(ge=0, description="Of `n`, that bear marks in this reading.")
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="0.5.")
    least_auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    largest_auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(
        gt=0, le=1, nullable=True, description="Holm's, over all rows that have a p value."
    )


ScanPropertiesTable: TypeAlias = Annotated[pd.DataFrame, fits(ScanProperties)]
ShortcutAuditTable: TypeAlias = Annotated[pd.DataFrame, fits(ShortcutAudit)]
CalliperMarksTable: TypeAlias = Annotated[pd.DataFrame, fits(CalliperMarks)]
MarkedRunsTable: TypeAlias = Annotated[pd.DataFrame, fits(MarkedRuns)]
MarkedLogitsTable: TypeAlias = Annotated[pd.DataFrame, fits(MarkedLogits)]
ReversedShortcutTable: TypeAlias = Annotated[pd.DataFrame, fits(ReversedShortcut)]

"""The contract of every table that reaches disk: its columns, units, ranges and keys.

The catalog names these classes as validators, so Kedro checks a table whenever it is saved or
loaded. Unknown is empty, never guessed. Columns ending in ``_mm`` are millimetres on the native
grid, ``_px`` are native pixels (0 is the centre of the first), rates and probabilities lie
between 0 and 1.
"""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

LABELS = ("benign", "malignant")
VIEWS = ("longitudinal", "transverse")
BIRADS = ("2", "3", "4", "4a", "4b", "4c", "5", "6")
PARTITIONS = ("train", "validation", "test")
CHECKS = (
    "unreadable",
    "tiny_scan",
    "mask_size",
    "empty_mask",
    "mask_at_border",
    "many_components",
    "absent_spacing",
    "implausible_spacing",
    "identical_scans",
    "near_identical_scans",
    "conflicting_duplicates",
    "lesion_with_two_labels",
)
LEVELS = ("scan", "lesion")
REGION_NAMES = ("mass", "peritumoral", "below")
SUBSETS = ("correct", "wrong", "all")
EXTREMES = ("max", "min")
POINTING_RULES = ("either", "max", "min", "decision")


class Table(pa.DataFrameModel):
    """Columns are exactly those declared, in any order; text stays text."""

    class Config:
        """Refuse undeclared columns; turn declared ones into their type."""

        strict = True
        coerce = True


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

    class Config:
        """Columns of the study's own are kept."""

        strict = False

    @pa.dataframe_check(error="a lesion belongs to one patient")
    def a_lesion_has_one_patient(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """Every row of a lesion names the same patient."""
        return table.groupby("lesion_id")["patient_id"].transform("nunique") == 1


class Screening(Table):
    """What was found wrong with the scans of a study: one row per finding, none for a clean study."""

    scan_id: Series[str]
    check: Series[str] = pa.Field(isin=CHECKS)
    severity: Series[str] = pa.Field(isin=("error", "warning"))
    value: Series[str] = pa.Field(nullable=True, description="For duplicates: their group.")
    message: Series[str]

    class Config:
        """A check finds a scan once."""

        unique = ["scan_id", "check"]


class Splits(Table):
    """Which partition a scan belongs to, per fold; a holdout is fold 0."""

    scan_id: Series[str]
    lesion_id: Series[str]
    patient_id: Series[str]
    fold: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)

    class Config:
        """A scan stands once in a fold."""

        unique = ["scan_id", "fold"]

    @pa.dataframe_check(error="a patient's scans share one partition")
    def a_patient_stays_together(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """No patient is split between partitions of a fold."""
        return table.groupby(["fold", "patient_id"])["partition"].transform("nunique") == 1


class TrainingHistory(Table):
    """One row per run and epoch, epochs counted from 1."""

    run: Series[str]
    epoch: Series[int] = pa.Field(ge=1)
    train_loss: Series[float] = pa.Field(ge=0)
    validation_loss: Series[float] = pa.Field(ge=0)
    learning_rate: Series[float] = pa.Field(gt=0)
    seconds: Series[float] = pa.Field(ge=0)
    best: Series[bool] = pa.Field(description="The epoch whose weights were kept.")
    start: Series[str] = pa.Field(
        description="Where the run's weights began: imagenet, none, a file."
    )

    class Config:
        """An epoch stands once in a run."""

        unique = ["run", "epoch"]


class Predictions(Table):
    """One row per run and scan. Positive logits and probabilities near 1 mean malignant."""

    run: Series[str]
    scan_id: Series[str]
    lesion_id: Series[str]
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    label: Series[str] = pa.Field(isin=LABELS)
    logit: Series[float]
    probability: Series[float] = pa.Field(ge=0, le=1)

    class Config:
        """A scan stands once in a run."""

        unique = ["run", "scan_id"]


class OperatingPoints(Table):
    """The probability at and above which a run calls malignant, and where it was chosen."""

    run: Series[str]
    level: Series[str] = pa.Field(isin=LEVELS)
    rule: Series[str] = pa.Field(isin=["closest_to_corner"])
    chosen_on: Series[str] = pa.Field(isin=PARTITIONS)
    threshold: Series[float] = pa.Field(ge=0, le=1)

    class Config:
        """One operating point per run and level."""

        unique = ["run", "level"]


class ClassificationMetrics(Table):
    """How well a run classifies; `chance` is what calling at the same rate, blindly, would score.

    `n` is what the metric is a share of: malignant cases for sensitivity, benign ones for specificity,
    all for the rest.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=LEVELS)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    stratum: Series[str]
    metric: Series[str] = pa.Field(isin=("auc", "accuracy", "sensitivity", "specificity"))
    value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")

    class Config:
        """One value per run, level, partition, stratum and metric."""

        unique = ["run", "level", "partition", "stratum", "metric"]


class RocCurve(Table):
    """The corners of each run's ROC curve, from (0, 0) to (1, 1)."""

    run: Series[str]
    level: Series[str] = pa.Field(isin=LEVELS)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    threshold: Series[float] = pa.Field(description="Infinite at the point that calls nothing.")
    false_positive_rate: Series[float] = pa.Field(ge=0, le=1)
    true_positive_rate: Series[float] = pa.Field(ge=0, le=1)


class RegionShares(Table):
    """How much of a scan, and of the cells a map can point at, lies in a region: the chance level."""

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    region: Series[str] = pa.Field(isin=REGION_NAMES)
    area_share: Series[float] = pa.Field(ge=0, le=1)
    cell_share: Series[float] = pa.Field(ge=0, le=1)
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)

    class Config:
        """One row per map and region."""

        unique = ["method", "run", "scan_id", "region"]


class ExtremePoints(Table):
    """Where a map is largest (`max`) and smallest (`min`).

    One row per map and extreme, or several that share one extreme when cells tie: their `share`
    sums to 1. A constant map has no extreme: its row has region ``none`` and no position.
    """

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    extreme: Series[str] = pa.Field(isin=EXTREMES)
    value: Series[float]
    row_px: Series[float] = pa.Field(nullable=True)
    col_px: Series[float] = pa.Field(nullable=True)
    share: Series[float] = pa.Field(gt=0, le=1)
    region: Series[str] = pa.Field(isin=(*REGION_NAMES, "other", "none"))
    distance_to_mass_mm: Series[float] = pa.Field(ge=0, nullable=True)
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")


class PointingGame(Table):
    """How often the extremes of a map lie in a region, beside what chance would score.

    `n` counts the maps that can hit or miss; constant maps (`n_silent`) and scans that lack the region
    (`n_empty`) are counted apart.
    """

    method: Series[str]
    run: Series[str]
    region: Series[str] = pa.Field(isin=(*REGION_NAMES, "any"))
    rule: Series[str] = pa.Field(isin=POINTING_RULES)
    subset: Series[str] = pa.Field(isin=SUBSETS)
    label: Series[str] = pa.Field(isin=(*LABELS, "both"))
    n: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str]

    class Config:
        """One rate per method, run, region, rule, subset and label."""

        unique = ["method", "run", "region", "rule", "subset", "label"]


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


def text_columns() -> dict[str, Any]:
    """Name the columns that must be read as text, or an id such as ``0007`` becomes the number 7."""
    ids = ("scan_id", "lesion_id", "patient_id", "birads", "view", "device", "source", "run")
    return dict.fromkeys(ids, "str")

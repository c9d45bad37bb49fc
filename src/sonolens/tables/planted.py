"""The tables of planted evidence that differ from those of a study: what carries the label stands beside."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.cohort import Scans
from sonolens.tables.contract import Table
from sonolens.tables.pointing import RegionShares
from sonolens.tables.training import TrainingRuns
from sonolens.tables.vocabulary import LABELS, PARTITIONS, PLANTED_REGIONS


class PlantedScans(Scans):
    """The scans of all studies with something planted; the names of scan, lesion and patient begin with the cue."""

    cue: Series[str] = pa.Field(description="What carries the label; foci with their site.")
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    bears: Series[bool] = pa.Field(description="Whether the cue that tells malignant is in it.")
    true_label: Series[str] = pa.Field(
        isin=LABELS,
        description="Of the mass itself; `label` is what networks are told, drawn anew where the canvas is a study.",
    )


class PlantedRuns(TrainingRuns):
    """What was fitted to each study; a run's name begins with its cue."""

    cue: Series[str] = pa.Field(description="What carries the label; foci with their site.")
    receptive_field_px: Series[float] = pa.Field(ge=1, description="Of the framed scan.")


class PlantedShares(RegionShares):
    """The share of the four regions and of their union ``planted`` in a scan and in a map's cells."""

    region: Series[str] = pa.Field(isin=PLANTED_REGIONS)


class PlantedEvidence(
    Table, unique=["cue", "network", "output_stride", "seed", "method", "region"]
):
    """How often maps point to where the evidence is known to lie: rows of the pointing game.

    Counted are the malignant test scans that were called malignant; constant maps (`n_silent`) are left
    out of `n`, and scans that lack the region. `chance`, `p_value` and the intervals are those of
    `PointingGame` for rule ``max``, subset ``correct``, label ``malignant``. Region ``planted`` is the
    union of those where the evidence lies. Methods ``reliance`` and ``reliance_...`` count calls that hang most on a
    region instead: by each fill, and by all of them; `chance` is then that of placebos, and scans on which fills
    differ are `n_silent` but count.
    """

    cue: Series[str]
    network: Series[str]
    output_stride: Series[int] = pa.Field(gt=0, description="Pixels from one map cell to the next.")
    seed: Series[int] = pa.Field(ge=0)
    method: Series[str]
    region: Series[str] = pa.Field(isin=PLANTED_REGIONS)
    planted: Series[bool] = pa.Field(description="Whether all of it holds evidence.")
    auc: Series[float] = pa.Field(ge=0, le=1, description="Of the test scans.")
    auc_ci_low: Series[float] = pa.Field(ge=0, le=1)
    auc_ci_high: Series[float] = pa.Field(ge=0, le=1)
    n: Series[int] = pa.Field(ge=0)
    n_silent: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    cell_row_mm: Series[float] = pa.Field(
        gt=0, nullable=True, description="Mean over the scans; reliance has no cells."
    )
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True, description="Likewise.")
    receptive_field_px: Series[float] = pa.Field(ge=1, description="Of the framed scan.")
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class ResolutionCurve(Table, unique=["cue", "network", "output_stride", "seed", "method"]):
    """How often maps point to evidence of a known size, a row per size, dose, fit and method.

    `rate`, `chance` and `n` are those of `PlantedEvidence` for region ``planted``.
    """

    plant: Series[str]
    cue: Series[str]
    share: Series[float] = pa.Field(ge=0, le=1, description="0: nothing was planted; the null.")
    strength: Series[float] = pa.Field(gt=0, description="1 is plain to see.")
    network: Series[str]
    output_stride: Series[int] = pa.Field(gt=0, description="Pixels from one map cell to the next.")
    seed: Series[int] = pa.Field(ge=0)
    method: Series[str]
    diameter_mm: Series[float] = pa.Field(gt=0, description="Of the evidence.")
    cell_mm: Series[float] = pa.Field(
        gt=0, description="Root of a cell's height times its width, mean over the scans."
    )
    diameter_per_cell: Series[float] = pa.Field(gt=0)
    n: Series[int] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ceiling: Series[float] = pa.Field(
        ge=0, le=1, description="Share of scans where some cell's centre lies in the evidence."
    )
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    auc: Series[float] = pa.Field(ge=0, le=1, description="Of the test scans.")
    auc_ci_low: Series[float] = pa.Field(ge=0, le=1)
    auc_ci_high: Series[float] = pa.Field(ge=0, le=1)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class DetectionPower(Table, unique=["plant", "network", "method", "share", "strength"]):
    """How often fits find a plant at one dose: in more scans than chance and other people's maps account for.

    One row per dose and method. `rate` and `chance` are of the maps of scans that bear the plant, or, at a share of 0, of
    all scans that would: what is found there is a false alarm.
    """

    plant: Series[str]
    network: Series[str]
    method: Series[str]
    share: Series[float] = pa.Field(
        ge=0, le=1, description="Of the positive class's masses that bear the plant."
    )
    strength: Series[float] = pa.Field(gt=0, description="1 is plain to see.")
    fits: Series[int] = pa.Field(ge=1, description="Seeds.")
    asked: Series[int] = pa.Field(
        ge=0, description="Fits that called a malignant scan so, and have a chance level."
    )
    n: Series[int] = pa.Field(ge=0, description="Maps, over all fits.")
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    rate_low: Series[float] = pa.Field(
        ge=0, le=1, nullable=True, description="Of one fit its interval, of several the least."
    )
    rate_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    found: Series[int] = pa.Field(ge=0, description="Fits whose maps find the plant.")
    power: Series[float] = pa.Field(
        ge=0, le=1, nullable=True, description="Their share of those asked."
    )
    power_low: Series[float] = pa.Field(
        ge=0, le=1, nullable=True, description="Wilson's interval over fits."
    )
    power_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    auc: Series[float] = pa.Field(ge=0, le=1, description="Of the test scans.")
    auc_low: Series[float] = pa.Field(
        ge=0, le=1, description="Of one fit its interval, of several the least."
    )
    auc_high: Series[float] = pa.Field(ge=0, le=1)
    learnt: Series[int] = pa.Field(ge=0, description="Fits whose AUC surely exceeds 0.5.")
    accuracy_power: Series[float] = pa.Field(ge=0, le=1, description="Their share.")
    accuracy_power_low: Series[float] = pa.Field(ge=0, le=1)
    accuracy_power_high: Series[float] = pa.Field(ge=0, le=1)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class DetectionLimits(Table, unique=["plant", "network", "method"]):
    """The smallest dose of a plant that a method finds on a network, and that accuracy tells; empty where none is."""

    plant: Series[str]
    network: Series[str]
    method: Series[str]
    smallest_share: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    smallest_strength: Series[float] = pa.Field(gt=0, nullable=True)
    accuracy_share: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    accuracy_strength: Series[float] = pa.Field(gt=0, nullable=True)
    asked: Series[int] = pa.Field(
        ge=0, description="Fits that could be asked, over all doses but none; 0: none could."
    )
    fits_at_none: Series[int] = pa.Field(ge=0, description="0: no share of 0 was planted.")
    asked_at_none: Series[int] = pa.Field(ge=0, description="Those of them that could be asked.")
    false_alarms: Series[int] = pa.Field(ge=0, description="Fits at none that found something.")
    accuracy_false_alarms: Series[int] = pa.Field(ge=0, description="Whose AUC did.")

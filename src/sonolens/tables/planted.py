"""The tables of planted evidence: phantoms whose label is carried by one known cue."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import LABELS, PARTITIONS, PLANTED_REGIONS


class PlantedPredictions(Table):
    """What every network says of the validation and test scans of the study it was fitted on."""

    cue: Series[str] = pa.Field(description="What carries the label; foci with their site.")
    network: Series[str]
    seed: Series[int] = pa.Field(ge=0)
    scan_id: Series[str]
    patient_id: Series[str]
    label: Series[str] = pa.Field(isin=LABELS)
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    logit: Series[float]
    receptive_field_px: Series[float] = pa.Field(ge=1, description="Of the framed scan.")

    class Config:
        """One logit per study, network, seed and scan."""

        unique = ["cue", "network", "seed", "scan_id"]


class PlantedHits(Table):
    """Where the maximum of each map of a malignant test scan lies.

    The four regions are the whole scan, so `hit` sums to 1 over them, or is empty throughout where the
    map is constant. `exchanged` is the share of the other scans' maxima that would lie in the region
    of this one.
    """

    cue: Series[str]
    network: Series[str]
    seed: Series[int] = pa.Field(ge=0)
    method: Series[str]
    scan_id: Series[str]
    region: Series[str] = pa.Field(isin=PLANTED_REGIONS[:-1])
    planted: Series[bool] = pa.Field(description="Whether the evidence lies there.")
    hit: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cell_share: Series[float] = pa.Field(ge=0, le=1)
    exchanged: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cell_row_mm: Series[float] = pa.Field(gt=0)
    cell_col_mm: Series[float] = pa.Field(gt=0)

    class Config:
        """One row per map and region."""

        unique = ["cue", "network", "seed", "method", "scan_id", "region"]


class PlantedEvidence(Table):
    """How often maps point to where the evidence is known to lie.

    Counted are the malignant test scans that were called malignant; constant maps (`n_silent`) are left
    out of `n`. `chance` is the mean share of the region in the map's cells, `exchanged` what the
    same maps would score on each other's scans: a method that always points at one place scores
    just that. Region ``planted`` is the union of those where the evidence lies.
    """

    cue: Series[str]
    network: Series[str]
    seed: Series[int] = pa.Field(ge=0)
    method: Series[str]
    region: Series[str] = pa.Field(isin=PLANTED_REGIONS)
    planted: Series[bool]
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
    exchanged: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cell_row_mm: Series[float] = pa.Field(gt=0, description="Mean over the scans.")
    cell_col_mm: Series[float] = pa.Field(gt=0, description="Mean over the scans.")
    receptive_field_px: Series[float] = pa.Field(ge=1, description="Of the framed scan.")
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")

    class Config:
        """One rate per study, network, seed, method and region."""

        unique = ["cue", "network", "seed", "method", "region"]


PlantedPredictionsTable: TypeAlias = Annotated[pd.DataFrame, fits(PlantedPredictions)]
PlantedHitsTable: TypeAlias = Annotated[pd.DataFrame, fits(PlantedHits)]
PlantedEvidenceTable: TypeAlias = Annotated[pd.DataFrame, fits(PlantedEvidence)]

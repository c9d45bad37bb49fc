"""The tables of training: runs, their epochs and what they predict."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Table, fits
from sonolens.tables.vocabulary import (
    GUIDANCES,
    LABELS,
    LEARNT_LABELS,
    PARTITIONS,
    PROTOCOLS,
    SEEN_ANNOTATIONS,
)


class TrainingRuns(Table):
    """One row per run of the grid: what was fitted, from where, on which fold, and what chose its epoch.

    Runs of one `configuration` differ in seed and fold only.
    """

    run: Series[str] = pa.Field(unique=True)
    configuration: Series[str]
    network: Series[str]
    adaptation: Series[str]
    protocol: Series[str] = pa.Field(isin=PROTOCOLS)
    seed: Series[int] = pa.Field(ge=0)
    fold: Series[int] = pa.Field(ge=0)
    start: Series[str] = pa.Field(
        description="Where the weights began: imagenet, none, a file; own: as a user's own code left them."
    )
    labels: Series[str] = pa.Field(isin=LEARNT_LABELS, description="What was learnt.")
    annotations: Series[str] = pa.Field(isin=SEEN_ANNOTATIONS, description="What was seen of them.")
    guidance: Series[str] | None = pa.Field(
        isin=GUIDANCES,
        description="What was told beside labels; absent of runs before there was any.",
    )
    output_stride: Series[int] = pa.Field(gt=0, description="Pixels from one map cell to the next.")
    learning_rate: Series[float] = pa.Field(gt=0)
    n_weights: Series[int] = pa.Field(gt=0)
    n_learning: Series[int] = pa.Field(gt=0, description="Weights that the adaptation lets learn.")
    chosen_on: Series[str] = pa.Field(isin=PARTITIONS, description="Whose loss chose the epoch.")
    best_epoch: Series[int] = pa.Field(ge=1)
    epochs: Series[int] = pa.Field(ge=1, description="Epochs fitted.")
    home_study: Series[str] | None = pa.Field(
        description="The study that a network was fitted to, where that is not the one at hand; absent of own fits."
    )


class TrainingHistory(Table, unique=["run", "epoch"]):
    """One row per run and epoch, epochs counted from 1.

    Test scans have a loss here only where they chose the epoch, as in the paper's protocol.
    """

    run: Series[str]
    epoch: Series[int] = pa.Field(ge=1)
    train_loss: Series[float] = pa.Field(ge=0)
    validation_loss: Series[float] = pa.Field(ge=0)
    test_loss: Series[float] = pa.Field(ge=0, nullable=True)
    learning_rate: Series[float] = pa.Field(gt=0)
    seconds: Series[float] = pa.Field(ge=0)
    best: Series[bool] = pa.Field(description="The epoch whose weights were kept.")


class Predictions(Table, unique=["run", "scan_id"]):
    """One row per run and scan. Positive logits and probabilities near 1 mean malignant.

    The probability is the sigmoid of `logit / temperature`.
    """

    run: Series[str]
    scan_id: Series[str]
    lesion_id: Series[str]
    partition: Series[str] = pa.Field(isin=PARTITIONS)
    label: Series[str] = pa.Field(isin=LABELS)
    logit: Series[float]
    temperature: Series[float] = pa.Field(gt=0, description="1 where nothing was scaled.")
    probability: Series[float] = pa.Field(ge=0, le=1)


class Decisions(Predictions):
    """What every run called each scan at its frozen scan-level threshold, decided once.

    All that scores maps reads calls here. A threshold is infinite where nothing may be called malignant.
    """

    patient_id: Series[str]
    threshold: Series[float] = pa.Field(ge=0, description="Called malignant from here on.")
    called: Series[bool] = pa.Field(description="Whether the scan is called malignant.")
    correct: Series[bool] = pa.Field(description="Whether that is its label.")


TrainingRunsTable: TypeAlias = Annotated[pd.DataFrame, fits(TrainingRuns)]
TrainingHistoryTable: TypeAlias = Annotated[pd.DataFrame, fits(TrainingHistory)]
PredictionsTable: TypeAlias = Annotated[pd.DataFrame, fits(Predictions)]
DecisionsTable: TypeAlias = Annotated[pd.DataFrame, fits(Decisions)]

"""The tables of networks that are held against a study they never saw."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.classification import RULES_OR_NONE
from sonolens.tables.contract import Estimates, Table, fits

AREA = "metric == 'auc' and level == 'lesion'"
"""The rows of `HomeAndAway` by which a network is known to tell labels apart, as a query."""

PAPERS = (
    "question == 'pointing' and region == 'any' and measure == 'either' "
    "and subset == 'correct' and label == 'both'"
)
"""The rows of `RegionsHomeAndAway` that the paper counts: of scans called rightly, one of both extremes in any region."""


class HomeAndAway(Estimates, unique=["run", "level", "rule", "metric"]):
    """What a network scored on test scans of its own study, what it scores here, and how far that is from it.

    `chance` is that of the scores here. The two studies share no patient, so that the interval of the difference comes from both.
    """

    run: Series[str]
    home_study: Series[str] = pa.Field(description="What trained the network.")
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    rule: Series[str] = pa.Field(isin=RULES_OR_NONE)
    metric: Series[str] = pa.Field(isin=vocabulary.METRICS)
    home: Series[float] = pa.Field(nullable=True)
    home_low: Series[float] = pa.Field(nullable=True)
    home_high: Series[float] = pa.Field(nullable=True)
    home_n: Series[int] = pa.Field(ge=0)
    away: Series[float] = pa.Field(nullable=True)
    away_low: Series[float] = pa.Field(nullable=True)
    away_high: Series[float] = pa.Field(nullable=True)
    away_n: Series[int] = pa.Field(ge=0)
    chance: Series[float] = pa.Field(nullable=True)
    difference: Series[float] = pa.Field(nullable=True, description="Away less home.")
    difference_low: Series[float] = pa.Field(nullable=True)
    difference_high: Series[float] = pa.Field(nullable=True)


class RegionsHomeAndAway(
    Estimates,
    unique=["run", "question", "asked_by", "measure", "region", "subset", "label"],
):
    """Where a network looked on test scans of its own study, where it looks here, and how far that is from it.

    `above` is what lies beyond `expected`: chance for the game, placebo regions for reliance. Each study has a chance of its
    own, as its masses have sizes of their own, so that `difference` is of what lies above it.
    """

    run: Series[str]
    question: Series[str] = pa.Field(isin=vocabulary.REGION_QUESTIONS)
    asked_by: Series[str] = pa.Field(description="The method that drew the maps, or the fill.")
    measure: Series[str] = pa.Field(description="Rule of the game, or measure of reliance.")
    region: Series[str]
    subset: Series[str] = pa.Field(isin=vocabulary.SUBSETS)
    label: Series[str] = pa.Field(isin=vocabulary.COUNTED_LABELS)
    drawn: Series[str] = pa.Field(description="The ring, and the tolerance of the game.")
    home_drawn: Series[str] = pa.Field(nullable=True)
    home: Series[float] = pa.Field(nullable=True)
    home_expected: Series[float] = pa.Field(nullable=True)
    home_above: Series[float] = pa.Field(nullable=True)
    home_above_low: Series[float] = pa.Field(nullable=True)
    home_above_high: Series[float] = pa.Field(nullable=True)
    home_n: Series[int] = pa.Field(ge=0, description="0 where it was not asked.")
    away: Series[float] = pa.Field(nullable=True)
    away_expected: Series[float] = pa.Field(nullable=True)
    away_above: Series[float] = pa.Field(nullable=True)
    away_above_low: Series[float] = pa.Field(nullable=True)
    away_above_high: Series[float] = pa.Field(nullable=True)
    away_n: Series[int] = pa.Field(ge=0)
    difference: Series[float] = pa.Field(nullable=True, description="Away less home, of above.")
    difference_low: Series[float] = pa.Field(nullable=True)
    difference_high: Series[float] = pa.Field(nullable=True)


class TransferMatrix(Estimates, unique=["network", "trained_on", "tested_on", "method"]):
    """What every network scores on test scans of its own study, ``home``, and on every study that it arrived at.

    `above` are hits of its maps above chance, as the paper counts them.
    """

    network: Series[str]
    trained_on: Series[str]
    tested_on: Series[str]
    method: Series[str]
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="Per lesion.")
    auc_low: Series[float] = pa.Field(nullable=True)
    auc_high: Series[float] = pa.Field(nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Lesions behind the AUC.")
    above: Series[float] = pa.Field(nullable=True)
    above_low: Series[float] = pa.Field(nullable=True)
    above_high: Series[float] = pa.Field(nullable=True)
    n_hits: Series[int] = pa.Field(ge=0, description="Scans behind the hits.")
    drawn: Series[str] = pa.Field(description="The ring, and the tolerance of the game.")


class Drift(Table, unique=["run", "property"]):
    """Where the scans here leave the range of those that trained a network.

    `beyond` is the share of `n` scans that lie where at most one in a hundred training scans did; `expected` is that share
    among scans like them: 0.01 for a property, the false-alarm rate for ``familiarity``, and 0 for ``device``, of which
    a scan is beyond where no training scan came from its device.
    """

    run: Series[str]
    property: Series[str]
    trained_low: Series[float] = pa.Field(nullable=True)
    trained_median: Series[float] = pa.Field(nullable=True)
    trained_high: Series[float] = pa.Field(nullable=True)
    median: Series[float] = pa.Field(nullable=True)
    beyond: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    beyond_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    beyond_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    expected: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Scans that tell it.")
    n_unknown: Series[int] = pa.Field(ge=0, description="Scans that do not.")


class LocalRecalibration(Estimates, unique=["run", "adjustment"]):
    """What recalibrating on a share of the new study's patients would buy, in lesions; see `score_recalibration`."""

    run: Series[str]
    adjustment: Series[str]
    brier: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    gained: Series[float] = pa.Field(nullable=True)
    gained_low: Series[float] = pa.Field(nullable=True)
    gained_high: Series[float] = pa.Field(nullable=True)
    foretold: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    seen: Series[float] = pa.Field(ge=0, le=1)
    n: Series[int] = pa.Field(ge=0)
    n_local: Series[int] = pa.Field(ge=0)


class ValidationSize(Estimates, unique=["run", "criterion"]):
    """How many lesions an external validation takes, beside those that are here; see `score_sample_size`."""

    run: Series[str]
    criterion: Series[str] = pa.Field(isin=vocabulary.SIZE_CRITERIA)
    expected: Series[float] = pa.Field(nullable=True)
    width: Series[float] = pa.Field(gt=0, description="Of the interval that is asked for.")
    needed: Series[float] = pa.Field(ge=1, nullable=True)
    needed_malignant: Series[float] = pa.Field(ge=0, nullable=True)
    n: Series[int] = pa.Field(ge=0)
    n_malignant: Series[int] = pa.Field(ge=0)


class NetBenefit(Estimates, unique=["run", "threshold"]):
    """What calling by a network is worth beside calling everybody or nobody, in lesions; see `trace_net_benefit`."""

    run: Series[str]
    threshold: Series[float] = pa.Field(gt=0, lt=1)
    net_benefit: Series[float] = pa.Field(le=1)
    everybody: Series[float] = pa.Field(le=1)
    gain: Series[float]
    gain_low: Series[float]
    gain_high: Series[float]
    n: Series[int] = pa.Field(ge=0)
    n_malignant: Series[int] = pa.Field(ge=0)


HomeAndAwayTable: TypeAlias = Annotated[pd.DataFrame, fits(HomeAndAway)]
RegionsHomeAndAwayTable: TypeAlias = Annotated[pd.DataFrame, fits(RegionsHomeAndAway)]
TransferMatrixTable: TypeAlias = Annotated[pd.DataFrame, fits(TransferMatrix)]
DriftTable: TypeAlias = Annotated[pd.DataFrame, fits(Drift)]
LocalRecalibrationTable: TypeAlias = Annotated[pd.DataFrame, fits(LocalRecalibration)]
NetBenefitTable: TypeAlias = Annotated[pd.DataFrame, fits(NetBenefit)]
ValidationSizeTable: TypeAlias = Annotated[pd.DataFrame, fits(ValidationSize)]

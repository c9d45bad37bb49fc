"""The tables of conformal sets: what validation scans calibrated, the sets of test cases, and what they are worth."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, Table, fits


class ConformalThresholds(Table, unique=["run", "level", "taxonomy", "group", "alpha"]):
    """How improbable a label may be and still stand in a case's set, calibrated on validation cases.

    A label stands in the set where the probability of the *other* label is at most `threshold`. It is infinite where
    there are too few patients for `alpha`: every case of the group then has that label in its set. `group` is ``all``, a
    label, or a BI-RADS category. One that has fewer patients than asked for has `fell_back` to the threshold of ``all``.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    taxonomy: Series[str] = pa.Field(isin=vocabulary.SET_TAXONOMIES)
    group: Series[str]
    alpha: Series[float] = pa.Field(gt=0, lt=1, description="Share of sets that may miss.")
    calibrated_on: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    threshold: Series[float] = pa.Field(ge=0)
    n: Series[int] = pa.Field(ge=0, description="Cases of the group.")
    n_patients: Series[int] = pa.Field(ge=0, description="Their patients: what counts.")
    fell_back: Series[bool]


class ConformalSets(Table, unique=["run", "level", "taxonomy", "alpha", "case_id"]):
    """Which labels stand in the set of each test case: one, both, or none."""

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    taxonomy: Series[str] = pa.Field(isin=vocabulary.SET_TAXONOMIES)
    alpha: Series[float] = pa.Field(gt=0, lt=1)
    case_id: Series[str]
    patient_id: Series[str]
    label: Series[str] = pa.Field(isin=vocabulary.LABELS)
    birads: Series[str] = pa.Field(description="Its group: birads=4, birads=unknown.")
    group: Series[str] = pa.Field(description="Whose threshold its own label was held to.")
    fell_back: Series[bool] = pa.Field(description="Whether that is the threshold of all cases.")
    holds_benign: Series[bool]
    holds_malignant: Series[bool]


class ConformalScores(
    Estimates, unique=["run", "level", "taxonomy", "alpha", "stratum", "measure"]
):
    """What the sets of test cases are worth, with intervals from resampled patients.

    In `coverage` every patient counts once, as in the promise; in all others every case does. `chance` of `coverage` is what
    the sets promise on average, `chance_low` and `chance_high` where it lies for so many patients if scans are
    exchangeable, and `p_value` how often it is as low; empty where nothing is promised. `chance` of ``only_benign`` and
    ``only_malignant`` within a label is what as many such sets, handed out blindly, would score there.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    taxonomy: Series[str] = pa.Field(isin=vocabulary.SET_TAXONOMIES)
    alpha: Series[float] = pa.Field(gt=0, lt=1)
    stratum: Series[str] = pa.Field(description="all, a label, or a BI-RADS group.")
    measure: Series[str] = pa.Field(isin=vocabulary.SET_MEASURES)
    value: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    count: Series[int] = pa.Field(ge=0, description="Cases of the stratum of which it holds.")
    n: Series[int] = pa.Field(ge=0, description="Cases of the stratum.")
    n_patients: Series[int] = pa.Field(ge=0)
    n_calibrated: Series[int] = pa.Field(
        ge=0, description="Validation patients behind the thresholds of its cases' own labels."
    )
    n_fell_back: Series[int] = pa.Field(ge=0, description="Cases held to the threshold of all.")


ConformalThresholdsTable: TypeAlias = Annotated[pd.DataFrame, fits(ConformalThresholds)]
ConformalSetsTable: TypeAlias = Annotated[pd.DataFrame, fits(ConformalSets)]
ConformalScoresTable: TypeAlias = Annotated[pd.DataFrame, fits(ConformalScores)]

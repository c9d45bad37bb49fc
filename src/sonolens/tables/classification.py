"""The tables that say how well runs classify."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import ComparedAucs, Estimates, Table, fits

RULES_OR_NONE = (*vocabulary.OPERATING_RULES, "none")
"""A metric that needs no threshold has rule ``none``."""

UNBOUNDED = tuple(
    f"calibration_{part}{scaling}"
    for part in ("slope", "intercept")
    for scaling in ("", "_unscaled")
)
"""Metrics that are no share: all others lie between 0 and 1."""


class OperatingPoints(Table, unique=["run", "level", "rule"]):
    """The probability at and above which a run calls malignant, and where it was chosen.

    A threshold is infinite where nothing may be called malignant.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    rule: Series[str] = pa.Field(isin=vocabulary.OPERATING_RULES)
    chosen_on: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    threshold: Series[float] = pa.Field(ge=0)


class ClassificationMetrics(
    Estimates, unique=["run", "level", "partition", "stratum", "rule", "metric"]
):
    """How well a run classifies; `chance` is what calling at the same rate, blindly, would score.

    `n` is what the metric is a share of: malignant cases for sensitivity, benign ones for
    specificity, called ones for the predictive values, all for the rest. `stratum` is ``all`` or one
    value of one property, for example ``birads=4a``.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    stratum: Series[str]
    rule: Series[str] = pa.Field(isin=RULES_OR_NONE)
    metric: Series[str] = pa.Field(isin=vocabulary.METRICS)
    value: Series[float] = pa.Field(nullable=True)
    ci_low: Series[float] = pa.Field(nullable=True)
    ci_high: Series[float] = pa.Field(nullable=True)
    chance: Series[float] = pa.Field(nullable=True)
    n: Series[int] = pa.Field(ge=0)

    @pa.dataframe_check(error="shares lie between 0 and 1")
    def shares_are_shares(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """All values and limits but those of a calibration line lie between 0 and 1."""
        limits = table[["value", "ci_low", "ci_high", "chance"]]
        return table["metric"].isin(UNBOUNDED) | (
            limits.isna() | ((limits >= 0) & (limits <= 1))
        ).all(axis=1)


class CallCounts(Table, unique=["run", "level", "partition", "rule"]):
    """How many cases a threshold calls malignant and benign, rightly and wrongly: the 2 x 2 table.

    `threshold` is the frozen one of `OperatingPoints`. A partition without a case has zeros.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    rule: Series[str] = pa.Field(isin=vocabulary.OPERATING_RULES)
    threshold: Series[float] = pa.Field(ge=0)
    true_positive: Series[int] = pa.Field(ge=0)
    false_positive: Series[int] = pa.Field(ge=0)
    false_negative: Series[int] = pa.Field(ge=0)
    true_negative: Series[int] = pa.Field(ge=0)


class RocCurve(Table):
    """The corners of each run's ROC curve, from (0, 0) to (1, 1)."""

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    threshold: Series[float] = pa.Field(description="Infinite at the point that calls nothing.")
    false_positive_rate: Series[float] = pa.Field(ge=0, le=1)
    true_positive_rate: Series[float] = pa.Field(ge=0, le=1)


class CalibrationCurve(Estimates, unique=["run", "level", "partition", "scaling", "bin"]):
    """What was seen beside what was foretold: cases in bins of equal number, by probability.

    `scaling` tells whether the probabilities are those ``before`` or ``after`` temperature scaling.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    scaling: Series[str] = pa.Field(isin=["before", "after"])
    bin: Series[int] = pa.Field(ge=1)
    n: Series[int] = pa.Field(ge=1)
    mean_probability: Series[float] = pa.Field(ge=0, le=1)
    malignant_share: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float] = pa.Field(ge=0, le=1)
    ci_high: Series[float] = pa.Field(ge=0, le=1)


class ConfigurationMetrics(Table, unique=["configuration", "level", "rule", "metric"]):
    """How well a configuration does over its runs, on test cases.

    `mean` and `sd` are over runs, as the paper may have meant its plus-minus. `pooled` scores the test
    cases of all folds together, seed by seed, and averages over the seeds; its interval resamples
    patients and speaks of this study's patients, which the spread over runs does not.
    """

    configuration: Series[str]
    protocol: Series[str] = pa.Field(isin=vocabulary.PROTOCOLS)
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    rule: Series[str] = pa.Field(isin=RULES_OR_NONE)
    metric: Series[str] = pa.Field(isin=["auc", *vocabulary.CALL_METRICS, "brier"])
    runs: Series[int] = pa.Field(ge=1)
    mean: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    sd: Series[float] = pa.Field(ge=0, nullable=True, description="Empty for a single run.")
    pooled: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Cases pooled, over all folds.")
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the interval.")


class ConfigurationComparison(Table, unique=["first", "second", "level", "test"]):
    """Two configurations on the same test cases: the difference of their AUCs, first minus second.

    A case's probability is the mean over the seeds of each configuration. `p_adjusted` is Holm's over
    all pairs of one level and test.
    """

    first: Series[str]
    second: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    test: Series[str] = pa.Field(isin=["delong", "bootstrap"])
    first_auc: Series[float] = pa.Field(ge=0, le=1)
    second_auc: Series[float] = pa.Field(ge=0, le=1)
    difference: Series[float] = pa.Field(ge=-1, le=1)
    ci_low: Series[float] = pa.Field(ge=-1, le=1)
    ci_high: Series[float] = pa.Field(ge=-1, le=1)
    p_value: Series[float] = pa.Field(ge=0, le=1)
    p_adjusted: Series[float] = pa.Field(ge=0, le=1)
    n: Series[int] = pa.Field(ge=2)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the interval.")


class BiradsComparison(ComparedAucs, unique=["run", "level"]):
    """A run's AUC beside that of the BI-RADS category alone, on the test cases that have one: network minus category.

    Chance is 0.5 for either. Left out are cases without a category, and of category 6, whose truth was known.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    birads_auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    birads_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    birads_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n_left_out: Series[int] = pa.Field(ge=0)


class ProtocolOptimism(Table, unique=["run", "level", "source", "metric"]):
    """What a run's test score gains when the test scans themselves chose.

    `source` ``threshold``: one network, its threshold chosen on test instead of validation.
    ``epoch_and_threshold``: the paper's protocol against the rigorous one, from the same fit; only
    where the paper's protocol was run. The run is the rigorous one; the rule is ``closest_to_corner`` throughout.
    """

    run: Series[str]
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS)
    source: Series[str] = pa.Field(isin=["threshold", "epoch_and_threshold"])
    metric: Series[str] = pa.Field(isin=["auc", "accuracy", "sensitivity", "specificity"])
    rigorous: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    paper: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    optimism: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the interval.")


OperatingPointsTable: TypeAlias = Annotated[pd.DataFrame, fits(OperatingPoints)]
ClassificationMetricsTable: TypeAlias = Annotated[pd.DataFrame, fits(ClassificationMetrics)]
CallCountsTable: TypeAlias = Annotated[pd.DataFrame, fits(CallCounts)]
RocCurveTable: TypeAlias = Annotated[pd.DataFrame, fits(RocCurve)]
CalibrationCurveTable: TypeAlias = Annotated[pd.DataFrame, fits(CalibrationCurve)]
ConfigurationMetricsTable: TypeAlias = Annotated[pd.DataFrame, fits(ConfigurationMetrics)]
ConfigurationComparisonTable: TypeAlias = Annotated[pd.DataFrame, fits(ConfigurationComparison)]
BiradsComparisonTable: TypeAlias = Annotated[pd.DataFrame, fits(BiradsComparison)]
ProtocolOptimismTable: TypeAlias = Annotated[pd.DataFrame, fits(ProtocolOptimism)]

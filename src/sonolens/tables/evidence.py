"""The tables that say what a map's evidence is worth beyond its extremes."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, Means, OfMap, Table, fits


class MapLocalization(OfMap, unique=["method", "run", "scan_id", "score", "region", "evidence"]):
    """How the evidence of one map fits the regions of its scan.

    `value` is empty where a map has no such evidence or the scan lacks the region. `chance` is what cells
    ranked at random score, `ceiling` what the best map of these cells does, `mean_mask` what the mean mask of
    the run's training scans does; empty where they have no masks here.
    """

    score: Series[str] = pa.Field(isin=vocabulary.LOCALIZATION_SCORES)
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    evidence: Series[str] = pa.Field(isin=vocabulary.EVIDENCE)
    value: Series[float] = pa.Field(ge=0, nullable=True)
    chance: Series[float] = pa.Field(ge=0, nullable=True)
    ceiling: Series[float] = pa.Field(ge=0, nullable=True)
    mean_mask: Series[float] = pa.Field(ge=0, nullable=True)


class LocalizationScores(
    Means, unique=["method", "run", "score", "region", "evidence", "subset", "label"]
):
    """The means of `MapLocalization` per method and run, with intervals from resampled patients.

    Evidence ``called`` argues for what the scan is called. All scores are shares but ``distance_mm``,
    of which less is better. `beyond_mean_mask` is `mean - mean_mask` on the same maps, its interval from the
    same resamples: if it includes 0, the maps may know nothing but where masses usually lie.
    """

    method: Series[str]
    run: Series[str]
    score: Series[str] = pa.Field(isin=vocabulary.LOCALIZATION_SCORES)
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    evidence: Series[str] = pa.Field(isin=(*vocabulary.EVIDENCE, "called"))
    subset: Series[str] = pa.Field(isin=vocabulary.SUBSETS)
    label: Series[str] = pa.Field(isin=vocabulary.COUNTED_LABELS)
    mean: Series[float] = pa.Field(ge=0, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, nullable=True)
    chance: Series[float] = pa.Field(ge=0, nullable=True)
    ceiling: Series[float] = pa.Field(ge=0, nullable=True)
    mean_mask: Series[float] = pa.Field(ge=0, nullable=True)
    beyond_mean_mask: Series[float] = pa.Field(nullable=True)
    beyond_mean_mask_low: Series[float] = pa.Field(nullable=True)
    beyond_mean_mask_high: Series[float] = pa.Field(nullable=True)


class MapCompleteness(OfMap, unique=["method", "run", "scan_id"]):
    """Whether maps that share out a logit add up to it; empty where no such method was drawn."""

    logit: Series[float] = pa.Field(description="Of the scan.")
    baseline_logit: Series[float] = pa.Field(description="Of the even grey the map starts from.")
    gap: Series[float] = pa.Field(ge=0, description="Share of the difference of the two missed.")


class AbstentionCurve(Estimates, unique=["method", "run", "suspended_by", "coverage"]):
    """The error rate of the decisions that are kept when the others are suspended."""

    method: Series[str]
    run: Series[str]
    suspended_by: Series[str] = pa.Field(isin=vocabulary.ABSTENTION_STRATEGIES)
    coverage: Series[float] = pa.Field(gt=0, le=1, description="Share of the decisions kept.")
    risk: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float] = pa.Field(ge=0, le=1)
    ci_high: Series[float] = pa.Field(ge=0, le=1)
    n: Series[int] = pa.Field(gt=0, description="All decisions.")


class AbstentionScores(Estimates, unique=["method", "run", "measure", "suspended_by"]):
    """Suspending decisions by their map, beside suspending as many by certainty and at random.

    Measure ``risk`` is the error rate of the kept decisions at the map's `coverage`, ``aurc`` the mean
    risk over all coverages. `difference` is that of ``map`` minus this one's; empty for ``map``.
    """

    method: Series[str]
    run: Series[str]
    relevant: Series[str] = pa.Field(description="Regions that a map should point at.")
    measure: Series[str] = pa.Field(isin=["risk", "aurc"])
    suspended_by: Series[str] = pa.Field(isin=vocabulary.ABSTENTION_STRATEGIES)
    coverage: Series[float] = pa.Field(ge=0, le=1, description="Share of maps that point there.")
    value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    n: Series[int] = pa.Field(gt=0, description="All decisions.")
    n_kept: Series[int] = pa.Field(ge=0)


class AbstentionGain(Estimates, unique=["method", "run", "measure", "suspended"]):
    """Suspending decisions by probability and map, beside suspending as many by probability alone.

    `with_map` suspends first what is least certain once a map that points at a relevant region adds `map_worth` to its
    decision's certainty; both lie between 0 and 1, and the worth was learnt on the scans of `learnt_on`. `difference` is
    `with_map` minus `alone`, above 0 where the map helps; `p_adjusted` is Holm's over the rows of a method and run.
    """

    method: Series[str]
    run: Series[str]
    relevant: Series[str] = pa.Field(description="Regions that a map should point at.")
    measure: Series[str] = pa.Field(isin=["accuracy", "auc"])
    suspended: Series[float] = pa.Field(gt=0, lt=1, description="Share of the decisions.")
    learnt_on: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    n_learnt: Series[int] = pa.Field(ge=0)
    map_worth: Series[float] = pa.Field(ge=-1, le=1, description="0: nothing could be learnt.")
    with_map: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    alone: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(gt=0, description="All decisions.")


class MapAgreement(Table, unique=["first", "second", "run", "scan_id", "measure"]):
    """How alike the maps are that two methods draw of one scan.

    `first` stands before `second` in the order of the methods asked for. A value is empty where a map is
    constant, or a distance has no spacing.
    """

    first: Series[str]
    second: Series[str]
    run: Series[str]
    scan_id: Series[str]
    measure: Series[str] = pa.Field(isin=vocabulary.AGREEMENT_MEASURES)
    value: Series[float] = pa.Field(ge=-1, nullable=True)


class MethodAgreement(Means, unique=["first", "second", "run", "measure"]):
    """How alike the maps of two methods are, on average over the scans of a run.

    Pairs that are `same_by_construction` check the code; their agreement is no finding.
    """

    first: Series[str]
    second: Series[str]
    run: Series[str]
    measure: Series[str] = pa.Field(isin=vocabulary.AGREEMENT_MEASURES)
    mean: Series[float] = pa.Field(ge=-1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, nullable=True)
    same_by_construction: Series[bool]


class FaithfulnessCurve(Table, unique=["method", "run", "test", "order", "share"]):
    """The mean probability of what is called, as the scan is deleted or inserted cell by cell."""

    method: Series[str]
    run: Series[str]
    test: Series[str] = pa.Field(isin=vocabulary.FAITHFULNESS_TESTS)
    order: Series[str] = pa.Field(isin=["map", "random"])
    share: Series[float] = pa.Field(ge=0, le=1, description="Share of the scan changed.")
    mean: Series[float] = pa.Field(ge=0, le=1)
    n: Series[int] = pa.Field(gt=0)


class MapFaithfulness(OfMap, unique=["method", "run", "scan_id", "test"]):
    """The areas under a scan's insertion and deletion curves, beside those of a random order.

    A faithful map has a large area of insertion and a small one of deletion.
    """

    test: Series[str] = pa.Field(isin=vocabulary.FAITHFULNESS_TESTS)
    area: Series[float] = pa.Field(ge=0, le=1)
    chance: Series[float] = pa.Field(ge=0, le=1, description="Area of a random order.")
    fill: Series[str] = pa.Field(description="What a deleted cell shows.")


class FaithfulnessScores(Means, unique=["method", "run", "test", "fill"]):
    """What maps gain over a random order: above 0 they know what their network needs.

    `area` and `chance` are means; the interval is that of `gain`, the difference of both in the
    direction that is better.
    """

    method: Series[str]
    run: Series[str]
    test: Series[str] = pa.Field(isin=vocabulary.FAITHFULNESS_TESTS)
    fill: Series[str]
    area: Series[float] = pa.Field(ge=0, le=1)
    chance: Series[float] = pa.Field(ge=0, le=1)
    gain: Series[float] = pa.Field(ge=-1, le=1)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


class MapSanity(OfMap, unique=["method", "run", "scan_id", "depth", "measure"]):
    """How alike a map stays when the network's weights are drawn anew, from the output backwards."""

    depth: Series[int] = pa.Field(ge=0, description="Parts of the network drawn anew.")
    measure: Series[str] = pa.Field(isin=vocabulary.SIMILARITY_MEASURES)
    value: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


class SanityChecks(Means, unique=["method", "run", "depth", "measure"]):
    """The means of `MapSanity`. A map that stays as it was does not show what the network learned."""

    method: Series[str]
    run: Series[str]
    depth: Series[int] = pa.Field(ge=0, description="Parts of the network drawn anew.")
    measure: Series[str] = pa.Field(isin=vocabulary.SIMILARITY_MEASURES)
    mean: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


class MapRepeatability(Table, unique=["method", "first", "second", "scan_id", "measure"]):
    """How alike the maps are that two fits of one configuration draw of the same scan.

    `stranger` is the same of the first fit's map and the second fit's map of another patient's scan.
    """

    configuration: Series[str]
    method: Series[str]
    varied: Series[str] = pa.Field(isin=["seed", "fold"], description="In what the fits differ.")
    first: Series[str] = pa.Field(description="A run.")
    second: Series[str] = pa.Field(description="Another run.")
    scan_id: Series[str]
    patient_id: Series[str]
    measure: Series[str] = pa.Field(isin=vocabulary.SIMILARITY_MEASURES)
    value: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    stranger: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


class Repeatability(Means, unique=["configuration", "method", "varied", "measure"]):
    """The means of `MapRepeatability` over the pairs of a configuration's runs, and then over scans.

    The interval is that of `above_stranger`: maps that are no more alike on one scan than on strangers'
    scans do not show what is on the scan.
    """

    configuration: Series[str]
    method: Series[str]
    varied: Series[str] = pa.Field(isin=["seed", "fold"], description="In what the fits differ.")
    measure: Series[str] = pa.Field(isin=vocabulary.SIMILARITY_MEASURES)
    pairs: Series[int] = pa.Field(ge=1, description="Pairs of runs.")
    n: Series[int] = pa.Field(ge=0, description="Scans.")
    mean: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    stranger: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    above_stranger: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-2, le=2, nullable=True)


MapRepeatabilityTable: TypeAlias = Annotated[pd.DataFrame, fits(MapRepeatability)]
RepeatabilityTable: TypeAlias = Annotated[pd.DataFrame, fits(Repeatability)]
AbstentionCurveTable: TypeAlias = Annotated[pd.DataFrame, fits(AbstentionCurve)]
AbstentionGainTable: TypeAlias = Annotated[pd.DataFrame, fits(AbstentionGain)]
AbstentionScoresTable: TypeAlias = Annotated[pd.DataFrame, fits(AbstentionScores)]
LocalizationScoresTable: TypeAlias = Annotated[pd.DataFrame, fits(LocalizationScores)]
MapAgreementTable: TypeAlias = Annotated[pd.DataFrame, fits(MapAgreement)]
MethodAgreementTable: TypeAlias = Annotated[pd.DataFrame, fits(MethodAgreement)]
FaithfulnessCurveTable: TypeAlias = Annotated[pd.DataFrame, fits(FaithfulnessCurve)]
MapFaithfulnessTable: TypeAlias = Annotated[pd.DataFrame, fits(MapFaithfulness)]
FaithfulnessScoresTable: TypeAlias = Annotated[pd.DataFrame, fits(FaithfulnessScores)]
MapCompletenessTable: TypeAlias = Annotated[pd.DataFrame, fits(MapCompleteness)]
MapSanityTable: TypeAlias = Annotated[pd.DataFrame, fits(MapSanity)]
SanityChecksTable: TypeAlias = Annotated[pd.DataFrame, fits(SanityChecks)]

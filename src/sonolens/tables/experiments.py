"""The tables of the paper's open questions: method, resolution and network against each other, and AUC."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, Table, fits


class ConfigurationPointing(Table, unique=["configuration", "method", "region", "rule"]):
    """How often the maps of a method hit a region on the networks of a configuration.

    A scan counts once: its hit is the mean over the runs that judged it, whatever their call. A scan whose
    maps are all constant is counted in `n_silent`, one that lacks the region in `n_empty`. `above_chance` is
    `rate - chance`: cells of another size have another chance. A cell's size is the mean over the scans.
    """

    configuration: Series[str]
    network: Series[str]
    adaptation: Series[str]
    protocol: Series[str] = pa.Field(isin=vocabulary.PROTOCOLS)
    output_stride: Series[int] = pa.Field(gt=0)
    method: Series[str]
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=vocabulary.COMPARED_RULES)
    subset: Series[str] = pa.Field(isin=["all"], description="Correct and wrong calls.")
    runs: Series[int] = pa.Field(ge=1, description="Runs whose hits are averaged.")
    n: Series[int] = pa.Field(ge=0, description="Scans counted.")
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    above_chance: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    above_chance_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    above_chance_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str]
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")


class PointingComparison(Table, unique=["kind", "first", "second", "shared", "region", "rule"]):
    """Two methods of one configuration, or one method on two configurations, on the same scans.

    `difference` is `first_rate - second_rate`; `p_value` is of a difference as large when the two are
    exchanged patient by patient, `p_adjusted` Holm's over all rows of one kind and `shared`. Rows of methods
    that are `same_by_construction` check the code: they are no tests and have no `p_adjusted`.
    `above_chance_difference` is that of `rate - chance`.
    """

    kind: Series[str] = pa.Field(isin=vocabulary.COMPARISON_KINDS, description="What differs.")
    first: Series[str]
    second: Series[str]
    shared: Series[str] = pa.Field(description="The configuration of both methods, or the method.")
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=vocabulary.COMPARED_RULES)
    subset: Series[str] = pa.Field(isin=["all"], description="Correct and wrong calls.")
    n: Series[int] = pa.Field(ge=0, description="Scans that count on both sides.")
    first_rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    first_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    second_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    above_chance_difference: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    above_chance_low: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    above_chance_high: Series[float] = pa.Field(ge=-2, le=2, nullable=True)
    first_cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    first_cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    second_cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    second_cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    same_by_construction: Series[bool]
    n_silent: Series[int] = pa.Field(ge=0, description="Either side's maps are constant.")
    n_empty: Series[int] = pa.Field(ge=0)
    permutations: Series[int] = pa.Field(gt=0, description="Exchanges behind a p value, at most.")
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str]
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")


class PerformanceAndPointing(Table, unique=["run", "method", "region"]):
    """How well a run classifies its scans, and how often its maps point at their regions.

    Both count all scans of one partition, whatever their call; the rule is ``decision``. `rate` has the
    interval of the pointing game.
    """

    run: Series[str]
    configuration: Series[str]
    network: Series[str]
    adaptation: Series[str]
    protocol: Series[str] = pa.Field(isin=vocabulary.PROTOCOLS)
    labels: Series[str] = pa.Field(isin=vocabulary.LEARNT_LABELS, description="What was learnt.")
    output_stride: Series[int] = pa.Field(gt=0)
    seed: Series[int] = pa.Field(ge=0)
    fold: Series[int] = pa.Field(ge=0)
    method: Series[str]
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=["decision"])
    subset: Series[str] = pa.Field(isin=["all"])
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    auc_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    auc_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    auc_n: Series[int] = pa.Field(ge=0, description="Scans behind the AUC.")
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Scans behind the rate.")
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    rate_above_chance: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class PerformanceCorrelation(Estimates, unique=["protocol", "method", "region"]):
    """Whether runs that classify better point more often: Spearman's `rho` of AUC and `rate_above_chance`.

    Over the runs of one protocol that learnt the given labels and have both numbers. Empty below four runs, or
    where one of the numbers is the same in all. `p_adjusted` is Holm's over the regions of one method.
    """

    protocol: Series[str] = pa.Field(isin=vocabulary.PROTOCOLS)
    method: Series[str]
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=["decision"])
    subset: Series[str] = pa.Field(isin=["all"])
    n_runs: Series[int] = pa.Field(ge=0)
    n_configurations: Series[int] = pa.Field(ge=0)
    rho: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    permutations: Series[int] = pa.Field(gt=0, description="Exchanges behind a p value, at most.")


class AskedExperiments(Table, unique=["experiment", "place"]):
    """What experiments by name found in the same data root, a row per sentence; empty where none was run.

    Of each experiment the run counts that stands nearest to the one that tells of it: made from its results, else from its
    study; of equals the newest.
    """

    experiment: Series[str] = pa.Field(description="The pipeline.")
    title: Series[str]
    question: Series[str]
    place: Series[int] = pa.Field(ge=0, description="Of the sentence.")
    sentence: Series[str]
    run: Series[str] = pa.Field(description="The run that asked.")
    name: Series[str] = pa.Field(description="Its label, or its id.")
    made_from: Series[str] = pa.Field(isin=vocabulary.MADE_FROM)
    source: Series[str] = pa.Field(description="The newest run whose results it read.")
    page: Series[str] = pa.Field(description="Where its page lies, from the folder of a report.")


class GuidanceComparison(
    Estimates,
    unique=["guided", "unguided", "quantity", "test", "level", "method", "region", "rule"],
):
    """A guided configuration against that by labels alone: `difference` is `guided_value - unguided_value`.

    Quantities are those of `RunComparison`, and ``brier``: the mean squared error of a scan's probability, lower being
    better, whose chance is to tell of every scan the share of malignant ones. Both sides count on the same scans.
    `p_adjusted` is Holm's over all rows of one quantity and test.
    """

    guidance: Series[str] = pa.Field(isin=vocabulary.GUIDANCES)
    guided: Series[str]
    unguided: Series[str]
    quantity: Series[str] = pa.Field(isin=vocabulary.GUIDED_QUANTITIES)
    level: Series[str] = pa.Field(isin=vocabulary.LEVELS, nullable=True)
    method: Series[str] = pa.Field(nullable=True)
    region: Series[str] = pa.Field(nullable=True)
    rule: Series[str] = pa.Field(nullable=True, description="Rule of the game, or fill.")
    guided_n: Series[int] = pa.Field(ge=0, description="Scans or lesions counted.")
    guided_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    guided_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    guided_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    guided_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    unguided_n: Series[int] = pa.Field(ge=0)
    unguided_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    unguided_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    unguided_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    unguided_chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    test: Series[str] = pa.Field(isin=vocabulary.RUN_TESTS)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(ge=0, le=1, nullable=True)


ConfigurationPointingTable: TypeAlias = Annotated[pd.DataFrame, fits(ConfigurationPointing)]
PerformanceAndPointingTable: TypeAlias = Annotated[pd.DataFrame, fits(PerformanceAndPointing)]
PerformanceCorrelationTable: TypeAlias = Annotated[pd.DataFrame, fits(PerformanceCorrelation)]
AskedExperimentsTable: TypeAlias = Annotated[pd.DataFrame, fits(AskedExperiments)]
GuidanceComparisonTable: TypeAlias = Annotated[pd.DataFrame, fits(GuidanceComparison)]

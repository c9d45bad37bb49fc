"""The tables that say what decisions hang on, region by region."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import ComparedAucs, Estimates, Means, Table, fits


class CoalitionLogits(Table, unique=["run", "scan_id", "null", "fill", "shown"]):
    """The network's logit of a scan of which only some regions are shown, the others filled.

    `shown` and `players` join regions with ``+``; ``nothing`` shows none. `null` is ``none`` for the scan's own
    regions and the network as it was fitted.
    """

    run: Series[str]
    scan_id: Series[str]
    null: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_NULLS))
    fill: Series[str] = pa.Field(isin=vocabulary.FILLS)
    players: Series[str] = pa.Field(description="The regions that the scan has.")
    shown: Series[str] = pa.Field(description="Those of them that are seen.")
    logit: Series[float]
    draws: Series[int] = pa.Field(ge=1, description="Pictures whose logits were averaged.")


ROUNDING = 1e-6
"""Least share of all that is added up which is no rounding."""


def keep_first_null(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that are held against one null: of those that the table has, the first of `RELIANCE_NULLS`.

    Args:
        table: A `RelianceScores` or `RelianceAucs` table; where it knows no null but ``none``, all is kept.
    """
    order = [null for null in vocabulary.RELIANCE_NULLS if (table["null"] == null).any()]
    return table[table["null"] == order[0]] if order else table


class RegionReliance(Table, unique=["run", "scan_id", "null", "fill", "region"]):
    """What a decision hangs on, in logits: positive speaks for malignant.

    The `value`s of a scan add up to `logit` less `empty_logit`.
    """

    run: Series[str]
    scan_id: Series[str]
    null: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_NULLS))
    fill: Series[str] = pa.Field(isin=vocabulary.FILLS)
    region: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    value: Series[float] = pa.Field(description="Shapley value.")
    necessity: Series[float] = pa.Field(description="Lost when only this region is removed.")
    sufficiency: Series[float] = pa.Field(description="Gained when only this region is kept.")
    logit: Series[float] = pa.Field(description="Of the whole scan.")
    empty_logit: Series[float] = pa.Field(description="Of the fill alone.")

    @pa.dataframe_check(error="the values of a scan add up to its logit less that of the fill")
    def values_add_up(cls, table: pd.DataFrame) -> "pd.Series[bool]":  # noqa: N805
        """Nothing of a logit is lost or shared out twice."""
        games = [table[name] for name in ("run", "scan_id", "null", "fill")]
        shared_out = table["value"].groupby(games).transform("sum")
        size = table["value"].abs().groupby(games).transform("sum") + table["logit"].abs()
        gap = table["logit"] - table["empty_logit"] - shared_out
        return gap.abs() <= ROUNDING * (1 + size)


class RegionInteractions(Means, unique=["run", "fill", "first", "second", "label"]):
    """What two regions add to the logit together beyond what they add apart, on average over scans."""

    run: Series[str]
    fill: Series[str] = pa.Field(isin=vocabulary.FILLS)
    first: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    second: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    label: Series[str] = pa.Field(isin=vocabulary.COUNTED_LABELS)
    mean: Series[float] = pa.Field(nullable=True)
    ci_low: Series[float] = pa.Field(nullable=True)
    ci_high: Series[float] = pa.Field(nullable=True)


class RelianceScores(
    Estimates, unique=["run", "fill", "measure", "region", "subset", "label", "null"]
):
    """How far the decisions of a run hang on each region, beside a null that knows no mass.

    Measure ``hangs_most`` is the share of scans whose call hangs more on this region than on any other, ``share``
    the mean share of all reliance, ``sign_differs`` the share of scans in which fills do not agree on the
    direction. Fill ``all`` counts what every fill says; the rest is `n_undecided`. `placebo` is the same of the
    null; the p value is of the difference, scan by scan.
    """

    run: Series[str]
    fill: Series[str] = pa.Field(isin=("all", *vocabulary.FILLS))
    measure: Series[str] = pa.Field(isin=vocabulary.RELIANCE_MEASURES)
    region: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    subset: Series[str] = pa.Field(isin=vocabulary.SUBSETS)
    label: Series[str] = pa.Field(isin=vocabulary.COUNTED_LABELS)
    null: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_NULLS))
    n: Series[int] = pa.Field(ge=0, description="Scans that have the region.")
    n_undecided: Series[int] = pa.Field(ge=0, description="Of them, those on which fills differ.")
    value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n_placebo: Series[int] = pa.Field(ge=0, description="Scans that have a placebo as well.")
    placebo: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True, description="Over regions.")


class RelianceAucs(ComparedAucs, unique=["run", "fill", "view", "region", "null"]):
    """How well a network tells malignant from benign without a region, by it alone, and by its value.

    View ``whole`` is the whole scan, region ``all``. `difference` is this AUC less that of the whole scan, on the
    same scans; `above_placebo` this less the same of the null, where both are known.
    """

    run: Series[str]
    fill: Series[str] = pa.Field(isin=vocabulary.FILLS)
    view: Series[str] = pa.Field(isin=vocabulary.RELIANCE_VIEWS)
    region: Series[str] = pa.Field(isin=("all", *vocabulary.RELIANCE_REGIONS))
    null: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_NULLS))
    p_adjusted: Series[float] = pa.Field(
        gt=0, le=1, nullable=True, description="Of p_value, over the regions of a view."
    )
    n_placebo: Series[int] = pa.Field(ge=0)
    placebo: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    above_placebo: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    above_placebo_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    above_placebo_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


class RelianceVerdict(Estimates, unique=["run", "region"]):
    """Whether a network's decisions hang on a region, by its weakest yardstick over all fills."""

    run: Series[str]
    region: Series[str] = pa.Field(isin=vocabulary.RELIANCE_REGIONS)
    answer: Series[str] = pa.Field(isin=vocabulary.RELIANCE_ANSWERS)
    n: Series[int] = pa.Field(ge=0)
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="Of the whole scans.")
    auc_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    fills: Series[int] = pa.Field(ge=0)
    fills_above_placebo: Series[int] = pa.Field(
        ge=0, description="By which it carries more of the logit than its placebo, p adjusted."
    )
    fills_discriminating: Series[int] = pa.Field(
        ge=0, description="By which its value alone tells the labels apart."
    )


class ChosenRegions(ComparedAucs, unique=["run", "null", "among"]):
    """How well scans are read by what one region adds to the logit, the region chosen on validation scans.

    Among the values by fill `among`, or by all fills, `region` had the largest AUC on the validation scans; ``none``
    where they lack a class. `difference` is this AUC less `whole_auc`, that of the logit, on the same scans;
    `right` the share of right calls, each side at its own threshold from the validation scans. Rows of a null choose
    among its regions instead: what choosing alone brings.
    """

    run: Series[str]
    null: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_NULLS))
    among: Series[str] = pa.Field(isin=("all", *vocabulary.FILLS))
    candidates: Series[int] = pa.Field(ge=0, description="Values that were chosen among.")
    fill: Series[str] = pa.Field(isin=("none", *vocabulary.FILLS))
    region: Series[str] = pa.Field(isin=("none", *vocabulary.RELIANCE_REGIONS))
    n_validation: Series[int] = pa.Field(ge=0)
    validation_auc: Series[float] = pa.Field(
        ge=0, le=1, nullable=True, description="Of the chosen, where it was chosen: too good."
    )
    whole_auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(
        gt=0, le=1, nullable=True, description="Of p_value, over the choices of a run."
    )
    right: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    right_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    right_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    whole_right: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    right_difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    right_difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    right_difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)


CoalitionLogitsTable: TypeAlias = Annotated[pd.DataFrame, fits(CoalitionLogits)]
RegionRelianceTable: TypeAlias = Annotated[pd.DataFrame, fits(RegionReliance)]
RegionInteractionsTable: TypeAlias = Annotated[pd.DataFrame, fits(RegionInteractions)]
RelianceScoresTable: TypeAlias = Annotated[pd.DataFrame, fits(RelianceScores)]
RelianceAucsTable: TypeAlias = Annotated[pd.DataFrame, fits(RelianceAucs)]
RelianceVerdictTable: TypeAlias = Annotated[pd.DataFrame, fits(RelianceVerdict)]
ChosenRegionsTable: TypeAlias = Annotated[pd.DataFrame, fits(ChosenRegions)]

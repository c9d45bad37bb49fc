"""The tables of saliency maps: regions, extreme points and the pointing game."""

from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables import vocabulary
from sonolens.tables.contract import Estimates, OfMap, Table, fits


class RegionShares(OfMap, unique=["method", "run", "scan_id", "region"]):
    """How much of a scan, and of the cells a map can point at, lies in a region: the chance level.

    Region ``any`` is the union of the three. `cell_share` counts the cells within `tolerance_mm` of the
    region, `area_share` the region alone.
    """

    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    area_share: Series[float] = pa.Field(ge=0, le=1)
    cell_share: Series[float] = pa.Field(ge=0, le=1)
    cell_row_mm: Series[float] = pa.Field(gt=0, nullable=True)
    cell_col_mm: Series[float] = pa.Field(gt=0, nullable=True)
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A cell as near as this is inside.")


class ExtremePoints(OfMap):
    """Where a map is largest (`max`) and smallest (`min`).

    One row per map and extreme, or several that share one extreme when cells tie: their `share`
    sums to 1. A constant map has no extreme: its row has region ``none`` and no position.
    `row_share` and `col_share` are the same place as shares of the field of view, 0 at its top and
    left edge: what remains when a map is laid on a scan of another size.
    """

    extreme: Series[str] = pa.Field(isin=vocabulary.EXTREMES)
    value: Series[float]
    row_px: Series[float] = pa.Field(nullable=True)
    col_px: Series[float] = pa.Field(nullable=True)
    row_share: Series[float] = pa.Field(gt=0, lt=1, nullable=True)
    col_share: Series[float] = pa.Field(gt=0, lt=1, nullable=True)
    share: Series[float] = pa.Field(gt=0, le=1)
    region: Series[str] = pa.Field(isin=vocabulary.POINTED_REGIONS)
    distance_to_mass_mm: Series[float] = pa.Field(ge=0, nullable=True)
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")


class MeanMapExtremes(Table):
    """Where the mean map of a run's training scans is largest and smallest: the column `centre_prior`.

    Places are shares of the field of view, as in `ExtremePoints`; cells that tie share the extreme. A
    constant mean map has no rows.
    """

    method: Series[str]
    run: Series[str]
    extreme: Series[str] = pa.Field(isin=vocabulary.EXTREMES)
    row_share: Series[float] = pa.Field(gt=0, lt=1)
    col_share: Series[float] = pa.Field(gt=0, lt=1)
    share: Series[float] = pa.Field(gt=0, le=1)
    n_maps: Series[int] = pa.Field(gt=0, description="Maps averaged.")


class HitRates(Table):
    """What a table says of hits in a region and of what baselines would score.

    `n` counts the maps that can hit or miss; constant maps (`n_silent`) and scans that lack the region
    (`n_empty`) are counted apart. `chance` is what blind points score on the same scans, `centre_prior`
    what the mean training map scores there: it knows where the network's evidence tends to lie, not where
    masses do.
    """

    method: Series[str]
    run: Series[str]
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    rule: Series[str] = pa.Field(isin=vocabulary.POINTING_RULES)
    subset: Series[str] = pa.Field(isin=vocabulary.SUBSETS)
    label: Series[str] = pa.Field(isin=vocabulary.COUNTED_LABELS)
    n: Series[int] = pa.Field(ge=0)
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    enrichment: Series[float] = pa.Field(ge=0, nullable=True)
    centre_prior: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n_silent: Series[int] = pa.Field(ge=0)
    n_empty: Series[int] = pa.Field(ge=0)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")
    ring: Series[str] = pa.Field(description="How the peritumoral ring was measured.")
    tolerance_mm: Series[float] = pa.Field(ge=0, description="A point as near as this is inside.")


class PointingGame(HitRates, unique=["method", "run", "region", "rule", "subset", "label"]):
    """How often the extremes of a map lie in a region, beside what know-nothings would score.

    `location_prior` is what the one fixed place, for rule ``either`` the two, that hit most of the run's
    training scans hit on the same scans; `beyond_location_prior` is `rate - location_prior`, its interval
    paired. Both are empty where no training scan's regions are known. `p_value` is of as many hits or more
    when the maps are exchanged between the scans; `p_adjusted` is
    Holm's over the regions and labels of one method, run, rule and subset.
    """

    location_prior: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    location_prior_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    location_prior_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    beyond_location_prior: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    beyond_location_prior_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    beyond_location_prior_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_low: Series[float] = pa.Field(ge=0, le=1, nullable=True, description="Of p, by its draws.")
    p_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    permutations: Series[int] = pa.Field(ge=0, description="Exchanges behind a p value.")


class AnnotationHits(Table, unique=["method", "run"]):
    """In how many of the scans that the paper counts an extreme of the map lies on what is no tissue.

    Counted are correct calls of both labels whose map has an extreme, by the rule ``either``; `chance` is what
    blind points would hit. A scan without annotations counts, and cannot be hit. The table is empty where
    annotations were not looked for.
    """

    method: Series[str]
    run: Series[str]
    n: Series[int] = pa.Field(ge=0)
    n_annotated: Series[int] = pa.Field(ge=0, description="Of these with any annotation.")
    hits: Series[float] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    chance: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the interval.")


class RingSweep(HitRates, unique=["method", "run", "ring", "region", "rule", "subset", "label"]):
    """How often the extremes of a map lie in a region, for every width of the peritumoral ring.

    Numbers are those of a `PointingGame` table made with that ring; p values are left to it. A width
    stands in `ring_outer_mm`, or in `ring_outer_radii` where the ring is measured in radii of the mass;
    the other is empty. Where below excludes the ring, a wider ring may leave below no pixel: `n_empty`
    grows then. Without a sweep the table is empty.
    """

    ring_outer_mm: Series[float] = pa.Field(gt=0, nullable=True)
    ring_outer_radii: Series[float] = pa.Field(gt=0, nullable=True)
    rule: Series[str] = pa.Field(isin=vocabulary.COMPARED_RULES)
    subset: Series[str] = pa.Field(isin=["correct", "all"])


class Verdict(Table, unique=["method", "run", "question"]):
    """What every yardstick says of the maps of one method and run; `verdict` is the weakest of its answers.

    ``above_chance``, ``discriminates``: `value` with its interval lies above `against`, chance or 0.5.
    ``above_location``: `value` is what maps hit beyond fixed places, `against` 0, in the `region` and by the `rule`
    where it lies highest, its interval widened for the number of regions and rules. ``own_scan``: `p_value`,
    adjusted, lies below `against`, in the `region` where it is smallest. ``off_annotations``: the interval of the hits
    on annotations, `value`, lies below `against`, what blind points hit there, or below a tenth. A map that knows
    nothing of the network (`baseline`) is a yardstick itself and no answer.
    """

    method: Series[str]
    run: Series[str]
    baseline: Series[bool]
    question: Series[str] = pa.Field(isin=vocabulary.QUESTIONS)
    region: Series[str] = pa.Field(nullable=True, description="Where extremes are asked for.")
    rule: Series[str] = pa.Field(isin=vocabulary.POINTING_RULES, nullable=True)
    answer: Series[str] = pa.Field(isin=vocabulary.ANSWERS)
    value: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    against: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    n: Series[int] = pa.Field(ge=0, description="Scans that are asked.")
    verdict: Series[str] = pa.Field(isin=vocabulary.ANSWERS)
    partition: Series[str] = pa.Field(isin=vocabulary.PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class CalledExtremes(Table):
    """Where the extreme lies that argues for the call, of rightly called scans; several rows where cells tie."""

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]
    patient_id: Series[str]
    row_share: Series[float] = pa.Field(gt=0, lt=1)
    col_share: Series[float] = pa.Field(gt=0, lt=1)
    share: Series[float] = pa.Field(gt=0, le=1)
    map_rows: Series[int] = pa.Field(gt=0)
    map_cols: Series[int] = pa.Field(gt=0)


class MaskUncertainty(Estimates, unique=["method", "run", "region"]):
    """How far the hit rate of the extreme for the call hangs on the annotations; of rightly called scans.

    `rate` is that of the study as annotated, `ci_low` and `ci_high` its limits over resampled patients. `moved_rate` is
    the mean over `draws` of contours, spacing and places in a cell, `moved_low` and `moved_high` what these alone
    leave open; ``both`` resamples patients and annotations together. `near_hits` is the share of hits, `near_misses`
    that of misses, that another place in the same cell would turn.
    """

    method: Series[str]
    run: Series[str]
    region: Series[str] = pa.Field(isin=list(vocabulary.PLAYED_REGIONS))
    n: Series[int] = pa.Field(gt=0, description="Rightly called scans whose map has an extreme.")
    rate: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float] = pa.Field(ge=0, le=1)
    ci_high: Series[float] = pa.Field(ge=0, le=1)
    chance: Series[float] = pa.Field(ge=0, le=1, description="Of blind points, as annotated.")
    moved_rate: Series[float] = pa.Field(ge=0, le=1)
    moved_low: Series[float] = pa.Field(ge=0, le=1)
    moved_high: Series[float] = pa.Field(ge=0, le=1)
    both_low: Series[float] = pa.Field(ge=0, le=1)
    both_high: Series[float] = pa.Field(ge=0, le=1)
    near_hits: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    near_misses: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    draws: Series[int] = pa.Field(gt=0)


CalledExtremesTable: TypeAlias = Annotated[pd.DataFrame, fits(CalledExtremes)]
MaskUncertaintyTable: TypeAlias = Annotated[pd.DataFrame, fits(MaskUncertainty)]
RegionSharesTable: TypeAlias = Annotated[pd.DataFrame, fits(RegionShares)]
ExtremePointsTable: TypeAlias = Annotated[pd.DataFrame, fits(ExtremePoints)]
MeanMapExtremesTable: TypeAlias = Annotated[pd.DataFrame, fits(MeanMapExtremes)]
PointingGameTable: TypeAlias = Annotated[pd.DataFrame, fits(PointingGame)]
AnnotationHitsTable: TypeAlias = Annotated[pd.DataFrame, fits(AnnotationHits)]
RingSweepTable: TypeAlias = Annotated[pd.DataFrame, fits(RingSweep)]
VerdictTable: TypeAlias = Annotated[pd.DataFrame, fits(Verdict)]

"""Where methods point on the networks of a configuration, every scan once, seeds and folds averaged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.arrays import Labels
from sonolens.evaluation.classification.operating_points import protocols_of
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.pointing.rules import RuleValues, apply_rules
from sonolens.evaluation.pointing.scored_maps import (
    ScoredMaps,
    explained_decisions,
    gather_scored_maps,
)
from sonolens.evaluation.statistics.intervals import (
    UNMOVED,
    Bootstrap,
    limits_of,
    ratio,
    resampled_sums,
)
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import COMPARED_RULES, PLAYED_REGIONS

LIMITS = ("ci_low", "ci_high", "above_chance_low", "above_chance_high")
UNIT = ["configuration", "method"]
ABOUT = ["configuration", "network", "adaptation", "protocol", "output_stride"]


@dataclass(frozen=True)
class Pointing:
    """The maps of one method on the runs of one configuration; a row per scan that any run judged.

    Attributes:
        configuration: Whose networks.
        method: Name of the explainer.
        protocol: Who chose the networks' epochs and thresholds.
        runs: How many runs were explained.
        scan_ids: Names of the scans, in alphabetical order.
        patient_ids: The patient of every scan.
        judged: Whether any of the runs explained the scan.
        maps: How many of its maps are not constant.
        hits: Their hits, added up; shares where extremes tie.
        chance: What blind points would hit, added up.
        drawn: Whether the scan has any pixel of each region.
        cell_mm: Mean height and width of a map's cells; NaN without spacing.
    """

    configuration: str
    method: str
    protocol: str
    runs: int
    scan_ids: np.ndarray
    patient_ids: np.ndarray
    judged: Labels
    maps: Int[np.ndarray, " scans"]
    hits: RuleValues
    chance: RuleValues
    drawn: Bool[np.ndarray, "scans regions"]
    cell_mm: tuple[float, float]

    @property
    def hit_share(self) -> RuleValues:
        """The share of a scan's maps that hit; NaN where none points anywhere."""
        return self._per_map(self.hits)

    @property
    def chance_share(self) -> RuleValues:
        """The share of them that would hit blindly."""
        return self._per_map(self.chance)

    def _per_map(self, sums: RuleValues) -> RuleValues:
        maps = np.broadcast_to(self.maps[:, None, None].astype(float), sums.shape)
        shares: RuleValues = ratio(sums, maps)
        return shares


def gather_pointing(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    *,
    training_runs: TrainingRunsTable,
    lookup: RegionLookup,
    partition: str,
    methods: Sequence[str],
) -> list[Pointing]:
    """Gather where every method points on every configuration, in the order of runs and methods.

    Args:
        region_shares: A `RegionShares` table of the same maps.
        lookup: The regions at every place that a map of the partition points at.
        partition: Whose scans count.
        methods: The methods in the order asked for; others are left out.

    Raises:
        ValueError: If the tables do not fit together; see `explained_decisions`, `gather_scored_maps`, `protocols_of`.
    """
    decided = explained_decisions(extreme_points, decisions, partition=partition)
    protocols_of(decided, training_runs)
    about = training_runs.set_index("run")
    everyone = decided.drop_duplicates("scan_id").sort_values("scan_id", ignore_index=True)
    explained = extreme_points.groupby(["method", "run"])["scan_id"]
    cell_mm = _mean_cells(region_shares, decided, training_runs)
    units: dict[tuple[str, str], Pointing] = {}
    for maps in gather_scored_maps(
        extreme_points, MeanMapExtremes.empty(), region_shares, decided, lookup
    ):
        scan_ids = set(explained.get_group((maps.method, maps.run)))
        played = decided.loc[decided["run"] == maps.run, "scan_id"]
        key = (str(about.at[maps.run, "configuration"]), maps.method)
        before = units.get(key) or _nothing(
            key,
            str(about.at[maps.run, "protocol"]),
            everyone,
            cell_mm=cell_mm.get(key, (np.nan,) * 2),
        )
        rows = pd.Index(everyone["scan_id"]).get_indexer(sorted(scan_ids.intersection(played)))
        units[key] = _add(before, maps, rows)
    order = [(str(name), method) for name in about["configuration"].unique() for method in methods]
    return [units[key] for key in order if key in units]


def score_pointing(pointings: Sequence[Pointing], *, bootstrap: Bootstrap) -> pd.DataFrame:
    """Average the hits of every method and configuration over its scans.

    Intervals of `rate` are as in `bootstrap_rates`; those of `above_chance` resample hits and chance
    together, and follow the rate's where resampling moves nothing. The columns are those of a
    `ConfigurationPointing` table that `pointings` can tell.
    """
    return pd.concat([_score(pointing, bootstrap) for pointing in pointings], ignore_index=True)


def describe_configurations(training_runs: TrainingRunsTable) -> pd.DataFrame:
    """Say what every configuration is: its network, adaptation, protocol and output stride."""
    return training_runs[ABOUT].drop_duplicates("configuration")


def name_rates() -> pd.DataFrame:
    """Name the region and rule of every rate, in the order of `Pointing.hits`."""
    axes = [list(PLAYED_REGIONS), COMPARED_RULES]
    return pd.MultiIndex.from_product(axes, names=["region", "rule"]).to_frame(index=False)


def per_rule(of_regions: Int[np.ndarray, " regions"]) -> Int[np.ndarray, " rates"]:
    """Repeat what a region has for every rule, in the order of `name_rates`."""
    return np.repeat(of_regions, len(COMPARED_RULES))


def _nothing(
    key: tuple[str, str], protocol: str, everyone: pd.DataFrame, *, cell_mm: tuple[float, float]
) -> Pointing:
    """A unit that no run has added to yet."""
    scans, regions, rules = len(everyone), len(PLAYED_REGIONS), len(COMPARED_RULES)
    return Pointing(
        configuration=key[0],
        method=key[1],
        protocol=protocol,
        runs=0,
        scan_ids=everyone["scan_id"].to_numpy(dtype=object),
        patient_ids=everyone["patient_id"].to_numpy(),
        judged=np.zeros(scans, dtype=bool),
        maps=np.zeros(scans, dtype=np.int64),
        hits=np.zeros((scans, regions, rules)),
        chance=np.zeros((scans, regions, rules)),
        drawn=np.zeros((scans, regions), dtype=bool),
        cell_mm=cell_mm,
    )


def _add(before: Pointing, maps: ScoredMaps, rows: Int[np.ndarray, " played"]) -> Pointing:
    """Add the maps of one run, which lie on the scans of `rows`."""
    if not np.array_equal(before.patient_ids[rows], maps.patient_ids):
        raise ValueError(
            f"the maps of method {maps.method!r}, run {maps.run!r} are not those of the scans judged; "
            "give every map one row per extreme point and scan"
        )
    has_extreme = ~maps.constant
    hits = apply_rules(maps, *maps.hit_regions(), rules=COMPARED_RULES)
    chance = apply_rules(maps, maps.cell_share, maps.cell_share, rules=COMPARED_RULES)
    after = replace(
        before,
        runs=before.runs + 1,
        **{
            name: getattr(before, name).copy()
            for name in ("judged", "maps", "hits", "chance", "drawn")
        },
    )
    after.judged[rows] = True
    after.maps[rows] += has_extreme
    after.hits[rows] += hits * has_extreme[:, None, None]
    after.chance[rows] += chance * has_extreme[:, None, None]
    after.drawn[rows] |= maps.drawn
    return after


def _mean_cells(
    region_shares: RegionSharesTable, judged: pd.DataFrame, training_runs: TrainingRunsTable
) -> dict[tuple[str, str], tuple[float, float]]:
    """Average the cells of every configuration and method over its judged scans with spacing."""
    cells = region_shares[region_shares["region"] == "any"].merge(judged[["run", "scan_id"]])
    cells = cells.merge(training_runs[["run", "configuration"]])
    means = cells.groupby(UNIT)[["cell_row_mm", "cell_col_mm"]].mean()
    return {
        (str(configuration), str(method)): (float(row_mm), float(col_mm))
        for (configuration, method), row_mm, col_mm in means.itertuples()
    }


def _score(pointing: Pointing, bootstrap: Bootstrap) -> pd.DataFrame:
    """Average over the scans of one unit; one row per region and rule."""
    has_extreme = pointing.maps > 0
    counted = np.repeat(has_extreme[:, None] & pointing.drawn, len(COMPARED_RULES), axis=1)
    hits, chance = (
        np.where(counted, share.reshape(counted.shape), 0.0)
        for share in (pointing.hit_share, pointing.chance_share)
    )
    n = counted.sum(axis=0, dtype=float)
    rate, blind = (ratio(values.sum(axis=0), n) for values in (hits, chance))
    limits = _resample(pointing, counted, hits, chance, bootstrap=bootstrap)
    return name_rates().assign(
        configuration=pointing.configuration,
        method=pointing.method,
        runs=pointing.runs,
        n=n.astype(int),
        rate=rate,
        chance=blind,
        above_chance=rate - blind,
        **dict(zip(LIMITS, limits.T, strict=True)),
        cell_row_mm=pointing.cell_mm[0],
        cell_col_mm=pointing.cell_mm[1],
        n_silent=int((pointing.judged & ~has_extreme).sum()),
        n_empty=per_rule((has_extreme[:, None] & ~pointing.drawn).sum(axis=0)),
    )


def _resample(
    pointing: Pointing,
    counted: Bool[np.ndarray, "scans rates"],
    hits: Float[np.ndarray, "scans rates"],
    chance: Float[np.ndarray, "scans rates"],
    *,
    bootstrap: Bootstrap,
) -> Float[np.ndarray, "rates limits"]:
    """Return the four `LIMITS` of every rate."""
    sums = resampled_sums(
        np.column_stack([hits, hits - chance, counted]), pointing.patient_ids, bootstrap=bootstrap
    )
    rates, above, counts = np.split(sums, 3, axis=1)
    n = counted.sum(axis=0, dtype=float)
    limits = [
        _limits(
            float(ratio(hits.sum(axis=0), n)[column]),
            float(ratio(chance.sum(axis=0), n)[column]),
            ratio(rates[:, column], counts[:, column]),
            ratio(above[:, column], counts[:, column]),
            patients=len(set(pointing.patient_ids[counted[:, column]])),
            confidence=bootstrap.confidence,
        )
        for column in range(len(n))
    ]
    return np.array(limits)


def _limits(
    rate: float,
    chance: float,
    rates: Float[np.ndarray, " resamples"],
    above: Float[np.ndarray, " resamples"],
    *,
    patients: int,
    confidence: float,
) -> tuple[float, float, float, float]:
    """Return the limits of a rate, and of how far it lies above chance."""
    low, high = limits_of(rate, rates, patients=patients, confidence=confidence)
    known = rates[~np.isnan(rates)]
    if known.size == 0 or np.ptp(known) < UNMOVED:
        return low, high, low - chance, high - chance
    return low, high, *resampled_interval(above, patients=patients, confidence=confidence)

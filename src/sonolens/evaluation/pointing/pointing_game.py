"""The pointing game: how often the extremes of a map lie in a region, beside what chance scores."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.evaluation.pointing.location_prior import LocationPrior, choose_places
from sonolens.evaluation.pointing.map_permutation import (
    Exchanged,
    permutation_p_values,
)
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.pointing.rules import RuleValues, apply_rules
from sonolens.evaluation.pointing.scored_maps import (
    ScoredMaps,
    explained_decisions,
    gather_scored_maps,
    read_ring,
)
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    Rates,
    bootstrap_differences,
    bootstrap_rates,
    ratio,
)
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.sequential_draws import decision_levels
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremesTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import COUNTED_LABELS, POINTING_RULES, SUBSETS, Unions

Counts = Float[np.ndarray, "scans regions rules subsets labels"]
RateGrid = Float[np.ndarray, "regions rules subsets labels"]


def score_pointing_game(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    *,
    mean_extremes: MeanMapExtremesTable,
    lookup: RegionLookup,
    partition: str,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Play the pointing game for every method, run, region, rule, subset and label.

    A scan scores, per rule and region: under ``max`` or ``min`` the share of the tied maxima or
    minima inside, under ``decision`` the one that argues for the call (maximum when called
    malignant, else minimum), and under ``either``, the paper's rule, `1 - (1 - max) (1 - min)`.
    Points thrown at the map's cells blindly score the region's cell share `a`, and
    `1 - (1 - a)^2` under ``either``; `chance` is the mean over the scans counted. Region ``any``
    is at least one of the three. With a tolerance regions overlap, in hits and in chance alike.

    `location_prior` is what fixed places score on the same scans: per region the one, under ``either`` the
    two that hit most of the run's training scans (`choose_places`). `beyond_location_prior` is how much
    more the maps hit, its interval from the same resamples. Both are empty where no training scan's
    regions were read. `centre_prior` is what the mean map of the run's training scans scores: the place to
    which the network's evidence tends, wherever masses lie; empty where it is constant or was not
    drawn. `p_value` asks whether the map of a scan hits more often
    there than on other scans (`permutation_p_values`): a method may lie far above chance, because masses
    lie where it always points, and yet see nothing of the scan. Holm's `p_adjusted` covers the
    regions and labels of one method, run, rule and subset, which are read side by side; who picks the best
    of several methods, runs or rules chooses once more.

    Maps that are constant have no extreme: they leave `n` and are counted in `n_silent`. Of the other
    maps, those whose scan has no pixel of the region leave `n` too and are counted in `n_empty`; so
    `n`, `n_silent` and `n_empty` add up to all maps. A row that counts nothing stays, without a rate. A
    region between all cell centres has chance 0 and no enrichment. Subsets ``correct`` and
    ``wrong`` follow the run's frozen scan-level operating point. Intervals: `bootstrap_rates`.

    Args:
        extreme_points: An `ExtremePoints` table whose ring was measured in one way.
        region_shares: A `RegionShares` table of the same maps.
        lookup: The regions at every place that a map points at, from `look_up_regions`.
        partition: Whose scans are scored.
        permutations: How often the maps are exchanged between scans before the first look; more often where a
            p value is near a level of decision.
        bootstrap: How patients are resampled; its seed draws the exchanges too, the same for all methods
            and runs.

    Returns:
        A `PointingGame` table.

    Raises:
        ValueError: If rings of several kinds are mixed, or the tables do not fit together.

    References:
        Zhang et al. (2018), Int J Comput Vis 126:1084; rule ``either`` of Byra et al. (2022). Both
        score one point where several tie, and neither reports chance or any other null.
    """
    ring = read_ring(extreme_points)
    decided = explained_decisions(extreme_points, decisions, partition=partition)
    priors = _choose_by_run(decisions, lookup)
    scored = [
        _score_game(maps, permutations=permutations, bootstrap=bootstrap).assign(
            **_score_location(maps, lookup, priors.get(maps.run), bootstrap=bootstrap)
        )
        for maps in gather_scored_maps(
            extreme_points, mean_extremes, region_shares, decided, lookup
        )
    ]
    return pd.concat(scored, ignore_index=True).assign(
        partition=partition,
        confidence=bootstrap.confidence,
        ring=ring,
        tolerance_mm=lookup.tolerance_mm,
    )


def _score_game(maps: ScoredMaps, *, permutations: int, bootstrap: Bootstrap) -> pd.DataFrame:
    """Score one method and run; axes are scan, region, rule, subset, label."""
    groups = maps.groups.reshape(-1, len(SUBSETS), len(COUNTED_LABELS))
    pointing = ~maps.constant
    counts = _spread(maps.drawn & pointing[:, None], groups)
    ruled = partial(apply_rules, maps, rules=POINTING_RULES)
    hits = ruled(*maps.hit_regions())
    hits = hits[..., None, None] * counts
    rates = bootstrap_rates(
        hits.reshape(len(pointing), -1),
        counts.reshape(len(pointing), -1),
        maps.patient_ids,
        bootstrap=bootstrap,
    )
    n = counts.sum(axis=0)
    chance = _mean_counted(ruled(maps.cell_share, maps.cell_share), counts)
    prior = _mean_counted(ruled(maps.mean_max_inside, maps.mean_min_inside), counts)
    exchanged = _exchange(maps, counts, permutations=permutations, bootstrap=bootstrap)
    return _name_rates(maps.regions).assign(
        method=maps.method,
        run=maps.run,
        n=n.ravel().astype(int),
        hits=hits.sum(axis=0).ravel(),
        rate=rates.value,
        ci_low=rates.ci_low,
        ci_high=rates.ci_high,
        chance=chance.ravel(),
        enrichment=ratio(rates.value, chance.ravel()),
        centre_prior=prior.ravel(),
        **{name: values.ravel() for name, values in asdict(exchanged).items()},
        p_adjusted=_adjust(exchanged.p_value.reshape(n.shape)).ravel(),
        n_silent=_count(np.broadcast_to(maps.constant[:, None], maps.drawn.shape), groups),
        n_empty=_count(~maps.drawn & pointing[:, None], groups),
    )


def _exchange(
    maps: ScoredMaps, counts: Counts, *, permutations: int, bootstrap: Bootstrap
) -> Exchanged:
    """Exchange the maps among the scans that each rate counts; no rule changes which these are."""
    counted = counts[:, :, 0].reshape(len(counts), len(maps.regions), -1) > 0
    family = len(maps.regions) * len(COUNTED_LABELS)
    return permutation_p_values(
        maps,
        counted,
        permutations=permutations,
        levels=decision_levels(confidence=bootstrap.confidence, family=family),
        seed=bootstrap.seed,
    )


def _choose_by_run(decisions: DecisionsTable, lookup: RegionLookup) -> Mapping[str, LocationPrior]:
    """Choose the fixed places of every run on its training scans; a run of which none was read has none."""
    learned = decisions[
        (decisions["partition"] == "train") & decisions["scan_id"].isin(lookup.scan_ids)
    ]
    return {
        str(run): choose_places(
            lookup.fixed_bits[lookup.find_scans(scan_ids)], regions=lookup.regions
        )
        for run, scan_ids in learned.groupby("run")["scan_id"]
    }


def _score_location(
    maps: ScoredMaps, lookup: RegionLookup, prior: LocationPrior | None, *, bootstrap: Bootstrap
) -> dict[str, Float[np.ndarray, " rates"]]:
    """Score fixed places on the scans that each rate counts, and what the maps hit beyond them."""
    groups = maps.groups.reshape(-1, len(SUBSETS), len(COUNTED_LABELS))
    counts = _spread(maps.drawn & ~maps.constant[:, None], groups)
    if prior is None:
        unknown = Rates(*np.full((3, counts[0].size), np.nan))
        return _name_location(unknown, unknown)
    fixed_bits = lookup.fixed_bits[lookup.find_scans(maps.scan_ids)]
    fixed, seen, counted = (
        np.reshape(values, (len(fixed_bits), -1))
        for values in (
            prior.play(fixed_bits, rules=POINTING_RULES)[..., None, None] * counts,
            apply_rules(maps, *maps.hit_regions(), rules=POINTING_RULES)[..., None, None] * counts,
            counts,
        )
    )
    rates = bootstrap_rates(fixed, counted, maps.patient_ids, bootstrap=bootstrap)
    beyond = bootstrap_differences(seen, fixed, counted, maps.patient_ids, bootstrap=bootstrap)
    return _name_location(rates, beyond)


def _name_location(rates: Rates, beyond: Rates) -> dict[str, Float[np.ndarray, " rates"]]:
    names = {"location_prior": rates, "beyond_location_prior": beyond}
    return {
        f"{name}{limit}": values
        for name, found in names.items()
        for limit, values in zip(
            ("", "_low", "_high"), (found.value, found.ci_low, found.ci_high), strict=True
        )
    }


def _name_rates(regions: Unions) -> pd.DataFrame:
    """Name every rate, in the order of the axes."""
    axes = {
        "region": regions,
        "rule": POINTING_RULES,
        "subset": SUBSETS,
        "label": COUNTED_LABELS,
    }
    return pd.MultiIndex.from_product(list(axes.values()), names=list(axes)).to_frame(index=False)


def _mean_counted(values: RuleValues, counts: Counts) -> RateGrid:
    """Average over the scans that each rate counts."""
    total: RateGrid = np.einsum("srk,srkgl->rkgl", values, counts)
    return ratio(total, counts.sum(axis=0))


def _adjust(p_values: RateGrid) -> RateGrid:
    """Adjust over the regions and labels of every rule and subset."""
    adjusted = np.empty_like(p_values)
    for rule, subset in np.ndindex(p_values.shape[1:3]):
        family = p_values[:, rule, subset]
        adjusted[:, rule, subset] = holm_adjust(family.ravel()).reshape(family.shape)
    return adjusted


def _spread(
    marked: Bool[np.ndarray, "scans regions"], groups: Bool[np.ndarray, "scans subsets labels"]
) -> Counts:
    """Write 1 where a marked scan belongs to a group, for every rule."""
    in_group = marked[:, :, None, None, None] & groups[:, None, None, :, :]
    return np.repeat(in_group.astype(float), len(POINTING_RULES), axis=2)


def _count(
    marked: Bool[np.ndarray, "scans regions"], groups: Bool[np.ndarray, "scans subsets labels"]
) -> Int[np.ndarray, " rates"]:
    return _spread(marked, groups).sum(axis=0).ravel().astype(int)

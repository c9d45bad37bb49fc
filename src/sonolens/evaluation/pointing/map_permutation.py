"""Maps exchanged between scans: would the same points hit as often on someone else's scan?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import ArrayLike

from sonolens.arrays import Labels
from sonolens.evaluation.pointing.region_lookup import BIT_PATTERNS, regions_of_bits
from sonolens.evaluation.pointing.scored_maps import ExtremePlaces, ScoredMaps
from sonolens.evaluation.statistics.sequential_draws import (
    MOST_LOOKS,
    holds_a_level,
    limit_p_values,
)
from sonolens.tables.vocabulary import EXTREMES, POINTING_RULES, Unions

MOST_TIED = 8
"""Points that stand for a tie of more when maps are exchanged; a plain map's extremes rarely tie."""

LOOKED_UP_AT_ONCE = 2_000_000
"""Bounds the memory: so many points of exchanged maps take about 100 MB."""

ROUNDING = 1e-9  # hits are sums of shares


@dataclass(frozen=True)
class Exchanged:
    """P values of exchanged maps, each with its own interval; all arrays have the same axes.

    Attributes:
        p_value: ``(1 + as many hits or more) / (1 + permutations)``; NaN where nothing counts.
        p_low: Lower limit of the share of exchanges that hit as often.
        p_high: Its upper limit.
        permutations: How many exchanges were drawn; 0 where nothing counts.
    """

    p_value: Float[np.ndarray, "regions rules groups"]
    p_low: Float[np.ndarray, "regions rules groups"]
    p_high: Float[np.ndarray, "regions rules groups"]
    permutations: Int[np.ndarray, "regions rules groups"]


@dataclass(frozen=True)
class PointPairs:
    """Every map as pairs of a maximum and a minimum; a map without ties is one pair.

    Attributes:
        owner: Which map.
        max_place: Where the maximum lies, as a place of the lookup.
        min_place: Where the minimum lies.
        decision_place: Which of the two argues for the call of the map's own scan.
        weight: Share of the map; those of a map add up to 1.
    """

    owner: Int[np.ndarray, " pairs"]
    max_place: Int[np.ndarray, " pairs"]
    min_place: Int[np.ndarray, " pairs"]
    decision_place: Int[np.ndarray, " pairs"]
    weight: Float[np.ndarray, " pairs"]


def pair_points(maxima: ExtremePlaces, minima: ExtremePlaces, called: Labels) -> PointPairs:
    """Pair every maximum of a map with every minimum of it.

    Args:
        maxima: Where maps are largest; of a tie of more than `MOST_TIED`, as many spread evenly.
        minima: Where maps are smallest, likewise.
        called: Whether each map's scan is called malignant.
    """
    pairs = _thinned(maxima).merge(_thinned(minima), on="owner", suffixes=("_max", "_min"))
    owner = pairs["owner"].to_numpy(dtype=np.int64)
    max_place, min_place = (pairs[f"place_{extreme}"].to_numpy() for extreme in EXTREMES)
    return PointPairs(
        owner=owner,
        max_place=max_place,
        min_place=min_place,
        decision_place=np.where(called[owner], max_place, min_place),
        weight=(pairs["share_max"] * pairs["share_min"]).to_numpy(dtype=float),
    )


def assign_scans(
    patient_ids: ArrayLike, *, permutations: int, seed: int | Sequence[int], at_once: int
) -> Iterator[Int[np.ndarray, "block maps"]]:
    """Draw the scan that each map is laid on.

    Scans of one patient look alike, so their maps move together: to another patient with equally many
    scans, in the order given. A patient whose number of scans nobody shares keeps its maps, which makes
    a p value larger, never smaller.

    Args:
        patient_ids: The patient of every scan.
        permutations: How often the maps are exchanged.
        seed: Seed of the draws.
        at_once: How many exchanges a block holds.

    Yields:
        Blocks of exchanges: the scan on which each map lies.
    """
    codes = pd.factorize(np.asarray(patient_ids))[0]
    rows_of = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    sizes = np.array([len(rows) for rows in rows_of])
    blocks = [
        np.stack([rows_of[patient] for patient in np.flatnonzero(sizes == size)])
        for size in np.unique(sizes)
    ]
    rng = np.random.default_rng(seed)
    for start in range(0, permutations, at_once):
        assigned_scan = np.tile(np.arange(len(codes)), (min(at_once, permutations - start), 1))
        for rows in blocks:
            order = rng.permuted(np.tile(np.arange(len(rows)), (len(assigned_scan), 1)), axis=1)
            assigned_scan[:, rows] = rows[order]
        yield assigned_scan


def count_permuted_hits(
    region_bits: UInt8[np.ndarray, "scans places"],
    pairs: PointPairs,
    assigned_scan: Int[np.ndarray, "block maps"],
    *,
    regions: Unions,
) -> Float[np.ndarray, "block regions rules"]:
    """Count the hits of all maps when each lies on its assigned scan.

    Args:
        region_bits: The regions under every place of every scan.
        pairs: Where the maps point.
        assigned_scan: The scan on which each map lies, once per exchange; each its own gives what was seen.
        regions: The regions that play.
    """
    looked_up = region_bits.ravel()
    corner = assigned_scan[:, pairs.owner] * region_bits.shape[1]
    at_max, at_min, at_decision = (
        looked_up[corner + place]
        for place in (pairs.max_place, pairs.min_place, pairs.decision_place)
    )
    found = {"either": at_max | at_min, "max": at_max, "min": at_min, "decision": at_decision}
    bins = BIT_PATTERNS * np.arange(len(assigned_scan))[:, None]
    weights = np.tile(pairs.weight, len(assigned_scan))
    counts = [
        np.bincount(
            (found[rule] + bins).ravel(), weights, minlength=BIT_PATTERNS * len(assigned_scan)
        )
        for rule in POINTING_RULES
    ]
    per_pattern = np.stack(counts, axis=-1).reshape(
        len(assigned_scan), BIT_PATTERNS, len(POINTING_RULES)
    )
    hits: Float[np.ndarray, "block regions rules"] = np.einsum(
        "bpk,pr->brk", per_pattern, regions_of_bits(regions).astype(float)
    )
    return hits


def permutation_p_values(
    maps: ScoredMaps,
    counted: Bool[np.ndarray, "scans regions groups"],
    *,
    permutations: int,
    levels: Sequence[float],
    seed: int,
) -> Exchanged:
    """Ask how often exchanged maps hit at least as often as they do on their own scans.

    Maps are exchanged among the scans that a rate counts, and carry their points with them, the one
    that argues for their own call too. `p = (1 + as many hits or more) / (1 + permutations)`. A map
    that always points at the same place gives 1, however often it hits: all it knows is where sonographers
    place a mass. Where the interval of a p value holds a level of decision, as many exchanges are drawn again,
    up to `MOST_LOOKS` times, so that what is decided does not hang on the draw.

    Args:
        maps: The maps of one method and run.
        counted: Which scans count, per region and group.
        permutations: How often the maps are exchanged before the first look, and between looks.
        levels: P values at which a decision turns, from `decision_levels`; none draws `permutations`.
        seed: Seed of the exchanges.

    Returns:
        One p value per rate.

    References:
        Phipson and Smyth (2010), Stat Appl Genet Mol Biol 9:39, for the 1 that is added. Gandy (2009), J Am
        Stat Assoc 104:1504, for drawing until a decision is safe.
    """
    pairs = pair_points(maps.maxima, maps.minima, maps.called)
    shape = counted.shape[1], len(POINTING_RULES), counted.shape[2]
    reached, drawn = np.zeros(shape), np.zeros(shape, dtype=int)
    for group in range(counted.shape[2]):
        for mask in np.unique(counted[:, :, group], axis=1).T:
            same = (counted[:, :, group] == mask[:, None]).all(axis=0)
            if not mask.any():
                continue
            undecided = np.broadcast_to(same[:, None], shape[:2])
            for found in _count_reached(maps, pairs, mask, permutations=permutations, seed=seed):
                reached[:, :, group] += np.where(undecided, found, 0)
                drawn[:, :, group] += np.where(undecided, permutations, 0)
                undecided = undecided & holds_a_level(
                    reached[:, :, group], drawn[:, :, group], levels=levels
                )
                if not undecided.any():
                    break
    low, high = limit_p_values(reached, drawn)
    p_value = np.where(drawn > 0, (1 + reached) / (1 + drawn), np.nan)
    return Exchanged(p_value=p_value, p_low=low, p_high=high, permutations=drawn)


def _count_reached(
    maps: ScoredMaps, pairs: PointPairs, counted: Labels, *, permutations: int, seed: int
) -> Iterator[Float[np.ndarray, "regions rules"]]:
    """Count, in each of `MOST_LOOKS` looks, in how many of `permutations` exchanges the maps hit as often as seen."""
    scans = np.flatnonzero(counted)
    chosen = counted[pairs.owner]
    playing = PointPairs(
        owner=np.searchsorted(scans, pairs.owner[chosen]),
        max_place=pairs.max_place[chosen],
        min_place=pairs.min_place[chosen],
        decision_place=pairs.decision_place[chosen],
        weight=pairs.weight[chosen],
    )
    region_bits = maps.region_bits[scans]
    seen = count_permuted_hits(
        region_bits, playing, np.arange(len(scans))[None], regions=maps.regions
    )[0]
    at_once = max(1, LOOKED_UP_AT_ONCE // len(playing.owner))
    for look in range(MOST_LOOKS):
        reached = np.zeros(seen.shape)
        for assigned_scan in assign_scans(
            maps.patient_ids[scans],
            permutations=permutations,
            seed=[seed, look] if look else seed,
            at_once=at_once,
        ):
            reached += (
                count_permuted_hits(region_bits, playing, assigned_scan, regions=maps.regions)
                >= seen - ROUNDING
            ).sum(axis=0)
        yield reached


def _thinned(extremes: ExtremePlaces) -> pd.DataFrame:
    """Keep at most `MOST_TIED` points of a map, spread evenly over its tie."""
    points = pd.DataFrame({"owner": extremes.owner, "place": extremes.place})
    points = points.sort_values(["owner", "place"], ignore_index=True)
    by_map = points.groupby("owner")["place"]
    rank, ties = by_map.cumcount(), by_map.transform("size")
    # Of n points the one after each of k equal steps is kept.
    step = rank * MOST_TIED // ties
    first = step != ((rank - 1) * MOST_TIED // ties)
    kept = points[first | (ties <= MOST_TIED)]
    return kept.assign(share=1 / kept.groupby("owner")["place"].transform("size"))

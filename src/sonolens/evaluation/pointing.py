"""The pointing game: how often the extremes of a map lie in a region, beside what chance scores."""

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from sonolens.arrays import Points, RegionMap
from sonolens.evaluation.games import PLAYED_REGIONS, Game, RegionValues, gather_games
from sonolens.evaluation.intervals import bootstrap_rates
from sonolens.regions import REGIONS, pixels_at, read_distances_at
from sonolens.tables import LABELS, POINTING_RULES, REGION_NAMES, SUBSETS

COUNTED_LABELS = (*LABELS, "both")

RuleValues = Float[np.ndarray, "scans regions rules"]


def read_regions_at(region_map: RegionMap, points: Points) -> list[str]:
    """Name the region under every point.

    Args:
        region_map: Region codes on the native grid.
        points: (row, column) positions; each reads the pixel whose square holds it.

    Returns:
        ``mass``, ``peritumoral``, ``below`` or ``other`` per point.
    """
    name_of = {code: name for name, code in REGIONS.items()}
    rows, cols = pixels_at(points, rows=region_map.shape[0], cols=region_map.shape[1]).T
    return [name_of[int(code)] for code in region_map[rows, cols]]


def measure_region_shares(
    region_map: RegionMap, cell_centres: Points
) -> list[dict[str, str | float]]:
    """Measure each region's share of the scan and of the cells a map can point at.

    Args:
        region_map: Region codes on the native grid.
        cell_centres: Native (row, column) of the centre of every cell of the map.

    Returns:
        `region`, `area_share` and `cell_share` for mass, peritumoral and below.
    """
    area = np.bincount(region_map.ravel(), minlength=len(REGIONS)) / region_map.size
    cells = pd.Series(read_regions_at(region_map, cell_centres)).value_counts(normalize=True)
    return [
        {
            "region": name,
            "area_share": float(area[REGIONS[name]]),
            "cell_share": float(cells.get(name, 0.0)),
        }
        for name in REGION_NAMES
    ]


def describe_points(
    points: Points, region_map: RegionMap, *, spacing_row_mm: float, spacing_col_mm: float
) -> list[dict[str, str | float]]:
    """Say where the points of one extreme lie.

    Args:
        points: Native (row, column) of the extreme; several when cells tie, none for a constant map.
        region_map: Region codes on the native grid.
        spacing_row_mm: Pixel height, NaN when unknown.
        spacing_col_mm: Pixel width, NaN when unknown.

    Returns:
        `row_px`, `col_px`, `share`, `region` and `distance_to_mass_mm` per point; points that tie
        share the extreme equally. Without points one row with region ``none`` and no position.
    """
    if len(points) == 0:
        unknown = dict.fromkeys(("row_px", "col_px", "distance_to_mass_mm"), np.nan)
        return [{"share": 1.0, "region": "none", **unknown}]
    distances = read_distances_at(
        region_map == REGIONS["mass"],
        points,
        spacing_row_mm=spacing_row_mm,
        spacing_col_mm=spacing_col_mm,
    )
    names = read_regions_at(region_map, points)
    return [
        {
            "row_px": float(row),
            "col_px": float(col),
            "share": 1 / len(points),
            "region": name,
            "distance_to_mass_mm": float(distance),
        }
        for (row, col), name, distance in zip(points, names, distances, strict=True)
    ]


def score_pointing_game(
    extreme_points: pd.DataFrame,
    region_shares: pd.DataFrame,
    predictions: pd.DataFrame,
    scans: pd.DataFrame,
    operating_points: pd.DataFrame,
    *,
    partition: str,
    resamples: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Play the pointing game for every method, run, region, rule, subset and label.

    A scan scores, per rule and region: under ``max`` or ``min`` the share of the tied maxima or
    minima inside, under ``decision`` the one that argues for the call (maximum when called
    malignant, else minimum), and under ``either``, the paper's rule, `1 - (1 - max) (1 - min)`.
    Points thrown at the map's cells blindly score the region's cell share `a`, and
    `1 - (1 - a)^2` under ``either``; `chance` is the mean over the scans counted. Region ``any``
    is at least one of the three disjoint regions.

    Maps that are constant have no extreme: they leave `n` and are counted in `n_silent`. Of the other
    maps, those whose scan has no pixel of the region leave `n` too and are counted in `n_empty`; so
    `n`, `n_silent` and `n_empty` add up to all maps. A row that counts nothing stays, without a rate. A
    region between all cell centres has chance 0 and no enrichment. Subsets ``correct`` and
    ``wrong`` follow the run's frozen scan-level operating point. Intervals: `bootstrap_rates`.

    Args:
        extreme_points: An `ExtremePoints` table whose ring was measured in one way.
        region_shares: A `RegionShares` table of the same maps.
        predictions: A `Predictions` table.
        scans: The `Scans` table that names the patients.
        operating_points: An `OperatingPoints` table with scan-level thresholds.
        partition: Whose scans are scored.
        resamples: How many times patients are resampled.
        confidence: Coverage of the intervals.
        seed: Seed of the resamples, the same for all methods and runs.

    Returns:
        A `PointingGame` table.

    Raises:
        ValueError: If rings of several kinds are mixed, or the tables do not fit together.

    References:
        Zhang et al. (2018), Int J Comput Vis 126:1084; rule ``either`` of Byra et al. (2022). Both
        score one point where several tie, and neither reports chance.
    """
    rings = extreme_points["ring"].unique()
    if len(rings) != 1:
        raise ValueError(
            f"the extreme points name {len(rings)} kinds of ring ({', '.join(map(repr, rings))}), "
            "which cannot share a table; locate them again with one ring"
        )
    games = gather_games(
        extreme_points, region_shares, predictions, scans, operating_points, partition=partition
    )
    scored = [
        _score_game(game, resamples=resamples, confidence=confidence, seed=seed) for game in games
    ]
    return pd.concat(scored, ignore_index=True).assign(
        partition=partition, confidence=confidence, ring=rings[0]
    )


def _score_game(game: Game, *, resamples: int, confidence: float, seed: int) -> pd.DataFrame:
    """Score one method and run; axes are scan, region, rule, subset, label."""
    groups = _groups(game)
    loud = ~game.silent
    counts = _spread(game.drawn & loud[:, None], groups)
    hits = _hits(game)[:, :, :, None, None] * counts
    chance = _chance(game)[:, :, :, None, None] * counts
    rates = bootstrap_rates(
        hits.reshape(len(loud), -1),
        counts.reshape(len(loud), -1),
        game.patient_ids,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )
    n = counts.sum(axis=0).ravel()
    expected = np.divide(chance.sum(axis=0).ravel(), n, out=np.full(n.shape, np.nan), where=n > 0)
    rows = pd.MultiIndex.from_product(
        [PLAYED_REGIONS, POINTING_RULES, SUBSETS, COUNTED_LABELS],
        names=["region", "rule", "subset", "label"],
    ).to_frame(index=False)
    return rows.assign(
        method=game.method,
        run=game.run,
        n=n.astype(int),
        hits=hits.sum(axis=0).ravel(),
        rate=rates.value,
        ci_low=rates.ci_low,
        ci_high=rates.ci_high,
        chance=expected,
        enrichment=np.divide(
            rates.value, expected, out=np.full(n.shape, np.nan), where=expected > 0
        ),
        n_silent=_spread(np.broadcast_to(game.silent[:, None], game.drawn.shape), groups)
        .sum(axis=0)
        .ravel()
        .astype(int),
        n_empty=_spread(~game.drawn & loud[:, None], groups).sum(axis=0).ravel().astype(int),
    )


def _groups(game: Game) -> Bool[np.ndarray, "scans subsets labels"]:
    """Mark which scans belong to each subset and label, in the order of their names."""
    correct = game.called == game.malignant
    always = np.ones_like(correct)
    subsets = {"correct": correct, "wrong": ~correct, "all": always}
    labels = {"benign": ~game.malignant, "malignant": game.malignant, "both": always}
    in_subset = np.column_stack([subsets[name] for name in SUBSETS])
    of_label = np.column_stack([labels[name] for name in COUNTED_LABELS])
    groups: Bool[np.ndarray, "scans subsets labels"] = in_subset[:, :, None] & of_label[:, None, :]
    return groups


def _spread(
    marked: Bool[np.ndarray, "scans regions"], groups: Bool[np.ndarray, "scans subsets labels"]
) -> Float[np.ndarray, "scans regions rules subsets labels"]:
    """Write 1 where a marked scan belongs to a group, for every rule."""
    in_group = marked[:, :, None, None, None] & groups[:, None, None, :, :]
    return np.repeat(in_group.astype(float), len(POINTING_RULES), axis=2)


def _hits(game: Game) -> RuleValues:
    decision = np.where(game.called[:, None], game.max_inside, game.min_inside)
    rules = {
        "either": 1 - (1 - game.max_inside) * (1 - game.min_inside),
        "max": game.max_inside,
        "min": game.min_inside,
        "decision": decision,
    }
    return _in_order(rules)


def _chance(game: Game) -> RuleValues:
    once = game.cell_share
    rules = {"either": 1 - (1 - once) ** 2, "max": once, "min": once, "decision": once}
    return _in_order(rules)


def _in_order(rules: dict[str, RegionValues]) -> RuleValues:
    values: RuleValues = np.stack([rules[name] for name in POINTING_RULES], axis=2)
    return values

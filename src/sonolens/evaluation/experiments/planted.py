"""Planted evidence: the pointing game where it is known which region holds the evidence."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.classification.case_scores import score_ranking
from sonolens.evaluation.classification.cases import as_arrays, form_cases, group_cases
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.reliance import (
    Measurement,
    compare_with_placebo,
    decided_scans,
    measure_reliance,
)
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.planted import PlantedEvidence
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_NULLS, RELIANCE_REGIONS, Unions

FOUND = "rule == 'max' and subset == 'correct' and label == 'malignant'"
"""The rows of the game that can be right: what argues for malignancy, where it was seen."""


def score_planted_evidence(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    runs: pd.DataFrame,
    *,
    region_reliance: RegionRelianceTable,
    lookups: Mapping[str, RegionLookup],
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every method on every network and planted cue by `score_pointing_game`, and region reliance beside.

    Where no malignant test scan was called so, `n` is 0 and there is no rate; the regions stay in the
    table.

    Args:
        extreme_points: The `ExtremePoints` of the maps of test scans.
        region_shares: A `PlantedShares` table of the same maps.
        decisions: The `Decisions` of the same networks.
        runs: A `PlantedRuns` table.
        region_reliance: The `RegionReliance` of the same scans.
        lookups: By cue, the regions at every place that a map of its scans points at; among those that
            play, ``planted`` is the union of the parts that hold the evidence.
        permutations: How often the maps are exchanged between scans.
        bootstrap: How patients are resampled.

    Returns:
        A `PlantedEvidence` table, runs in the order of `runs`.

    Raises:
        ValueError: If the tables do not fit together; see `score_pointing_game`.
    """
    games = _play_games(
        extreme_points,
        region_shares,
        decisions,
        runs,
        lookups=lookups,
        permutations=permutations,
        bootstrap=bootstrap,
    )
    relied = score_planted_reliance(
        region_reliance,
        decisions,
        {str(run): lookups[cue].regions for run, cue in runs.set_index("run")["cue"].items()},
        permutations=permutations,
        bootstrap=bootstrap,
    )
    cells = region_shares.groupby(["method", "run"])[["cell_row_mm", "cell_col_mm"]].mean()
    scored = (
        _score_networks(runs, decisions, bootstrap=bootstrap)
        .merge(pd.concat([games, relied]), on="run")
        .merge(cells, on=["method", "run"], how="left")
    )
    return scored[list(PlantedEvidence.to_schema().columns)]


def name_strides(planted_evidence: pd.DataFrame) -> pd.DataFrame:
    """Let networks that were fitted at several strides bear these in their names, so that each is one network of its own.

    Examples:
        >>> fits = pd.DataFrame(
        ...     {"network": ["resnet18", "resnet18", "local"], "output_stride": [32, 16, 8]}
        ... )
        >>> name_strides(fits)["network"].tolist()
        ['resnet18 at stride 32', 'resnet18 at stride 16', 'local']
    """
    several = planted_evidence.groupby("network")["output_stride"].transform("nunique") > 1
    named = (
        planted_evidence["network"] + " at stride " + planted_evidence["output_stride"].astype(str)
    )
    return planted_evidence.assign(network=planted_evidence["network"].where(~several, named))


def score_planted_reliance(
    region_reliance: RegionRelianceTable,
    decisions: DecisionsTable,
    played: Mapping[str, Unions],
    *,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score how often calls hang most on each region, and on what holds the evidence, as if that were pointing.

    Args:
        region_reliance: The `RegionReliance` of malignant test scans.
        decisions: The `Decisions` of the same networks.
        played: By run, the regions that play; ``planted`` is the union of those that hold the evidence.
        permutations: Exchanges of own regions and placebo, at most.
        bootstrap: How patients are resampled.

    Returns:
        Rows like those of the game. Method ``reliance_`` and a fill's name counts by this fill, ``reliance`` what all
        fills say; scans on which they differ are no hit, and counted in `n_silent`. `chance` is the share of scans
        that hang most on the region's placebo, of the first null that was asked for; `p_value` is of the difference.
    """
    tables = [pd.DataFrame({"run": [], "method": []})]
    for run, reliance in region_reliance.groupby("run", sort=False):
        decided = decided_scans(reliance, decisions, partition="test")
        about = decided[decided["called"]]
        tables += [
            _score_hanging(
                found,
                placebo,
                about["patient_id"].to_numpy(),
                regions=played[str(run)],
                permutations=permutations,
                bootstrap=bootstrap,
            ).assign(run=run)
            for found, placebo in _pair_with_placebo(
                reliance, about, stays="annotation" in played[str(run)]["planted"]
            )
        ]
    names = {"value": "rate", "placebo": "chance"}
    return pd.concat(tables, ignore_index=True).rename(columns=names)


def _play_games(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    runs: pd.DataFrame,
    *,
    lookups: Mapping[str, RegionLookup],
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Play the pointing game of every cue, and mark the regions that hold nothing but evidence."""
    games = []
    for cue, lookup in lookups.items():
        of_cue = runs.loc[runs["cue"] == cue, "run"]
        game = score_pointing_game(
            extreme_points[extreme_points["run"].isin(of_cue)],
            region_shares,
            decisions,
            mean_extremes=MeanMapExtremes.empty(),
            lookup=lookup,
            partition="test",
            permutations=permutations,
            bootstrap=bootstrap,
        )
        planted = dict(zip(lookup.regions, _mark_planted(lookup.regions), strict=True))
        games.append(game.query(FOUND).assign(planted=game["region"].map(planted)))
    return pd.concat(games)


def _pair_with_placebo(
    reliance: pd.DataFrame, about: pd.DataFrame, *, stays: bool
) -> Iterator[tuple[Measurement, Measurement]]:
    """What calls hang most on, by each fill and by all, beside the same of one null."""
    of_null = {
        str(null): [each for each in measure_reliance(rows, about) if each.measure == "hangs_most"]
        for null, rows in reliance.groupby("null", sort=False)
    }
    own = of_null["none"]
    nulls = [null for null in RELIANCE_NULLS if not (stays and null == "moved")]
    held = [of_null[null] for null in nulls if null in of_null]
    return zip(own, held[0] if held else [each.unknown() for each in own], strict=True)


def _score_hanging(
    found: Measurement,
    placebo: Measurement,
    patient_ids: np.ndarray,
    *,
    regions: Unions,
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Count the scans that hang most on each region, by one fill or by all."""
    compared = compare_with_placebo(
        _unite(found.shares, regions),
        _unite(placebo.shares, regions),
        patient_ids,
        permutations=permutations,
        bootstrap=bootstrap,
    )
    return compared.assign(
        method="reliance" if found.fill == "all" else f"reliance_{found.fill}",
        region=list(regions),
        planted=_mark_planted(regions),
        n_silent=int(found.undecided.sum()),
        hits=compared["value"].fillna(0) * compared["n"],
        enrichment=compared["value"] / compared["placebo"].where(compared["placebo"] > 0),
        confidence=bootstrap.confidence,
    )


def _mark_planted(regions: Unions) -> list[bool]:
    """Mark the regions that hold nothing but evidence."""
    return [set(union) <= set(regions["planted"]) for union in regions.values()]


def _unite(
    shares: Float[np.ndarray, "scans regions"], regions: Unions
) -> Float[np.ndarray, "scans unions"]:
    """Add up the hits of regions that play together; NaN where the scan has none of them."""
    places = [[RELIANCE_REGIONS.index(name) for name in union] for union in regions.values()]
    return np.column_stack(
        [
            np.where(
                np.isnan(shares[:, own]).all(axis=1), np.nan, np.nansum(shares[:, own], axis=1)
            )
            for own in places
        ]
    )


def _score_networks(
    runs: pd.DataFrame, decisions: DecisionsTable, *, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Say how well every network tells the test scans apart."""
    # Only scans are read, so it does not matter how lesions are formed.
    cases = group_cases(form_cases(decisions, lesion_probability="mean"))
    areas = [
        score_ranking(as_arrays(cases[run, "scan", "test"]), bootstrap=bootstrap)
        for run in runs["run"]
    ]
    return runs[["run", "cue", "network", "output_stride", "seed", "receptive_field_px"]].assign(
        auc=[area.value for area in areas],
        auc_ci_low=[area.ci_low for area in areas],
        auc_ci_high=[area.ci_high for area in areas],
    )

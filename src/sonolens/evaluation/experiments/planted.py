"""Planted evidence: the pointing game where it is known which region holds the evidence."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.classification.case_scores import score_ranking
from sonolens.evaluation.classification.cases import as_arrays, form_cases, group_cases
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.reliance import compare_with_placebo, measure_reliance
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.planted import PlantedEvidence
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import RELIANCE_REGIONS, Unions

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
        evidence = set(lookup.regions["planted"])
        planted = {name: set(union) <= evidence for name, union in lookup.regions.items()}
        games.append(game.query(FOUND).assign(planted=game["region"].map(planted)))
    cells = region_shares.groupby(["method", "run"])[["cell_row_mm", "cell_col_mm"]].mean()
    relied = score_planted_reliance(
        region_reliance,
        decisions,
        {
            run: lookups[cue].regions
            for run, cue in zip(runs["run"], runs["cue"], strict=True)
            if cue in lookups
        },
        permutations=permutations,
        bootstrap=bootstrap,
    )
    scored = (
        _score_networks(runs, decisions, bootstrap=bootstrap)
        .merge(pd.concat([*games, relied]), on="run")
        .merge(cells, on=["method", "run"], how="left")
    )
    return scored[list(PlantedEvidence.to_schema().columns)]


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
        fills say; scans on which they differ are no hit, and counted in `n_silent`. `chance` is the share of placebos
        on which the scan would hang most, `p_value` is of the difference.
    """
    tables = []
    for run, reliance in region_reliance.groupby("run", sort=False):
        decided = decisions[decisions["run"] == run].set_index("scan_id")
        about = decided.loc[reliance["scan_id"].unique()]
        about = about[about["called"]]
        regions = played[str(run)]
        of_null = {
            str(null): [
                each for each in measure_reliance(rows, about) if each.measure == "hangs_most"
            ]
            for null, rows in reliance.groupby("null", sort=False)
        }
        own = of_null.pop("none")
        placebo = next(iter(of_null.values()), [each.unknown() for each in own])
        for found, beside in zip(own, placebo, strict=True):
            compared = compare_with_placebo(
                _unite(found.shares, regions),
                _unite(beside.shares, regions),
                about["patient_id"].to_numpy(),
                permutations=permutations,
                bootstrap=bootstrap,
            )
            evidence = set(regions["planted"])
            tables.append(
                compared.assign(
                    run=run,
                    method="reliance" if found.fill == "all" else f"reliance_{found.fill}",
                    region=list(regions),
                    planted=[set(union) <= evidence for union in regions.values()],
                    n_silent=int(found.undecided.sum()),
                    hits=compared["value"].fillna(0) * compared["n"],
                    enrichment=compared["value"]
                    / compared["placebo"].where(compared["placebo"] > 0),
                    confidence=bootstrap.confidence,
                )
            )
    if not tables:
        return pd.DataFrame({"run": [], "method": []})
    names = {"value": "rate", "placebo": "chance"}
    return pd.concat(tables, ignore_index=True).rename(columns=names)


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
    return runs[["run", "cue", "network", "seed", "receptive_field_px"]].assign(
        auc=[area.value for area in areas],
        auc_ci_low=[area.ci_low for area in areas],
        auc_ci_high=[area.ci_high for area in areas],
    )

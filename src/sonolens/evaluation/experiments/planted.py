"""Planted evidence: the pointing game where it is known which region holds the evidence."""

from collections.abc import Mapping

import pandas as pd

from sonolens.evaluation.classification.case_scores import score_ranking
from sonolens.evaluation.classification.cases import as_arrays, form_cases, group_cases
from sonolens.evaluation.pointing.pointing_game import score_pointing_game
from sonolens.evaluation.pointing.region_lookup import RegionLookup
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.planted import PlantedEvidence
from sonolens.tables.pointing import ExtremePointsTable, MeanMapExtremes, RegionSharesTable
from sonolens.tables.training import DecisionsTable

FOUND = "rule == 'max' and subset == 'correct' and label == 'malignant'"
"""The rows of the game that can be right: what argues for malignancy, where it was seen."""


def score_planted_evidence(
    extreme_points: ExtremePointsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
    runs: pd.DataFrame,
    *,
    lookups: Mapping[str, RegionLookup],
    permutations: int,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every method on every network and planted cue by `score_pointing_game`.

    Where no malignant test scan was called so, `n` is 0 and there is no rate; the regions stay in the
    table.

    Args:
        extreme_points: The `ExtremePoints` of the maps of test scans.
        region_shares: A `PlantedShares` table of the same maps.
        decisions: The `Decisions` of the same networks.
        runs: A `PlantedRuns` table.
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
    scored = (
        _score_networks(runs, decisions, bootstrap=bootstrap)
        .merge(pd.concat(games), on="run")
        .merge(cells, on=["method", "run"])
    )
    return scored[list(PlantedEvidence.to_schema().columns)]


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

"""Whether networks that classify better also point more often at the regions."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.stats import rankdata

from sonolens.evaluation.statistics.intervals import UNMOVED, Bootstrap, ratio
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.experiments import PerformanceAndPointing
from sonolens.tables.pointing import PointingGameTable, RegionSharesTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable

FEWEST_RUNS = 4
"""Of three runs even the largest rho has a p value of a third."""

ROUNDING = 1e-9  # rhos of equal ranks

Ranked = Float[np.ndarray, "samples runs"]


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's rho with its interval and p value; NaN where there is none."""

    rho: float
    ci_low: float
    ci_high: float
    p_value: float


def relate_performance(
    pointing_game: PointingGameTable,
    classification_metrics: ClassificationMetricsTable,
    training_runs: TrainingRunsTable,
    region_shares: RegionSharesTable,
    decisions: DecisionsTable,
) -> pd.DataFrame:
    """Set the AUC of every run beside the hit rates of its maps.

    Both speak of all scans of the partition that played, whatever they are called: on correctly classified
    scans only, a weak network would be scored on other scans than a strong one. The hit rate is that of rule
    ``decision``, the AUC that of single scans. Chance differs with the size of cells, so `rate_above_chance`
    is what is to be compared.

    Args:
        region_shares: A `RegionShares` table, which knows the size of cells.
        decisions: A `Decisions` table, which tells the scans whose cells are averaged.

    Returns:
        A `PerformanceAndPointing` table. Where a partition has one class there is no AUC.

    Raises:
        ValueError: If a run that played has no AUC on record or is not among the training runs.
    """
    game = pointing_game[
        (pointing_game["rule"] == "decision")
        & (pointing_game["subset"] == "all")
        & (pointing_game["label"] == "both")
    ]
    partition = str(game["partition"].iloc[0])
    aucs = _read_aucs(classification_metrics, partition=partition)
    known = set(aucs["run"]) & set(training_runs["run"])
    unknown = [run for run in game["run"].unique() if run not in known]
    if unknown:
        raise ValueError(
            f"run {unknown[0]!r} played the pointing game but has no AUC or is no training run; use the "
            "tables of one and the same training"
        )
    played = decisions.loc[decisions["partition"] == partition, ["run", "scan_id"]]
    cells = region_shares[region_shares["region"] == "any"].merge(played)
    mean_cells = cells.groupby(["method", "run"])[["cell_row_mm", "cell_col_mm"]].mean()
    table = game.assign(rate_above_chance=game["rate"] - game["chance"])
    for about in (aucs, training_runs):
        table = table.merge(about, on="run", validate="many_to_one")
    table = table.merge(mean_cells.reset_index(), on=["method", "run"], how="left")
    return table[list(PerformanceAndPointing.to_schema().columns)]


def correlate_performance(
    performance: pd.DataFrame, *, permutations: int, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Correlate AUC and `rate_above_chance` over the runs of every protocol, method and region.

    Runs that learnt shuffled labels are left out: two clumps of runs correlate, whatever happens within.
    Runs that share a fold share their test scans, and runs of one configuration much else; interval and
    p value take runs as independent and so are rather too sure.

    Args:
        performance: A `PerformanceAndPointing` table.
        permutations: How often the AUCs are exchanged between the runs at most.
        bootstrap: How runs are resampled.

    Returns:
        A `PerformanceCorrelation` table.
    """
    rows = []
    key = ["protocol", "method", "region", "rule", "subset"]
    for names, found in performance.groupby(key, sort=False):
        given = found[found["labels"] == "given"]
        runs = given.dropna(subset=["auc", "rate_above_chance"])
        correlation = correlate_ranks_of_runs(
            runs["auc"].to_numpy(dtype=float),
            runs["rate_above_chance"].to_numpy(dtype=float),
            permutations=permutations,
            bootstrap=bootstrap,
        )
        counted = {"n_runs": len(runs), "n_configurations": runs["configuration"].nunique()}
        rows.append(dict(zip(key, names, strict=True)) | counted | vars(correlation))
    table = pd.DataFrame(rows)
    adjusted = table.groupby(["protocol", "method"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy(dtype=float))
    )
    return table.assign(
        p_adjusted=adjusted,
        permutations=permutations,
        partition=performance["partition"].iloc[0],
        confidence=bootstrap.confidence,
    )


def correlate_ranks_of_runs(
    first: Float[np.ndarray, " runs"],
    second: Float[np.ndarray, " runs"],
    *,
    permutations: int,
    bootstrap: Bootstrap,
) -> RankCorrelation:
    """Correlate two numbers of the same runs by Spearman's rho.

    The p value is of a rho as far from 0 when one number is exchanged between the runs: of few runs all
    exchanges are tried, otherwise what was seen counts as one of those drawn. The interval holds the central
    share of rhos of resampled runs; a rho that resampling does not move has none.

    Args:
        first: One number per run.
        second: The other.
        permutations: How many exchanges are tried at most.
        bootstrap: How runs are resampled.

    Returns:
        All NaN below `FEWEST_RUNS` runs, or where either number is the same in all.
    """
    rho = _rhos(first[None], second[None])[0] if len(first) >= FEWEST_RUNS else np.nan
    if np.isnan(rho):
        return RankCorrelation(np.nan, np.nan, np.nan, np.nan)
    rng = np.random.default_rng(bootstrap.seed)
    drawn = rng.integers(len(first), size=(bootstrap.resamples, len(first)))
    resampled = _rhos(first[drawn], second[drawn])
    low, high = resampled_interval(resampled, patients=len(first), confidence=bootstrap.confidence)
    if np.ptp(resampled[~np.isnan(resampled)]) < UNMOVED:
        low, high = np.nan, np.nan
    p_value = _p_value(first, second, permutations=permutations, seed=bootstrap.seed)
    return RankCorrelation(float(rho), low, high, p_value)


def _p_value(
    first: Float[np.ndarray, " runs"],
    second: Float[np.ndarray, " runs"],
    *,
    permutations: int,
    seed: int,
) -> float:
    runs = len(first)
    observed = abs(_rhos(first[None], second[None])[0]) - ROUNDING
    exact = math.factorial(min(runs, 20)) <= permutations
    if exact:
        order = np.array(list(itertools.permutations(range(runs))))
    else:
        in_order = np.tile(np.arange(runs), (permutations, 1))
        order = np.random.default_rng(seed).permuted(in_order, axis=1)
    as_large = int(
        (np.abs(_rhos(first[order], np.broadcast_to(second, order.shape))) >= observed).sum()
    )
    return as_large / len(order) if exact else (1 + as_large) / (1 + permutations)


def _rhos(first: Ranked, second: Ranked) -> Float[np.ndarray, " samples"]:
    """Return Spearman's rho of every row; NaN where one side is constant."""
    ranks = [rankdata(values, axis=1) for values in (first, second)]
    x, y = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.clip(ratio((x * y).sum(axis=1), scale), -1.0, 1.0)


def _read_aucs(
    classification_metrics: ClassificationMetricsTable, *, partition: str
) -> pd.DataFrame:
    """Look up the AUC of single scans of every run."""
    chosen = classification_metrics[
        (classification_metrics["level"] == "scan")
        & (classification_metrics["partition"] == partition)
        & (classification_metrics["stratum"] == "all")
        & (classification_metrics["metric"] == "auc")
    ]
    names = {"value": "auc", "ci_low": "auc_low", "ci_high": "auc_high", "n": "auc_n"}
    return chosen[["run", *names]].rename(columns=names)

"""Planted evidence over seeds: a network fitted several times to one cue, of which some fits may not learn it."""

import pandas as pd

from sonolens.evaluation.classification.roc import EVEN

CELL = ["network", "method", "cue"]


def summarise_seeds(planted_evidence: pd.DataFrame, *, region: str = "planted") -> pd.DataFrame:
    """Say of every network, method and cue what its seeds found; rates are of those seeds that learnt the cue.

    A seed has learnt where the interval of its test AUC lies above 0.5. Where none has, the rates of all are told, and
    mean nothing.

    Args:
        planted_evidence: A `PlantedEvidence` table.
        region: Whose hits are told.

    Returns:
        `network`, `method`, `cue`; `seeds` and how many of them `learnt`; means over seeds of `rate`, `chance`, `auc`;
        `low`, `high`, `auc_low` and `auc_high`: of one seed its interval, of several the least and the largest, which
        are no interval; `n`, over seeds; the largest `p_value`. Rows in the order of the table.
    """
    told = planted_evidence[planted_evidence["region"] == region]
    rows = [
        dict(zip(CELL, cell, strict=True)) | _summarise(seeds)
        for cell, seeds in told.groupby(CELL, sort=False)
    ]
    return pd.DataFrame(rows)


def _summarise(seeds: pd.DataFrame) -> dict[str, float | int]:
    learnt = seeds[seeds["auc_ci_low"] > EVEN]
    counted = learnt if len(learnt) else seeds
    low, high = _limits(counted, "rate", ("ci_low", "ci_high"))
    auc_low, auc_high = _limits(seeds, "auc", ("auc_ci_low", "auc_ci_high"))
    return {
        "seeds": len(seeds),
        "learnt": len(learnt),
        "rate": counted["rate"].mean(),
        "low": low,
        "high": high,
        "chance": counted["chance"].mean(),
        "n": counted["n"].sum(),
        "p_value": counted["p_value"].max(),
        "auc": seeds["auc"].mean(),
        "auc_low": auc_low,
        "auc_high": auc_high,
    }


def _limits(seeds: pd.DataFrame, value: str, interval: tuple[str, str]) -> tuple[float, float]:
    if len(seeds) == 1:
        return float(seeds[interval[0]].iloc[0]), float(seeds[interval[1]].iloc[0])
    return float(seeds[value].min()), float(seeds[value].max())

"""The truth card: what each method passes where the truth, or a part of it, is known."""

from typing import Any

import pandas as pd

from sonolens.report.cells import ReportCell, difference, percent, share_difference
from sonolens.report.methods import baselines_last, mark
from sonolens.report.numerals import NOTHING, amount, counted, p_value, score_with_interval
from sonolens.report.section import Section, Tables
from sonolens.tables.truth import MethodRankingTable, TruthCardTable

COLUMNS = {
    "follows_weights": "Loses what it shows with the weights",
    "repeats": "Comes back when fitted again",
    "finds_planted": "Points where evidence was planted",
    "beats_mean_mask": "Fits masses better than the mean mask",
    "agrees_with_reliance": "Points where the call hangs",
}
UNASKED = {
    "follows_weights": "no scan was asked of a network without its weights",
    "repeats": "needs fits of several seeds",
    "finds_planted": "an experiment of its own",
    "beats_mean_mask": "no training mask is here",
    "agrees_with_reliance": "too few calls hang on different regions",
}
"""Why a question was not asked."""

PAIR = 2


def read_card(truth_card: TruthCardTable) -> list[dict[str, Any]]:
    """Set out a row per method and run, baselines last."""
    rows = []
    for method in baselines_last(str(name) for name in truth_card["method"].unique()):
        of_method = truth_card[truth_card["method"] == method]
        for run, told in of_method.groupby("run", sort=False):
            cells = [_read(row) for row in told.to_dict(orient="records")]
            rows.append({"names": (method, mark(method) or NOTHING, run), "cells": cells})
    return rows


def say_ranking(method_ranking: MethodRankingTable) -> list[str]:
    """Say of each run whether the metrics agree about methods; one method alone has no order."""
    told = {}
    for run, ranked in method_ranking.groupby("run", sort=False):
        if len(ranked) >= PAIR:
            told[str(run)] = _say(ranked)
    return [f"{run}: {line}" if len(told) > 1 else line for run, line in told.items()]


def _say(ranked: pd.DataFrame) -> str:
    first = ranked.iloc[0]
    methods, metrics = (
        counted(len(ranked), "method"),
        counted(int(first["n_metrics"]), "metric"),
    )
    if pd.isna(first["p_value"]):
        return f"Whether metrics agree about methods cannot be asked of {methods} and {metrics}."
    agreement = f"Kendall's W {score_with_interval(first['w'])}, p {p_value(first['p_value'])}"
    told = f"{metrics} put {methods} into an order ({agreement})"
    if not ranked["wins"].any():
        return f"No winner: {told} that is not shown to be theirs rather than chance's."
    return f"{first['method']} comes first: {told}, mean rank {amount(first['mean_rank'])}."


def _read(row: dict[Any, Any]) -> ReportCell:
    question, n = row["question"], int(row["n"])
    if pd.isna(row["value"]):
        few = (f"n = {n}",) if n else ()
        return ReportCell(str(row["answer"]), (UNASKED[question], *few))
    limits = (row["value"], row["ci_low"], row["ci_high"])
    told = {
        "follows_weights": (
            score_with_interval,
            f"rank correlation, to lie below {row['against']:g}",
        ),
        "repeats": (difference, "above strangers' scans"),
        "beats_mean_mask": (difference, "average precision beyond it"),
        "agrees_with_reliance": (share_difference, "beyond chance"),
        "finds_planted": (share_difference, f"chance {percent(row['against'])}"),
    }
    scale, what = told[question]
    return ReportCell(str(row["answer"]), (scale(*limits), what, f"n = {n}"))


def _tell(tables: Tables) -> dict[str, Any]:
    card, ranking = tables["truth_card"], tables["method_ranking"]
    return {
        "names": ("Method", "Kind", "Run"),
        "columns": tuple(COLUMNS.values()),
        "rows": read_card(card),
        "ranking": say_ranking(ranking),
        "metrics": [name.replace("_", " ") for name in _metrics(ranking)],
        "confidence": float(card["confidence"].iloc[0]) if len(card) else None,
    }


def _metrics(ranking: MethodRankingTable) -> list[str]:
    asked = ranking.loc[ranking["n_metrics"] > 0, "metrics"]
    return list(dict.fromkeys(name for told in asked for name in str(told).split()))


SECTION = Section(
    "truth",
    "Truth card",
    "truth.html",
    needs=("truth_card", "method_ranking"),
    tell=_tell,
)

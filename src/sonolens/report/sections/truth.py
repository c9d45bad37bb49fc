"""The truth card: what each method passes where the truth, or a part of it, is known."""

from typing import Any

import pandas as pd

from sonolens.report.cells import UNREAD, ReportCell, difference, share_difference
from sonolens.report.methods import baselines_last, mark
from sonolens.report.numerals import (
    NOTHING,
    amount,
    counted,
    p_value,
    percent,
    percent_with_interval,
    score_with_interval,
)
from sonolens.report.section import Section, Tables
from sonolens.tables.truth import MethodRankingTable, PlantedAnswersTable, TruthCardTable

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
    "beats_mean_mask": "no training mask is here",
    "agrees_with_reliance": "too few calls hang on different regions",
}
"""Why a question was not asked."""

UNPLANTED = {
    "no experiment": "nothing was planted yet",
    "other networks": "planted for other networks only",
    "other methods": "not among the methods asked there",
    "not learnt": "the network learnt no plant",
    "too few scans": "too few scans with a plant",
}
"""Why it is not known whether a method finds what was planted."""

PLANTED_IN = {
    "this run": "planted in the scans of this study",
    "this study": "planted in the scans of this study",
    "phantoms": "planted in phantoms",
    "another study": "planted in the scans of another study",
}
PAIR = 2


def read_card(
    truth_card: TruthCardTable, planted_answers: PlantedAnswersTable
) -> list[dict[str, Any]]:
    """Set out a row per method and run, baselines last; what was planted another run tells."""
    rows = []
    keys = ["method", "run", "question"]
    told = {
        tuple(row[key] for key in keys): _read(row) for row in truth_card.to_dict(orient="records")
    } | {
        tuple(row[key] for key in keys): _read_planted(row)
        for row in planted_answers.to_dict(orient="records")
    }
    for method in baselines_last(str(name) for name in truth_card["method"].unique()):
        for run in truth_card.loc[truth_card["method"] == method, "run"].unique():
            cells = [told.get((method, run, question), UNREAD) for question in COLUMNS]
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
    }
    scale, what = told[question]
    return ReportCell(str(row["answer"]), (scale(*limits), what, f"n = {n}"))


def _read_planted(row: dict[Any, Any]) -> ReportCell:
    if pd.isna(row["value"]):
        return ReportCell(str(row["answer"]), (UNPLANTED[row["reason"]],))
    rate = percent_with_interval(row["value"], row["ci_low"], row["ci_high"])
    found = f"{row['plant'].replace('_', ' ')}; {row['fits_found']} of {counted(row['fits_asked'], 'fit')} find theirs"
    alarms = f"{row['false_alarms']} of {row['asked_at_none']} at none"
    return ReportCell(
        str(row["answer"]),
        (
            rate,
            f"chance {percent(row['against'])}",
            f"n = {row['n']}",
            found,
            f"false alarms: {alarms if row['asked_at_none'] else 'not asked'}",
        ),
    )


def say_planting(planted_answers: PlantedAnswersTable) -> list[str]:
    """Say which experiments tell what was planted; nothing where none does."""
    told = planted_answers[planted_answers["experiment"] != "none"]
    pairs = told[["experiment", "made_from"]].drop_duplicates()
    return [
        f"run {experiment}, {PLANTED_IN[made_from]}"
        for experiment, made_from in pairs.itertuples(index=False, name=None)
    ]


def _tell(tables: Tables) -> dict[str, Any]:
    card, ranking = tables["truth_card"], tables["method_ranking"]
    return {
        "names": ("Method", "Kind", "Run"),
        "columns": tuple(COLUMNS.values()),
        "rows": read_card(card, tables["planted_answers"]),
        "planting": say_planting(tables["planted_answers"]),
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
    needs=("truth_card", "planted_answers", "method_ranking"),
    tell=_tell,
)

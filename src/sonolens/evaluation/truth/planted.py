"""Whether a method finds what was planted, from an experiment whose networks were fitted to plants: by its weakest plant."""

import math
from typing import Any

import pandas as pd

from sonolens.evaluation.classification.roc import EVEN
from sonolens.evaluation.truth.card import CANNOT_BE_ASKED, LEAST_SCANS, NOT_SHOWN, SHOWN
from sonolens.tables.vocabulary import PLANTED_REASONS

ANSWERED, _, _, OTHER_METHODS, NOT_LEARNT, TOO_FEW = PLANTED_REASONS
FIT = ["plant", "seed"]


def ask_planted(fits: pd.DataFrame) -> dict[str, Any]:
    """Ask whether one method finds every plant that one network learnt, at its largest dose, and nothing where there is none.

    Of many plants and fits the weakest stands for all: the one that is not found, or else the one whose lower limit lies
    nearest to chance. The best would be a choice made after the answers were seen. Found asks for what detection power
    asks: the interval lies above chance, and exchanged maps hit less often. A single false alarm at none takes the answer
    back, for what is found where nothing is says nothing where something is.

    Args:
        fits: Rows of a `PlantedEvidence` table with `plant`, `share` and `strength`, of one network and one method.

    Returns:
        The columns of a `PlantedAnswers` table that say what was found.
    """
    shown = fits[fits["region"] == "planted"]
    if shown.empty:
        return refuse_planted(OTHER_METHODS)
    found = (shown["ci_low"] > shown["chance"]) & (shown["p_value"] <= 1 - shown["confidence"])
    said = shown["n"] >= LEAST_SCANS
    shown = shown.assign(found=found, asked=shown["rate"].notna() & shown["chance"].notna() & said)
    null, planted = shown[shown["share"] == 0], shown[shown["share"] > 0]
    largest = planted.sort_values(["share", "strength"]).drop_duplicates(FIT, keep="last")
    learnt = largest[largest["auc_ci_low"] > EVEN]
    if learnt.empty:
        return refuse_planted(NOT_LEARNT)
    asked, alarms = learnt[learnt["asked"]], null[null["asked"]]
    if asked.empty:
        return refuse_planted(TOO_FEW)
    beyond = asked.assign(beyond=asked["ci_low"] - asked["chance"])
    weakest = beyond.sort_values(["found", "beyond"], kind="stable").iloc[0]
    holds = bool(asked["found"].all()) and not alarms["found"].any()
    return {
        "answer": SHOWN if holds else NOT_SHOWN,
        "reason": ANSWERED,
        "value": float(weakest["rate"]),
        "ci_low": float(weakest["ci_low"]),
        "ci_high": float(weakest["ci_high"]),
        "against": float(weakest["chance"]),
        "n": int(weakest["n"]),
        "plant": str(weakest["plant"]),
        "fits_asked": len(asked),
        "fits_found": int(asked["found"].sum()),
        "asked_at_none": len(alarms),
        "false_alarms": int(alarms["found"].sum()),
    }


def refuse_planted(reason: str) -> dict[str, Any]:
    """Say that the question cannot be asked, and why.

    Args:
        reason: One of `PLANTED_REASONS`.
    """
    counts = ("n", "fits_asked", "fits_found", "asked_at_none", "false_alarms")
    return {
        "answer": CANNOT_BE_ASKED,
        "reason": reason,
        **dict.fromkeys(("value", "ci_low", "ci_high", "against"), math.nan),
        **dict.fromkeys(counts, 0),
        "plant": "none",
    }

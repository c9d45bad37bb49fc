"""Looking right as an aim of training: guided networks beside those that were fitted by labels alone."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sonolens.figures.experiments.run_comparison import name_row
from sonolens.report.numerals import (
    difference_with_interval,
    p_value,
    percent_with_interval,
    points_with_interval,
    score_with_interval,
)
from sonolens.report.section import Section, Tables
from sonolens.tables.experiments import GuidanceComparisonTable

GUIDED_BY = {
    "regions": "evidence outside mass, ring and below cost",
    "annotations": "evidence on annotations cost",
}

SHARES = ("hit_rate", "reliance_share")
"""Quantities that are told in per cent."""

DRAWN_BY = "cam"
"""The maps that guidance is about."""


def say_guidance(guidance_comparison: GuidanceComparisonTable) -> list[str]:
    """Say of every guided configuration whether it classifies better, and whether it looks better."""
    keys = ["guided", "unguided"]
    return [_say_pair(rows) for _, rows in guidance_comparison.groupby(keys, sort=False)]


def _say_pair(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    auc = rows[
        (rows["quantity"] == "auc")
        & (rows["level"] == "scan")
        & (rows["test"] == "paired bootstrap")
    ].iloc[0]
    begun = f"Where {GUIDED_BY[first['guidance']]}, {first['guided']}"
    if pd.isna(auc["difference"]):
        return f"{begun} cannot be compared: the scans that are scored are all of one label."
    areas = [
        score_with_interval(*(auc[f"{side}_{limit}"] for limit in ("value", "low", "high")))
        for side in ("guided", "unguided")
    ]
    apart = difference_with_interval(auc["difference"], auc["ci_low"], auc["ci_high"])
    looks = rows[
        (rows["quantity"] == "hit_rate")
        & (rows["region"] == "any")
        & (rows["rule"] == "decision")
        & (rows["method"] == DRAWN_BY)
    ]
    return (
        f"{begun} reaches AUC {areas[0]}, by labels alone {areas[1]}: {_judge(auc)} (difference {apart})."
        f"{_say_looks(looks)}"
    )


def _judge(row: "pd.Series[Any]") -> str:
    if row["ci_low"] > 0:
        return "looking right made it better"
    if row["ci_high"] < 0:
        return "looking right made it worse"
    return "looking right is not shown to make it better or worse"


def _say_looks(found: pd.DataFrame) -> str:
    if found.empty or pd.isna(found["difference"].iloc[0]):
        return ""
    row = found.iloc[0]
    rates = [
        percent_with_interval(*(row[f"{side}_{limit}"] for limit in ("value", "low", "high")))
        for side in ("guided", "unguided")
    ]
    apart = points_with_interval(row["difference"], row["ci_low"], row["ci_high"])
    return f" Its class activation maps point to one of the three regions on {rates[0]} of scans, against {rates[1]} ({apart} points)."


def _tell(tables: Tables) -> dict[str, Any]:
    table = tables["guidance_comparison"]
    return {
        "sentences": say_guidance(table),
        "rows": [_read(row) for row in table.to_dict(orient="records")],
        "confidence": float(table["confidence"].iloc[0]) if len(table) else 0.95,
    }


def _read(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    in_percent = row["quantity"] in SHARES
    told = percent_with_interval if in_percent else score_with_interval
    apart = points_with_interval if in_percent else difference_with_interval
    limits = ("value", "low", "high")
    return {
        "names": (row["guided"], _name(row)),
        "n": int(row["guided_n"]),
        "guided": told(*(row[f"guided_{limit}"] for limit in limits)),
        "unguided": told(*(row[f"unguided_{limit}"] for limit in limits)),
        "chance": told(row["unguided_chance"]),
        "difference": apart(row["difference"], row["ci_low"], row["ci_high"]),
        "p_value": p_value(row["p_value"]),
        "p_adjusted": p_value(row["p_adjusted"]),
    }


def _name(row: Mapping[Hashable, Any]) -> str:
    if row["quantity"] == "brier":
        return "Brier score per scan (lower is better)"
    if row["quantity"] == "auc":
        return f"{name_row(row)}, {row['test']}"
    if row["quantity"] == "hit_rate":
        return f"Hits, {name_row(row)}, rule {row['rule']}"
    return f"Reliance, {name_row(row)}"


SECTION = Section(
    "guidance",
    "Looking right as an aim",
    "guidance.html",
    heading="Looking right as an aim of training",
    needs=("guidance_comparison",),
    tell=_tell,
)

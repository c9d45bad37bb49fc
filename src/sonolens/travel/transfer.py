"""Train x test: what every network scores at home and on every study that it arrived at."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonolens.tables.external import (
    AREA,
    PAPERS,
    HomeAndAwayTable,
    RegionsHomeAndAwayTable,
    TransferMatrix,
)

HOME = "home"
"""The study of a network itself, whatever it is called: its test scans."""


@dataclass(frozen=True)
class Validation:
    """One study at which networks arrived.

    Attributes:
        study: What it is called beside the others.
        home_and_away: Its `HomeAndAway`.
        regions_home_and_away: Its `RegionsHomeAndAway`.
    """

    study: str
    home_and_away: HomeAndAwayTable
    regions_home_and_away: RegionsHomeAndAwayTable


def tabulate_transfer(validations: Sequence[Validation]) -> pd.DataFrame:
    """Tabulate AUC per lesion and hits above chance, one row per network, study and method of maps.

    A network is known by its name and the study that trained it: two of one name from two studies are two networks.

    Args:
        validations: Each of another study.

    Returns:
        A `TransferMatrix`; a network that arrived nowhere but at one study has its home and that study.
    """
    rows = [
        row
        for each in validations
        for area in each.home_and_away.query(AREA).to_dict(orient="records")
        for row in _of_network(area, each)
    ]
    if not rows:
        return TransferMatrix.empty()
    return (
        pd.DataFrame(rows)
        .drop_duplicates(["network", "trained_on", "tested_on", "method"])
        .sort_values(["trained_on", "network"], kind="stable", ignore_index=True)
    )


def _of_network(area: Mapping[Any, Any], validation: Validation) -> list[dict[str, object]]:
    hits = validation.regions_home_and_away.query(PAPERS)
    asked = hits[hits["run"] == area["run"]].to_dict(orient="records")
    return [
        {
            "network": area["run"],
            "trained_on": area["home_study"],
            "tested_on": HOME if side == "home" else validation.study,
            "method": row["asked_by"],
            "auc": area[side],
            "auc_low": area[f"{side}_low"],
            "auc_high": area[f"{side}_high"],
            "n": area[f"{side}_n"],
            "above": row[f"{side}_above"],
            "above_low": row[f"{side}_above_low"],
            "above_high": row[f"{side}_above_high"],
            "n_hits": row[f"{side}_n"],
            "drawn": _text(row["home_drawn" if side == "home" else "drawn"]),
            "partition": area["partition"],
            "confidence": area["confidence"],
        }
        for row in asked
        for side in ("home", "away")
    ]


def _text(told: object) -> str:
    return (
        "unknown" if told is None or (isinstance(told, float) and math.isnan(told)) else str(told)
    )

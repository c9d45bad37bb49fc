"""What this version finds where the truth is known: the planted evidence that it was measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from sonolens.evaluation.experiments import summarise_seeds
from sonolens.report.numerals import (
    percent,
    percent_with_interval,
    percent_with_range,
    score_with_interval,
    score_with_range,
)
from sonolens.report.section import Section

SITES = {
    "margin": "margin",
    "posterior": "posterior",
    "interior": "interior",
    "foci_mass": "foci in the mass",
    "foci_peritumoral": "foci in the ring",
    "foci_below": "foci below",
    "foci_elsewhere": "foci elsewhere",
}
"""The cues, as a reader names them."""


@dataclass(frozen=True)
class PlantedCell:
    """How often one method's maps of one network point to one cue; `learnt` says whether any fit could."""

    rate: str
    chance: str
    n: int
    learnt: bool


@dataclass(frozen=True)
class PlantedNetwork:
    """One network: how well it learnt each cue, and what each method found on it."""

    network: str
    receptive_field: str
    cell: str
    areas: list[str]
    rows: list[tuple[str, list[PlantedCell]]]


def read_measured() -> pd.DataFrame:
    """Read the `PlantedEvidence` table that comes with this version."""
    measured = files("sonolens.report") / "measured" / "planted_evidence.csv"
    with measured.open(encoding="utf-8") as table:
        return pd.read_csv(table)


def tell_planted(planted_evidence: pd.DataFrame) -> dict[str, Any]:
    """Set out a `PlantedEvidence` table: networks, their methods, and the cues as columns."""
    shown = planted_evidence[planted_evidence["region"] == "planted"]
    cues = list(dict.fromkeys(shown["cue"]))
    networks = [
        _tell_network(str(network), of_network, cues)
        for network, of_network in shown.groupby("network", sort=False)
    ]
    return {
        "planted_networks": networks,
        "planted_cues": [SITES[cue] for cue in cues],
        "planted_seeds": int(shown["seed"].nunique()),
    }


def tell_rate(cell: Mapping[Any, Any]) -> str:
    """Print the rate of a row of `summarise_seeds`: of one seed with its interval, of several from least to largest."""
    printed = percent_with_interval if cell["seeds"] == 1 else percent_with_range
    return printed(cell["rate"], cell["low"], cell["high"])


def tell_area(cell: Mapping[Any, Any]) -> str:
    """Print the test AUC of a row of `summarise_seeds` likewise, and how many fits learnt the cue if not all or none."""
    printed = score_with_interval if cell["seeds"] == 1 else score_with_range
    area = printed(cell["auc"], cell["auc_low"], cell["auc_high"])
    some = 0 < cell["learnt"] < cell["seeds"]
    return f"{area}, learnt by {cell['learnt']} of {cell['seeds']}" if some else area


def _tell_network(network: str, table: pd.DataFrame, cues: list[str]) -> PlantedNetwork:
    summaries = summarise_seeds(table).to_dict(orient="records")
    cells = {
        (row["method"], row["cue"]): PlantedCell(
            rate=tell_rate(row), chance=percent(row["chance"]), n=row["n"], learnt=row["learnt"] > 0
        )
        for row in summaries
    }
    # A method that drew maps of one fit alone knows the areas of that fit alone.
    fitted = {row["cue"]: row for row in sorted(summaries, key=lambda row: row["seeds"])}
    first = table.dropna(subset="cell_row_mm").iloc[0]
    return PlantedNetwork(
        network=network,
        receptive_field=f"{first['receptive_field_px']:.0f}",
        cell=f"{first['cell_row_mm']:.1f} × {first['cell_col_mm']:.1f}",
        areas=[tell_area(fitted[cue]) for cue in cues],
        rows=[
            (method, [cells[method, cue] for cue in cues]) for method in table["method"].unique()
        ],
    )


@cache
def _tell_measured() -> dict[str, Any]:
    """The same on every page of a process: it is of this version, not of a run."""
    return tell_planted(read_measured())


SECTION = Section(
    "planted",
    "Planted evidence",
    "planted.html",
    heading="Can it find what is known to be there?",
    tell=lambda _: _tell_measured(),
)

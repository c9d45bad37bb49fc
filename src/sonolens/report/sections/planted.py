"""What this version finds where the truth is known: the planted evidence that it was measured on."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pandas as pd

from sonolens.figures.planted import UNINFORMED
from sonolens.report.numerals import percent, percent_with_interval, score_with_interval
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
    """How often one method's maps of one network point to one cue; `learnt` says whether it could."""

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
    """Set out a `PlantedEvidence` table of one seed: networks, their methods, and the cues as columns."""
    shown = planted_evidence[planted_evidence["region"] == "planted"]
    cues = list(dict.fromkeys(shown["cue"]))
    networks = [
        _tell_network(str(network), of_network, cues)
        for network, of_network in shown.groupby("network", sort=False)
    ]
    return {"planted_networks": networks, "planted_cues": [SITES[cue] for cue in cues]}


def _tell_network(network: str, table: pd.DataFrame, cues: list[str]) -> PlantedNetwork:
    cells = {
        (row["method"], row["cue"]): PlantedCell(
            rate=percent_with_interval(row["rate"], row["ci_low"], row["ci_high"]),
            chance=percent(row["chance"]),
            n=row["n"],
            learnt=row["auc_ci_low"] > UNINFORMED,
        )
        for row in table.to_dict(orient="records")
    }
    fitted = table.drop_duplicates("cue").set_index("cue").loc[cues]
    areas = fitted[["auc", "auc_ci_low", "auc_ci_high"]].to_numpy(dtype=float)
    first = table.iloc[0]
    return PlantedNetwork(
        network=network,
        receptive_field=f"{first['receptive_field_px']:.0f}",
        cell=f"{first['cell_row_mm']:.1f} × {first['cell_col_mm']:.1f}",
        areas=[score_with_interval(*area) for area in areas.tolist()],
        rows=[
            (method, [cells[method, cue] for cue in cues]) for method in table["method"].unique()
        ],
    )


SECTION = Section(
    "planted", "Planted evidence", "planted.html", tell=lambda _: tell_planted(read_measured())
)

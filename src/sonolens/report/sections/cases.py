"""Every case: rows and pictures for the browser that the page carries, and what it says without."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.report.case_links import HANGING, CaseLinks, add_reliance
from sonolens.report.numerals import NOTHING, amount, counted
from sonolens.report.runs import confidence_of, describe_scoring
from sonolens.report.section import Section, Tables
from sonolens.saliency import EXPLAINERS
from sonolens.tables.vocabulary import EXTREMES, OUTCOMES

BROWSED = (
    *(
        "method",
        "run",
        "scan_id",
        "lesion_id",
        "patient_id",
        "label",
        "called",
        "outcome",
        "correct",
    ),
    *("probability", "threshold", "logit", "view", "birads", "device", "mass_mm", "descriptors"),
    *("findings", "spacing_row_mm", "spacing_col_mm", HANGING),
    *(f"{extreme}_{told}" for extreme in EXTREMES for told in ("region", "distance_mm", "value")),
)
"""The columns of the cases that the browser shows, filters or sorts by."""

UNIT_WORDS = {"mm": "mm", "radii": "mass radii"}
PICTURED = ("picture", "regions", "thumbnail")
DRAWN = ("rows", "cols", "largest", "cells", "steps")


def list_columns(cases: pd.DataFrame) -> dict[str, Any]:
    """Write the columns that the page needs as lists, or as their one value where all are equal.

    What is missing or no finite number becomes None; numbers have six digits.
    """
    listed = {name: [_plain(value) for value in cases[name].tolist()] for name in BROWSED}
    return {
        name: values[0] if values and all(each == values[0] for each in values) else values
        for name, values in listed.items()
    }


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return float(f"{value:.6g}") if isinstance(value, float) else value


MOST_ON_PAPER = 48
"""Wrong calls that are printed, six or eight to a sheet."""
PLACES = {"peritumoral": "ring", "below": "below the mass", "other": "elsewhere", "none": "nowhere"}


def list_wrong(cases: pd.DataFrame, method: str) -> list[dict[str, str]]:
    """List the calls that are wrong, in the order of the table, each once: with the map of one method."""
    wrong = cases[~cases["correct"].astype(bool) & (cases["method"] == method)]
    several = len(wrong["run"].unique()) > 1
    return [
        {
            "key": f"{row['method']}/{row['run']}/{row['scan_id']}",
            "scan_id": row["scan_id"],
            "run": row["run"] if several else "",
            "label": row["label"],
            "call": "malignant" if row["called"] else "benign",
            "probability": amount(row["probability"]),
            "threshold": _limit(row["threshold"]),
            "maximum": _place(row, "max"),
            "minimum": _place(row, "min"),
        }
        for row in wrong.to_dict(orient="records")
    ]


def _limit(threshold: float | None) -> str:
    return NOTHING if threshold is None or not math.isfinite(threshold) else amount(threshold)


def _place(row: Mapping[Any, Any], extreme: str) -> str:
    """Say where an extreme lies, and how far from the mass where that is known and not 0."""
    region, away = row[f"{extreme}_region"], row[f"{extreme}_distance_mm"]
    place = PLACES.get(region, region)
    return f"{place}, {away:.1f} mm from the mass" if not pd.isna(away) and away else str(place)


def _describe_method(name: str) -> dict[str, Any]:
    """Say what the page must know of a method; of one that is not ours no more than that its cells are no parts."""
    method = EXPLAINERS.get(name)
    return {
        "adds_up": method.adds_up if method else None,
        "signed": method.signed if method else True,
    }


def _tell(tables: Tables) -> dict[str, Any]:
    cases, views = add_reliance(tables["cases"], tables["region_reliance"]), tables["case_views"]
    rings = views["rings"] | {"words": UNIT_WORDS[views["rings"]["unit"]]}
    rows = {
        "n": len(cases),
        "columns": list_columns(cases),
        "rings": rings,
        "scans": {key: _leave(scan, PICTURED) for key, scan in views["scans"].items()},
        "maps": {key: _leave(of_map, DRAWN) for key, of_map in views["maps"].items()},
        "methods": {name: _describe_method(name) for name in cases["method"].unique()},
        "confidence": confidence_of(tables["pointing_game"]),
        "shown": views["shown"],
    }
    pictures = {
        "scans": {key: _keep(scan, PICTURED) for key, scan in views["scans"].items()},
        "maps": {key: _keep(of_map, DRAWN) for key, of_map in views["maps"].items()},
    }
    counts, links = cases["outcome"].value_counts(), CaseLinks(cases)
    wrong = list_wrong(cases, links.method)
    return {
        "wrong": wrong[:MOST_ON_PAPER],
        "wrong_in_all": len(wrong),
        "rows": rows,
        "pictured": pictures,
        "rings": rings,
        "own_width": f"{rings['widths'][rings['own']]:g} {rings['words']}",
        "outcomes": [
            links.show(counted(number, name), number, outcome=name)
            for name in OUTCOMES
            for number in [int(counts.get(name, 0))]
        ],
        "told": counted(len(cases), "case"),
        "several": len(cases[["method", "run"]].drop_duplicates()),
        "any_spacing": bool(cases["spacing_row_mm"].notna().any()),
        **describe_scoring(tables["pointing_game"]),
    }


def _keep(told: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in names}


def _leave(told: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Leave out what the pictures bring; rows and columns of a scan stay."""
    return {
        name: value for name, value in told.items() if name not in names or name in {"rows", "cols"}
    }


SECTION = Section(
    "cases",
    "Cases",
    "cases.html",
    folded=False,
    needs=("cases", "case_views", "pointing_game", "region_reliance"),
    tell=_tell,
)

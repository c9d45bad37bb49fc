"""A page that sets whole runs side by side."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.figures.experiments.run_comparison import HEADINGS, name_row, name_side
from sonolens.report.layout import open_templates
from sonolens.report.numerals import (
    NOTHING,
    counted,
    difference_with_interval,
    p_value,
    percent,
    percent_with_interval,
    points_with_interval,
    score_with_interval,
)
from sonolens.report.pictures import Caption, embed
from sonolens.report.scripts import write_policy
from sonolens.tables.run_comparison import RunComparisonTable

TEST_NAMES = {
    "delong": "DeLong",
    "paired bootstrap": "patients resampled together",
    "paired exchange": "sides exchanged by patient",
    "independent bootstrap": "patients resampled apart",
}

FIGURE = Caption(
    name="run_comparison_figure",
    title="Differences",
    text="First minus second with intervals over patients; right of it both values, in brackets what chance or the placebo "
    "scores.",
    alt="Forest plot of the differences of each two runs in AUC, hit rates and shares of reliance, with intervals.",
)


def write_run_comparison(
    run_comparison: RunComparisonTable,
    run_comparison_figure: bytes,
    run_context: Mapping[str, Any],
) -> str:
    """Set out a comparison on a page of its own, which needs no other file.

    Args:
        run_comparison_figure: A PNG file.
        run_context: What the run that compares says of itself; its `run_id` is told.

    Returns:
        An HTML document.
    """
    keys = ["first", "second", "first_configuration", "second_configuration"]
    pairs = [_tell_pair(rows) for _, rows in run_comparison.groupby(keys, sort=False)]
    return (
        open_templates()
        .get_template("run_comparison.html")
        .render(
            run=run_context,
            policy=write_policy(),
            pairs=pairs,
            picture=embed(FIGURE, run_comparison_figure),
            confidence=float(run_comparison["confidence"].iloc[0]),
            partition=str(run_comparison["partition"].iloc[0]),
        )
    )


def _tell_pair(rows: pd.DataFrame) -> dict[str, Any]:
    first: dict[Any, Any] = rows.iloc[0].to_dict()
    names = [name_side(first, side) for side in ("first", "second")]
    return {
        "names": names,
        "runs": [str(first["first"]), str(first["second"])],
        "configurations": [str(first[f"{side}_configuration"]) for side in ("first", "second")],
        "overlap": _tell_overlap(first),
        "cautions": _list_cautions(rows),
        "groups": [
            {
                "title": HEADINGS[str(quantity)],
                "rows": [_tell_row(row) for row in found.to_dict(orient="records")],
            }
            for quantity, found in rows.groupby("quantity", sort=False)
        ],
    }


def _tell_overlap(first: Mapping[Any, Any]) -> str:
    shared = int(first["n_shared"])
    scored = f"{first['first_scans']} and {first['second_scans']} scored scans"
    if not shared:
        return f"Of {scored} none is shared: either run counts with its own scans, and patients are resampled apart."
    return f"Of {scored} {shared} are shared, the same pictures: differences are taken on these alone, scan by scan."


def _list_cautions(rows: pd.DataFrame) -> list[str]:
    first = rows.iloc[0]
    cautions = []
    if (rows["difference"].dropna() == 0).all():
        cautions.append(
            "Every number is the same: both runs rest on the same networks and maps, as a report that was written anew does."
        )
    if first["first_regions"] != first["second_regions"]:
        cautions.append(
            f"The regions were drawn differently: {first['first_regions']}, against {first['second_regions']}. Hits and shares "
            "are then not of the same regions, save those of a mass without tolerance: hold them against their chance, not "
            "against each other."
        )
    if not first["n_shared"]:
        cautions.append(
            "Different scans may differ in how hard they are: a difference says nothing of the networks alone."
        )
    elif first["n_shared"] < min(first["first_scans"], first["second_scans"]):
        cautions.append(
            "Scans that only one run scored are left out, so values differ from those of either report."
        )
    if not (rows["quantity"] == "reliance_share").any():
        cautions.append(
            "At least one of the runs asked for no region reliance, so it is not compared."
        )
    return cautions


def _tell_row(row: Mapping[Any, Any]) -> dict[str, str]:
    is_auc = row["quantity"] == "auc"
    told = score_with_interval if is_auc else percent_with_interval
    sides: dict[str, str] = {}
    for side in ("first", "second"):
        text = told(*(row[f"{side}_{limit}"] for limit in ("value", "low", "high")))
        sides[side] = text
        chance = "" if is_auc else f"chance {percent(row[f'{side}_chance'])}, "
        if row["quantity"] == "reliance_share":
            chance = f"placebo {percent(row[f'{side}_chance'])}, "
        sides[f"{side}_small"] = (
            f"{chance}{counted(row[f'{side}_n'], row['level'] if is_auc else 'scan')}"
        )
    limits = (row["difference"], row["ci_low"], row["ci_high"])
    difference = difference_with_interval(*limits) if is_auc else points_with_interval(*limits)
    unit = "" if is_auc or difference == NOTHING else " points"
    rule = f", rule {row['rule']}" if row["quantity"] == "hit_rate" else ""
    return sides | {
        "name": f"{name_row(row)}{rule}",
        "difference": f"{difference}{unit}",
        "p": p_value(row["p_value"]),
        "p_adjusted": p_value(row["p_adjusted"]),
        "test": TEST_NAMES[row["test"]],
    }

"""Networks from elsewhere: what they score here beside at home, how the scans differ, what probabilities are worth."""

import math
from collections.abc import Mapping
from typing import Any

from sonolens.report.cells import ReportCell, difference, score
from sonolens.report.numerals import NOTHING, percent, percent_with_interval, score_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.report.verdicts import PLACES
from sonolens.tables.external import (
    AREA,
    PAPERS,
    DriftTable,
    HomeAndAwayTable,
    LocalRecalibrationTable,
    NetBenefitTable,
    RegionsHomeAndAwayTable,
    ValidationSizeTable,
)

SHOWN_METRICS = {
    "auc": "AUC",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "brier": "Brier score",
    "calibration_intercept": "Calibration in the large",
    "calibration_slope": "Calibration slope",
}
SHOWN_RULES = ("none", "closest_to_corner")
PROPERTY_WORDS = {
    "rows_px": "height, pixels",
    "cols_px": "width, pixels",
    "spacing_row_mm": "pixel height, mm",
    "spacing_col_mm": "pixel width, mm",
    "depth_mm": "depth, mm",
    "width_mm": "width, mm",
    "mean_grey": "mean grey level",
    "sd_grey": "spread of grey levels",
    "black_share": "share that is black",
    "mass_height_mm": "height of the mass, mm",
    "mass_width_mm": "width of the mass, mm",
    "annotation_share": "share that is annotation",
    "familiarity": "distance in the network's features",
}
COUNTED = "subset == 'correct' and label == 'both'"
"""The scans that the paper counts."""
SHOWN_MEASURES = "measure in ['either', 'decision', 'hangs_most']"
MEASURE_WORDS = {
    "either": "one of two extremes hits",
    "decision": "the extreme for the call hits",
    "hangs_most": "the call hangs most on",
}
CRITERION_WORDS = {
    "observed_to_expected": "cancers seen to foretold",
    "calibration_slope": "calibration slope",
    "auc": "AUC",
}
ADJUSTMENT_WORDS = {
    "as it came": "as they came",
    "intercept": "one number added",
    "line": "a line laid through",
}


def say_how_it_travelled(home_and_away: HomeAndAwayTable) -> list[str]:
    """Say of every network what its AUC per lesion is here and how that differs from home.

    Returns:
        One sentence each; what an interval does not settle is called not shown.
    """
    return [
        f"{row['run']}: {_say(row)}" for row in home_and_away.query(AREA).to_dict(orient="records")
    ]


def _say(row: Mapping[Any, Any]) -> str:
    if math.isnan(row["away"]):
        return "no AUC here, as the scans scored are all of one label."
    home, away = (
        score_with_interval(row[side], row[f"{side}_low"], row[f"{side}_high"])
        for side in ("home", "away")
    )
    told = f"AUC {away} here (n = {row['away_n']}) and {home} at home (n = {row['home_n']})"
    if not row["away_low"] > row["chance"]:
        return f"{told}; here it is not shown to be above chance."
    change = difference(row["difference"], row["difference_low"], row["difference_high"])
    if row["difference_high"] < 0:
        return f"{told}: it lost {change}."
    if row["difference_low"] > 0:
        return f"{told}: it gained {change}, which says that these scans are easier, not that it improved."
    return f"{told}; a difference is not shown ({change})."


def say_where_it_looks(regions_home_and_away: RegionsHomeAndAwayTable) -> list[str]:
    """Say of every network and method whether maps hit regions more often than blind points here, as the paper counts.

    Returns:
        One sentence each; what an interval does not settle is called not shown.
    """
    asked = regions_home_and_away.query(PAPERS)
    return [
        f"{row['run']}, {row['asked_by']}: {_say_of_regions(row)}"
        for row in asked.to_dict(orient="records")
    ]


def _say_of_regions(row: Mapping[Any, Any]) -> str:
    if math.isnan(row["away_above"]):
        return "no map was scored here."
    here, home = (
        difference(row[f"{side}_above"], row[f"{side}_above_low"], row[f"{side}_above_high"])
        for side in ("away", "home")
    )
    told = f"hits in any region lie {here} above chance here (n = {row['away_n']})"
    if row["home_n"]:
        told += f" and {home} at home (n = {row['home_n']})"
    if not row["away_above_low"] > 0:
        return f"{told}; here it is not shown that maps hit more often than blind points{_tell_drawn(row)}."
    if math.isnan(row["difference"]):
        return f"{told}{_tell_drawn(row)}."
    change = difference(row["difference"], row["difference_low"], row["difference_high"])
    if row["difference_high"] < 0:
        return f"{told}: they lost {change}."
    if row["difference_low"] > 0:
        return f"{told}: they gained {change}."
    return f"{told}; a difference is not shown ({change})."


def _tell_drawn(row: Mapping[Any, Any]) -> str:
    if not row["home_n"] or row["home_drawn"] == row["drawn"]:
        return ""
    return f"; regions were drawn with {row['home_drawn']} at home and with {row['drawn']} here, so that the two are not compared"


def _tell(tables: Tables) -> dict[str, Any]:
    compared, drift = tables["home_and_away"], tables["drift"]
    several = compared["run"].nunique() > 1
    return {
        "sentences": say_how_it_travelled(compared),
        "names": ("Network",) if several else (),
        "compared": _rows_of_comparison(compared, several=several),
        "places": say_where_it_looks(tables["regions_home_and_away"]),
        "regions": _rows_of_regions(tables["regions_home_and_away"], several=several),
        "drift": _rows_of_drift(drift, several=several),
        "recalibration": _rows_of_recalibration(tables["local_recalibration"], several=several),
        "size": _rows_of_size(tables["validation_size"], several=several),
        "benefit": _rows_of_benefit(tables["net_benefit"], several=several),
        "confidence": float(compared["confidence"].iloc[0]) if len(compared) else math.nan,
    }


def _named(run: str, *words: str, several: bool) -> tuple[str, ...]:
    return (run, *words) if several else words


def _rows_of_comparison(table: HomeAndAwayTable, *, several: bool) -> list[dict[str, Any]]:
    shown = table[table["metric"].isin(SHOWN_METRICS) & table["rule"].isin(SHOWN_RULES)]
    rows = []
    for row in shown.to_dict(orient="records"):
        cells = [
            ReportCell(
                score(row[side], row[f"{side}_low"], row[f"{side}_high"]),
                (f"n = {row[f'{side}_n']}",),
            )
            for side in ("home", "away")
        ]
        apart = difference(row["difference"], row["difference_low"], row["difference_high"])
        chance = NOTHING if math.isnan(row["chance"]) else score(row["chance"])
        names = _named(row["run"], SHOWN_METRICS[row["metric"]], row["level"], several=several)
        rows.append({"names": names, "cells": [*cells, ReportCell(apart), ReportCell(chance)]})
    return rows


def _rows_of_regions(table: RegionsHomeAndAwayTable, *, several: bool) -> list[dict[str, Any]]:
    """The rows that the paper counts, with the most that hangs on a region beside where maps point."""
    rows = []
    for row in table.query(COUNTED).query(SHOWN_MEASURES).to_dict(orient="records"):
        cells = [
            ReportCell(
                difference(
                    row[f"{side}_above"], row[f"{side}_above_low"], row[f"{side}_above_high"]
                ),
                (
                    f"{percent(row[side])} against {percent(row[f'{side}_expected'])}",
                    f"n = {row[f'{side}_n']}",
                )
                if row[f"{side}_n"]
                else ("not asked",),
            )
            for side in ("home", "away")
        ]
        apart = difference(row["difference"], row["difference_low"], row["difference_high"])
        region = str(PLACES.get(row["region"], row["region"]))
        words = (MEASURE_WORDS[row["measure"]], str(row["asked_by"]), region)
        rows.append(
            {
                "names": _named(row["run"], *words, several=several),
                "cells": [*cells, ReportCell(apart)],
            }
        )
    return rows


def _rows_of_drift(table: DriftTable, *, several: bool) -> list[dict[str, Any]]:
    return [
        {
            "names": _named(row["run"], name_property(row["property"]), several=several),
            "cells": [
                ReportCell(_range(row)),
                ReportCell(_number(row["median"])),
                ReportCell(
                    percent_with_interval(row["beyond"], row["beyond_low"], row["beyond_high"]),
                    _count(row),
                ),
                ReportCell(percent(row["expected"])),
            ],
        }
        for row in table.to_dict(orient="records")
    ]


def _count(row: Mapping[Any, Any]) -> tuple[str, ...]:
    unknown = row["n_unknown"]
    return (f"n = {row['n']}" + (f", unknown of {unknown}" if unknown else ""),)


def name_property(name: str) -> str:
    """Call a property by words, its unit behind a comma.

    >>> name_property("spacing_row_mm"), name_property("mean_grey"), name_property("device")
    ('pixel height, mm', 'mean grey level', 'device')
    """
    return PROPERTY_WORDS.get(name, name.replace("_", " "))


def _range(row: Mapping[Any, Any]) -> str:
    low, high = _number(row["trained_low"]), _number(row["trained_high"])
    return high if low == NOTHING else f"{low} to {high}"


def _number(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{value:.3g}"


def _rows_of_recalibration(
    table: LocalRecalibrationTable, *, several: bool
) -> list[dict[str, Any]]:
    return [
        {
            "names": _named(row["run"], ADJUSTMENT_WORDS[row["adjustment"]], several=several),
            "cells": [
                ReportCell(score(row["brier"]), (f"n = {row['n']}",)),
                ReportCell(
                    difference(row["gained"], row["gained_low"], row["gained_high"], digits=3)
                    if row["adjustment"] != "as it came"
                    else NOTHING,
                    (f"learnt on {row['n_local']}",) if row["adjustment"] != "as it came" else (),
                ),
                ReportCell(percent(row["foretold"])),
                ReportCell(percent(row["seen"])),
            ],
        }
        for row in table.to_dict(orient="records")
    ]


def _rows_of_benefit(table: NetBenefitTable, *, several: bool) -> list[dict[str, Any]]:
    return [
        {
            "names": _named(row["run"], percent(row["threshold"]), several=several),
            "cells": [
                ReportCell(score(row["net_benefit"], digits=3), (f"n = {row['n']}",)),
                ReportCell(score(max(row["everybody"], 0.0), digits=3)),
                ReportCell(difference(row["gain"], row["gain_low"], row["gain_high"], digits=3)),
            ],
        }
        for row in table.to_dict(orient="records")
    ]


def _rows_of_size(table: ValidationSizeTable, *, several: bool) -> list[dict[str, Any]]:
    return [
        {
            "names": _named(row["run"], CRITERION_WORDS[row["criterion"]], several=several),
            "cells": [
                ReportCell(_number(row["expected"])),
                ReportCell(_number(row["width"])),
                ReportCell(
                    NOTHING if math.isnan(row["needed"]) else f"{row['needed']:,.0f}",
                    ()
                    if math.isnan(row["needed"])
                    else (f"{row['needed_malignant']:,.0f} malignant",),
                ),
                ReportCell(f"{row['n']:,}", (f"{row['n_malignant']:,} malignant",)),
                ReportCell(_say_enough(row)),
            ],
        }
        for row in table.to_dict(orient="records")
    ]


def _say_enough(row: Mapping[Any, Any]) -> str:
    if math.isnan(row["needed"]):
        return "nobody can say"
    return "enough" if row["n"] >= row["needed"] else "too few"


SECTION = Section(
    "external-validation",
    "Networks from elsewhere",
    "external.html",
    needs=(
        "home_and_away",
        "regions_home_and_away",
        "drift",
        "local_recalibration",
        "net_benefit",
        "validation_size",
    ),
    figures=(
        Caption(
            name="home_and_away_figure",
            intervals=True,
            title="At home and away",
            text="On test scans of the network's own study and on this study: AUC per lesion, and how far above chance an extreme of its maps lies in any region, of scans called rightly.",
            alt="For every network, left its AUC and right its hits above chance, each as two dots with intervals, at home and on this study; chance dashed.",
        ),
        Caption(
            name="net_benefit_figure",
            title="Net benefit of biopsies by the network",
            text="Beside a biopsy of everybody and of nobody.",
            alt="Curves of net benefit over the probability from which on a biopsy is made.",
        ),
    ),
    tell=_tell,
)

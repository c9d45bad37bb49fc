"""What decisions hang on: the verdict of every region, and what each fill says of it."""

import math
from typing import Any

import pandas as pd

from sonolens.evaluation.classification import EVEN
from sonolens.figures.reliance.regions import FILL_NAMES, PLACEBO_NAMES, REGION_NAMES
from sonolens.report.case_links import CaseLink, CaseLinks, add_reliance
from sonolens.report.cells import ReportCell, read_over_runs, score, share
from sonolens.report.layout import FEW_RUNS
from sonolens.report.numerals import counted, percent, percent_with_interval, score_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.section import Section, Tables
from sonolens.tables.reliance import (
    RelianceScoresTable,
    RelianceVerdictTable,
    keep_first_null,
)
from sonolens.tables.vocabulary import RELIANCE_ANSWERS

COLUMNS = (
    "Calls that hang most on it",
    "Share of reliance",
    "AUC without it",
    "AUC by it alone",
    "AUC of its value",
)


def tell_reliance(reliance_verdict: RelianceVerdictTable) -> dict[str, str]:
    """Say of each run in one sentence on which regions decisions hang, by all fills."""
    return {
        str(run): _tell_run(judged) for run, judged in reliance_verdict.groupby("run", sort=False)
    }


def say_reliance(reliance_verdict: RelianceVerdictTable) -> list[str]:
    """Say in a few lines what decisions hang on: run by run where there are few, else in how many runs it is shown."""
    told = tell_reliance(reliance_verdict)
    if len(told) <= FEW_RUNS:
        return [
            f"{run}: {sentence}" if len(told) > 1 else sentence for run, sentence in told.items()
        ]
    shown = reliance_verdict[reliance_verdict["answer"] == "shown"]["region"].value_counts()
    listed = [f"{REGION_NAMES[str(name)]} in {count}" for name, count in shown.items()]
    return [
        f"Of {len(told)} runs, decisions are shown to hang on {', '.join(listed) or 'no region'}."
    ]


def _tell_run(judged: RelianceVerdictTable) -> str:
    if (judged["answer"] == "cannot be asked").all():
        return f"What decisions hang on cannot be asked: {_tell_why(judged)}."
    said = {
        answer: [REGION_NAMES[name] for name in judged.loc[judged["answer"] == answer, "region"]]
        for answer in RELIANCE_ANSWERS
    }
    parts = [f"{answer} for {', '.join(names)}" for answer, names in said.items() if names]
    return f"That decisions hang on a region is {'; '.join(parts)} ({_tell_area(judged)})."


def _tell_why(judged: RelianceVerdictTable) -> str:
    """Say why nothing can be asked of a run."""
    first = judged.iloc[0]
    asked = counted(int(judged["n"].max()), "scan")
    if math.isnan(first["auc"]):
        return f"the {asked} asked about are all of one label"
    if not first["auc_low"] > EVEN:
        return f"the network does not tell the {asked} asked about apart ({_tell_area(judged)})"
    return "no scan has a placebo to hold them against"


def _tell_area(judged: RelianceVerdictTable) -> str:
    auc, low = judged[["auc", "auc_low"]].iloc[0]
    return f"AUC {score_with_interval(auc)}, lower limit {score_with_interval(low)}"


def list_readings(tables: Tables) -> list[dict[str, Any]]:
    """List by region and fill what the scores and AUCs say, over all runs; held against the first null."""
    scores, aucs = (keep_first_null(tables[name]) for name in ("reliance_scores", "reliance_aucs"))
    whole = aucs[aucs["view"] == "whole"]
    return [
        {
            "names": (REGION_NAMES[str(region)], FILL_NAMES[str(fill)]),
            "cells": [
                _read_scores(scores, region, fill, "hangs_most"),
                _read_scores(scores, region, fill, "share"),
                *(_read_aucs(rows, view) for view in ("without", "alone", "value")),
            ],
        }
        for (region, fill), rows in aucs[aucs["view"] != "whole"].groupby(
            ["region", "fill"], sort=False
        )
    ] + [
        {
            "names": ("whole scan", ""),
            "cells": [
                ReportCell(""),
                ReportCell(""),
                _read_whole(whole),
                ReportCell(""),
                ReportCell(""),
            ],
        }
    ]


def tell_undecided(reliance_scores: RelianceScoresTable, links: CaseLinks) -> tuple[str, CaseLink]:
    """Say on how many scans fills do not name the same region, and link to them."""
    agreed = keep_first_null(reliance_scores).query(
        "fill == 'all' and measure == 'hangs_most' and subset == 'all' and label == 'both'"
    )
    undecided = int(agreed.groupby("run")["n_undecided"].max().sum())
    scans = counted(int(agreed.groupby("run")["n"].max().sum()), "scan")
    return (
        f"On {undecided} of {scans} the fills do not name the same region: these are undecided, and are not averaged.",
        links.show_calls(str(undecided), undecided, hangs_most_on="undecided"),
    )


def link_calls(
    reliance_scores: RelianceScoresTable, links: CaseLinks
) -> list[tuple[str, CaseLink]]:
    """Link the right calls of one run that hang most on a region by every fill, by region and label in words."""
    agreed = keep_first_null(reliance_scores).query(
        "fill == 'all' and measure == 'hangs_most' and subset == 'correct' and label != 'both' and value > 0"
    )
    if len(set(agreed["run"])) != 1:
        return []
    found = []
    for row in agreed.to_dict(orient="records"):
        number = round(row["value"] * row["n"])
        asked = {name: row[name] for name in ("run", "label")}
        link = links.show_calls(
            str(number), number, **asked, correct="true", hangs_most_on=row["region"]
        )
        found.append((f"{row['label']} on {REGION_NAMES[row['region']]}", link))
    return [pair for pair in found if pair[1].query]


def tell_calls(reliance_scores: RelianceScoresTable) -> list[str]:
    """Say by label on what most of the right calls hang by every fill, of one run; several are told in the table."""
    agreed = keep_first_null(reliance_scores).query(
        "fill == 'all' and measure == 'hangs_most' and subset == 'correct' and label != 'both'"
    )
    if len(set(agreed["run"])) != 1:
        return []
    return [_tell_label(str(label), rows) for label, rows in agreed.groupby("label", sort=False)]


def _tell_label(label: str, rows: pd.DataFrame) -> str:
    n, undecided = int(rows["n"].max()), int(rows["n_undecided"].max())
    first = rows.sort_values("value", ascending=False, kind="stable").iloc[0]
    scans = counted(n, f"{label} scan")
    if not first["value"] > 0:
        return f"Of {scans} called rightly none hangs on one region by every fill (on {undecided} the fills differ)."
    placebo = f", placebo {percent(first['placebo'])}" if not math.isnan(first["placebo"]) else ""
    hangs = percent_with_interval(first["value"], first["ci_low"], first["ci_high"])
    return (
        f"Of {scans} called rightly {hangs} hang most on {REGION_NAMES[str(first['region'])]} by every fill{placebo}; "
        f"on {undecided} the fills differ."
    )


def _read_scores(scores: pd.DataFrame, region: object, fill: object, measure: str) -> ReportCell:
    rows = scores[
        (scores["region"] == region)
        & (scores["fill"] == fill)
        & (scores["measure"] == measure)
        & (scores["subset"] == "all")
        & (scores["label"] == "both")
    ]
    return read_over_runs(rows, scale=share, value="value", beside={"placebo": "placebo"})


def _read_aucs(aucs: pd.DataFrame, view: str) -> ReportCell:
    rows = aucs[aucs["view"] == view]
    return read_over_runs(rows, scale=score, value="auc", beside={"placebo": "placebo"})


def _read_whole(aucs: pd.DataFrame) -> ReportCell:
    return read_over_runs(aucs.drop_duplicates("run"), scale=score, value="auc")


def _tell(tables: Tables) -> dict[str, Any]:
    links = CaseLinks(add_reliance(tables["cases"], tables["region_reliance"]))
    return {
        "sentences": say_reliance(tables["reliance_verdict"]),
        "calls": tell_calls(tables["reliance_scores"]),
        "undecided": tell_undecided(tables["reliance_scores"], links),
        "hanging": link_calls(tables["reliance_scores"], links),
        "columns": COLUMNS,
        "rows": list_readings(tables),
        "placebo": PLACEBO_NAMES[keep_first_null(tables["reliance_aucs"])["null"].iloc[0]],
        "asked_confidence": float(tables["reliance_aucs"]["confidence"].iloc[0]),
    }


SECTION = Section(
    "reliance",
    "What decisions hang on",
    "reliance.html",
    folded=False,
    needs=(
        "reliance_verdict",
        "reliance_scores",
        "reliance_aucs",
        "region_reliance",
        "cases",
    ),
    figures=(
        Caption(
            name="reliance_figure",
            intervals=True,
            title="Regions left out and kept alone",
            text="Share of what all regions add to the logit, beside the same shapes where there is no mass; and how well the label is "
            "told without a region, by it alone, and by what it adds.",
            alt="Dot plots per fill: above, the share of each region beside its placebo; below, AUCs without it, alone and of its value.",
        ),
        Caption(
            name="coalition_figure",
            title="What the network was shown",
            text="One scan of each label whole, without each region, with the mass alone and with nothing but the fill; under each "
            "heading the logit.",
            alt="Grid of scans with regions replaced by each fill, with the logit of every picture.",
        ),
    ),
    tell=_tell,
)

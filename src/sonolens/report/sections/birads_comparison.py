"""The network beside the BI-RADS category alone, on the same test cases."""

from typing import Any

import pandas as pd

from sonolens.report.case_links import CaseLinks
from sonolens.report.cells import UNREAD, ReportCell, difference, score
from sonolens.report.numerals import p_value
from sonolens.report.section import Section, Tables
from sonolens.tables.classification import BiradsComparisonTable


def list_comparisons(
    birads_comparison: BiradsComparisonTable, links: CaseLinks | None = None
) -> list[dict[str, Any]]:
    """List run by run what the network and the category alone tell of the cases that have one, and lead to these."""
    rows = birads_comparison.to_dict(orient="records")
    return [{"names": (row["run"], row["level"]), "cells": _read(row, links)} for row in rows]


def judge_birads(birads_comparison: BiradsComparisonTable) -> str:
    """Say of how many runs the AUC per lesion surely lies above that of the category, and below it."""
    asked = birads_comparison[birads_comparison["level"] == "lesion"].dropna(subset="difference")
    if asked.empty:
        return ""
    above, below = (asked["difference_low"] > 0).sum(), (asked["difference_high"] < 0).sum()
    return f"Per lesion the network told more in {above} of {len(asked)} runs and less in {below}; of the others these cases cannot tell."


def _read(row: dict[Any, Any], links: CaseLinks | None) -> list[ReportCell]:
    left_out = (f"{row['n_left_out']} left out",) if row["n_left_out"] else ()
    n = (f"n = {row['n']}, {row['n_malignant']} malignant", *left_out)
    if pd.isna(row["difference"]):
        return [ReportCell(UNREAD.text, n), UNREAD, UNREAD]
    p_values = f"p {p_value(row['p_value'])}, DeLong {p_value(row['p_delong'])}"
    gap = difference(row["difference"], row["difference_low"], row["difference_high"])
    network = ReportCell(score(row["auc"], row["ci_low"], row["ci_high"]), n)
    if links is not None and row["level"] == "scan":
        network = links.lead(network, row["n"], method=links.method, run=row["run"])
    return [
        network,
        ReportCell(
            score(row["birads_auc"], row["birads_low"], row["birads_high"]), ("chance 0.50",)
        ),
        ReportCell(gap, (p_values,)),
    ]


def _tell(tables: Tables) -> dict[str, Any]:
    compared = tables["birads_comparison"]
    return {
        "question": "Does the network tell more than the BI-RADS category that a radiologist has written down? Both are ranked on the same test "
        f"cases. {judge_birads(compared)}",
        "caution": "whether the category was given before the pathology was known, this study may not tell; and one who reads with the network's "
        "help may do better than either.",
        "nothing_scored": "No test case has a BI-RADS category.",
        "caption": "AUC of the network and of the BI-RADS category alone, same test cases",
        "names": ("Run", "Level"),
        "columns": ("Network", "BI-RADS alone", "Network minus BI-RADS"),
        "rows": list_comparisons(compared, CaseLinks(tables["cases"])),
    }


SECTION = Section(
    "birads",
    "Beside BI-RADS",
    "score.html",
    heading="BI-RADS alone, the AUC to beat",
    needs=("birads_comparison", "cases"),
    tell=_tell,
)

"""Where the scans of the study went: the diagram, and its boxes run by run."""

from typing import Any

import pandas as pd

from sonolens.report.numerals import NOTHING
from sonolens.report.runs import name_rows
from sonolens.report.section import Section, Tables
from sonolens.tables.participants import ALL, ScanFlowTable

TITLES = {
    "decided": "called",
    "undecided": "not called",
    "called_malignant": "called malignant",
    "true_positive": "called malignant, rightly",
    "false_positive": "called malignant, wrongly",
    "called_benign": "called benign",
    "true_negative": "called benign, rightly",
    "false_negative": "called benign, wrongly",
    "pointing": "map has an extreme",
    "silent": "map is constant (silent)",
    "without_map": "no map",
    "asked": "asked for reliance",
    "not_asked": "not asked for reliance",
}
"""The boxes of one run, in their order."""


NAMED = {"run": "Run", "partition": "Partition", "box": "Box", "method": "Method"}

MOST_BOXES = 500
"""More boxes than this are left to the table `scan_flow`."""


def list_boxes(scan_flow: ScanFlowTable) -> list[dict[str, Any]]:
    """List the boxes of every run, with what they count as text."""
    of_runs = scan_flow[scan_flow["run"] != ALL]
    return [
        {name: row[name] for name in ("run", "partition", "scans")}
        | {"box": TITLES[row["box"]], "method": "" if row["method"] == ALL else row["method"]}
        | {name: _count(row[name]) for name in ("lesions", "patients")}
        for row in of_runs.to_dict(orient="records")
    ]


def _count(number: float) -> str:
    return NOTHING if pd.isna(number) else f"{number:.0f}"


def _tell(tables: Tables) -> dict[str, Any]:
    boxes = list_boxes(tables["scan_flow"])
    shown = boxes if len(boxes) <= MOST_BOXES else []
    return {
        "diagram": tables["scan_flow_figure"],
        "boxes": shown,
        "names": name_rows(shown, NAMED, kept=("partition", "box")),
        "left_out": len(boxes) - len(shown),
    }


SECTION = Section(
    "flow",
    "Flow of scans",
    "flow.html",
    folded=False,
    needs=("scan_flow", "scan_flow_figure"),
    tell=_tell,
)

"""The 2 x 2 counts behind sensitivity and specificity, at every frozen threshold."""

from collections.abc import Mapping
from typing import Any

from sonolens.report.case_links import CaseLink, CaseLinks
from sonolens.report.order import in_order
from sonolens.report.runs import NAMED, name_rows, name_runs
from sonolens.report.scores import RULES
from sonolens.report.section import Section, Tables
from sonolens.tables.classification import CallCountsTable
from sonolens.tables.vocabulary import CALL_COUNTS, LABELS, LEVELS, OPERATING_RULES

BENIGN, MALIGNANT = LABELS
CELLS = {
    "true_positive": (MALIGNANT, MALIGNANT),
    "false_negative": (MALIGNANT, BENIGN),
    "false_positive": (BENIGN, MALIGNANT),
    "true_negative": (BENIGN, BENIGN),
}
"""Label and call of what is counted."""


def list_counts(call_counts: CallCountsTable, links: CaseLinks) -> list[dict[str, Any]]:
    """List the counts of the test partition with their cases: per run scans before lesions, the paper's rule first."""
    tested = call_counts[call_counts["partition"] == "test"]
    ordered = in_order(tested, {"level": LEVELS, "rule": OPERATING_RULES}, within="run")
    return [
        {"run": row["run"], "level": row["level"], "rule": RULES[row["rule"]]}
        | {name: CaseLink(str(row[name])) for name in CALL_COUNTS}
        | (_link_cells(row, links) if row["level"] == "scan" else {})
        for row in ordered.to_dict(orient="records")
    ]


def _link_cells(row: Mapping[Any, Any], links: CaseLinks) -> dict[str, CaseLink]:
    limits = links.at_threshold(row["run"], row["threshold"])
    return {
        name: links.show_calls(
            str(row[name]), row[name], run=row["run"], label=label, **limits[call]
        )
        for name, (label, call) in CELLS.items()
        if call in limits
    }


def _tell(tables: Tables) -> dict[str, Any]:
    runs = name_runs(tables["training_runs"])
    counts = list_counts(tables["call_counts"], CaseLinks(tables["cases"]))
    return {
        **runs,
        "counts": counts,
        "names": name_rows(counts, NAMED, kept=("rule",), flattered=runs["flattered"]),
    }


SECTION = Section(
    "call-counts",
    "2 × 2 counts",
    "call_counts.html",
    needs=("call_counts", "training_runs", "cases"),
    tell=_tell,
)

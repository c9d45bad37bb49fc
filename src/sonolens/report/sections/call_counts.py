"""The 2 x 2 counts behind sensitivity and specificity, at every frozen threshold."""

from typing import Any

from sonolens.report.order import in_order
from sonolens.report.runs import name_runs
from sonolens.report.scores import RULES
from sonolens.report.section import Section, Tables
from sonolens.tables.classification import CallCountsTable
from sonolens.tables.vocabulary import CALL_COUNTS, LEVELS, OPERATING_RULES


def list_counts(call_counts: CallCountsTable) -> list[dict[str, Any]]:
    """List the counts of the test partition: per run scans before lesions, the paper's rule first."""
    tested = call_counts[call_counts["partition"] == "test"]
    ordered = in_order(tested, {"level": LEVELS, "rule": OPERATING_RULES}, within="run")
    return [
        {"run": row["run"], "level": row["level"], "rule": RULES[row["rule"]]}
        | {name: row[name] for name in CALL_COUNTS}
        for row in ordered.to_dict(orient="records")
    ]


def _tell(tables: Tables) -> dict[str, Any]:
    return {**name_runs(tables["training_runs"]), "counts": list_counts(tables["call_counts"])}


SECTION = Section(
    "call-counts",
    "2 × 2 counts",
    "call_counts.html",
    needs=("call_counts", "training_runs"),
    tell=_tell,
)

"""The data card: what was read beside what was published, and what screening found."""

from typing import Any

from sonolens.report.section import Section, Tables
from sonolens.tables.cohort import ScreeningTable


def summarise_screening(screening: ScreeningTable) -> list[dict[str, Any]]:
    """Count the scans of every check that found something, errors first, with one example each."""
    ordered = screening.sort_values(["severity", "check", "scan_id"], kind="stable")
    return [
        {
            "severity": severity,
            "check": check,
            "scans": int(findings["scan_id"].nunique()),
            "message": findings["message"].iloc[0],
        }
        for (severity, check), findings in ordered.groupby(["severity", "check"], sort=False)
    ]


def _tell(tables: Tables) -> dict[str, Any]:
    return {"study": tables["study_facts"], "findings": summarise_screening(tables["screening"])}


SECTION = Section(
    "data", "Data card", "data_card.html", needs=("study_facts", "screening"), tell=_tell
)

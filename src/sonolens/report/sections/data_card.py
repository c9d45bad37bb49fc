"""The data card: what was read beside what was published, and what screening found."""

from typing import Any

from sonolens.report.pictures import Caption
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
    "data",
    "Data card",
    "data_card.html",
    needs=("study_facts", "screening"),
    figures=(
        Caption(
            name="screening_sheet",
            title="The scans as they were read",
            text="Each mask is outlined on its scan. Every kind of finding comes first, errors before warnings, "
            "then sound scans spread over the study. Look here first: is the mass what is outlined?",
            alt="Small pictures of scans with the outlines of their masks, and findings in words.",
        ),
    ),
    tell=_tell,
)

"""What experiments that run by name found, where some were run; nothing otherwise."""

from typing import Any

import pandas as pd

from sonolens.report.section import Section, Tables
from sonolens.tables.experiments import AskedExperimentsTable

IN_SIGHT = 2
"""Sentences of one experiment that are not folded away."""


def say_origin(made_from: str, source: str) -> str:
    """Say whether an experiment speaks of the results on the page.

    >>> say_origin("this run", "1")
    'made from the results on this page'
    >>> say_origin("another study", "1")
    'of another study than this page, run 1'
    """
    return {
        "this run": "made from the results on this page",
        "this study": f"of the same study, but not from the results on this page: those of run {source}",
        "phantoms": "planted in phantoms, not in the scans of this study",
        "another study": f"of another study than this page, run {source}",
    }[made_from]


def _tell(tables: Tables) -> dict[str, Any]:
    asked: AskedExperimentsTable = tables["asked_experiments"]
    return {"experiments": [_read(rows) for _, rows in asked.groupby("experiment", sort=False)]}


def _read(rows: pd.DataFrame) -> dict[str, Any]:
    first, sentences = rows.iloc[0], rows.sort_values("place")["sentence"].tolist()
    return {
        **{name: first[name] for name in ("title", "question", "name", "page")},
        "sentences": sentences[:IN_SIGHT],
        "folded": sentences[IN_SIGHT:],
        "origin": say_origin(first["made_from"], first["source"]),
    }


SECTION = Section(
    "by-name",
    "Experiments run by name",
    "by_name.html",
    needs=("asked_experiments",),
    tell=_tell,
)

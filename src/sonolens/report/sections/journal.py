"""What a journal asks for: the methods in prose, checklists, and cards that machines read."""

from typing import Any

from sonolens.report.cards.data_card import list_missing
from sonolens.report.section import Section, Tables
from sonolens.report.sections import checklists

LONGEST_CARD = 60_000
"""A card of more letters is named on the page, and not shown."""


def _tell_cards(tables: Tables) -> dict[str, Any]:
    model_card, data_card = tables["model_card"], tables["data_card"]
    missing = list_missing(data_card)
    if not model_card.startswith("---\nlicense:"):
        missing = ["publication.model_license", *missing]
    return {
        "model_card": model_card if len(model_card) <= LONGEST_CARD else "",
        "data_card": data_card,
        "missing": missing,
    }


METHODS = Section(
    "methods",
    "Methods",
    "methods.html",
    folded=False,
    needs=("methods_text",),
    tell=lambda tables: {"methods": tables["methods_text"]},
)
CARDS = Section(
    "cards",
    "Cards",
    "cards.html",
    folded=False,
    needs=("model_card", "data_card"),
    tell=_tell_cards,
)
SECTION = Section(
    "journal",
    "For a journal",
    "journal.html",
    parts=(METHODS, checklists.SECTION, CARDS),
)

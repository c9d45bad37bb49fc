"""The sections of the page, in its order, each declared in a module of its own.

A further table or figure of a section is named in that section's module, and set out in its template;
a new section is a new module, its template, and its place in `CHAPTERS`. Nothing else has to be told:
navigation, page and the inputs of the node follow. A new figure also needs a line in
`pipelines/reporting/figures.py` and, as every dataset, its entry in the catalog.
"""

from sonolens.report.section import Chapter
from sonolens.report.sections import (
    abstention,
    answer,
    cases,
    classification,
    configurations,
    data_card,
    evidence,
    experiments,
    journal,
    limits,
    optimism,
    paper_figures,
    planted,
    pointing,
    provenance,
    readers,
    reading,
    reliance,
    shortcuts,
    study,
    training,
    truth,
)

ANSWER = answer.SECTION
"""Stands above the navigation, so that no link leads to it."""

CHAPTERS = (
    Chapter(
        "Explanations",
        (
            pointing.SECTION,
            reliance.SECTION,
            paper_figures.SECTION,
            cases.SECTION,
            evidence.SECTION,
            truth.SECTION,
            readers.SECTION,
            abstention.SECTION,
            experiments.SECTION,
            planted.SECTION,
        ),
    ),
    Chapter(
        "Classification",
        (
            classification.SECTION,
            configurations.SECTION,
            optimism.SECTION,
            shortcuts.SECTION,
        ),
    ),
    Chapter("Methods", (training.SECTION, reading.SECTION, journal.SECTION)),
    Chapter("Study and data", (study.SECTION, data_card.SECTION)),
    Chapter("Provenance", (limits.SECTION, provenance.SECTION)),
)

SECTIONS = tuple(section for chapter in CHAPTERS for section in chapter.sections)

WRITTEN = (ANSWER, *(each for section in SECTIONS for each in (section, *section.parts)))
"""Every section that has a template, also those that stand within another."""

INPUTS = tuple(
    dict.fromkeys(
        name
        for section in WRITTEN
        for name in (
            *section.needs,
            *(caption.name for caption in section.figures),
            *(caption.drawn_from for caption in section.figures if caption.drawn_from),
        )
    )
)
"""Every dataset that the page is made of."""

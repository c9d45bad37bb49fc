"""The report on paper: A4 sheets that say which run they are of, with every section, nothing folded away and nothing cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from visit import Visit

A4_PT = (595, 842)
TEXT_PX = 688
"""Width of the text on an A4 sheet with margins of 14 mm, in pixels of 1/96 inch."""

FOLD = "() => document.querySelectorAll('details').forEach((each) => { each.open = false; })"

HEADINGS = """() => [...document.querySelectorAll("main section h2, main section h3")]
    .filter((each) => !each.closest("[data-cases]")).map((each) => each.textContent)"""

FOLDED = """() => [...document.querySelectorAll("main details > :not(summary)")]
    .filter((each) => !each.closest("[data-cases], .long") && !each.checkVisibility())
    .map((each) => each.outerHTML.slice(0, 80))"""


def printed(opened: Visit) -> list[tuple[tuple[int, int], str]]:
    """Size in points and text of every sheet."""
    pdfium = pytest.importorskip(
        "pypdfium2", reason="no pypdfium2: it reads what was printed (make setup)"
    )
    written = pdfium.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    sheets = []
    for sheet in written:
        width, height = sheet.get_size()
        sheets.append(((round(width), round(height)), sheet.get_textpage().get_text_bounded()))
    written.close()
    return sheets


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_sheets_are_a4_numbered_and_of_this_run_and_hold_every_section(
    visit: Callable[..., Visit], report: Path
) -> None:
    opened = visit(report)
    headings = opened.page.evaluate(HEADINGS)
    sheets = printed(opened)
    text = squeeze("".join(words for _, words in sheets))

    assert {size for size, _ in sheets} == {A4_PT}
    assert 5 < len(sheets) < 100
    assert len(headings) > 10
    assert [heading for heading in headings if squeeze(heading) not in text] == []
    for number, (_, words) in enumerate(sheets, start=1):
        assert report.parent.name in words, number
        assert re.search(rf"\b{number} ?(/|of) ?{len(sheets)}\b", words), number


def test_paper_shows_what_the_screen_folds_away_but_for_what_is_long_and_cuts_nothing(
    visit: Callable[..., Visit], report: Path
) -> None:
    opened = visit(report)
    opened.page.evaluate(FOLD)
    assert opened.page.evaluate(FOLDED)
    opened.page.emulate_media(media="print")
    opened.resize(TEXT_PX, 1000)

    assert opened.page.evaluate(FOLDED) == []
    assert opened.too_wide() == []

"""The report on paper: A4 sheets that say which run they are of, with every section, nothing folded away and nothing cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from test_cases import read_run
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


FILLED = """() => document.querySelector("[data-paper] canvas") !== null
    && [...document.querySelectorAll("[data-paper] canvas")].every((each) => !each.hidden)"""


def test_the_wrong_calls_are_printed_with_their_pictures(
    visit: Callable[..., Visit], report: Path
) -> None:
    cases = read_run(report, "cases")
    wrong = cases[~cases["correct"].astype(bool)]
    assert len(wrong) > 0
    opened = visit(report)
    opened.page.wait_for_function(FILLED)
    assert not opened.page.locator("[data-paper]").is_visible()
    text = squeeze("".join(words for _, words in printed(opened)))
    opened.page.emulate_media(media="print")
    inked = opened.page.locator("[data-paper] canvas").evaluate_all(INKED)

    assert len(inked) == len(wrong)
    assert min(inked) > 0.5
    for _, row in wrong.iterrows():
        call = "malignant" if row["called"] else "benign"
        assert squeeze(f"{row['scan_id']}: {row['label']}, called {call}. Probability") in text


INKED = """(all) => all.map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) seen += data[at] + data[at + 1] + data[at + 2] > 60;
  return canvas.clientWidth > 100 ? seen / (data.length / 4) : 0;
})"""


def test_no_heading_is_left_alone_at_the_end_of_a_sheet(
    visit: Callable[..., Visit], report: Path
) -> None:
    opened = visit(report)
    known = "() => [...document.querySelectorAll('main :is(h2, h3, dt, caption)')].map((each) => each.innerText)"
    headings = {squeeze(each) for each in opened.page.evaluate(known)}
    last = []
    for _, words in printed(opened):
        lines = [squeeze(each) for each in words.splitlines() if squeeze(each)]
        kept = [each for each in lines if not re.search(r"^sonolens,run|^\d+/\d+$", each)]
        last.append(kept[-1])

    assert len(headings) > 30
    assert [each for each in last if each in headings] == []


def test_few_sheets_are_mostly_blank(visit: Callable[..., Visit], report: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2", reason="no pypdfium2: it reads what was printed")
    opened = visit(report)
    opened.page.wait_for_function(FILLED)
    written = pdfium.PdfDocument(opened.page.pdf(prefer_css_page_size=True))
    filled = []
    for sheet in written:
        dark = np.asarray(sheet.render(scale=0.3).to_pil().convert("L")) < DARK
        rows = np.flatnonzero(dark.any(axis=1)) / len(dark)
        filled.append(rows[rows < FOOT].max())
    written.close()

    assert sum(each < HALF for each in filled[:-1]) <= 1, filled


DARK, FOOT, HALF = 200, 0.93, 0.5
"""Of grey levels; of the height of a sheet, where its foot begins; and below what it is mostly blank."""

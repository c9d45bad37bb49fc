"""The report on paper: A4 sheets that say which run they are of, with every section, nothing folded away and nothing cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from test_cases import read_run
from visit import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

A4_PT = (595, 842)
TEXT_PX = 688
"""Width of the text on an A4 sheet with margins of 14 mm, in pixels of 1/96 inch."""

DARK, FOOT, HALF = 200, 0.93, 0.5
"""Of grey levels; of the height of a sheet, where its foot begins; and below what it is mostly blank."""

FOLD = "() => document.querySelectorAll('details').forEach((each) => { each.open = false; })"

HEADINGS = """() => [...document.querySelectorAll("main section h2, main section h3")]
    .filter((each) => !each.closest("[data-cases]")).map((each) => each.textContent)"""

FILLED = """() => document.querySelector("[data-paper] canvas") !== null
    && [...document.querySelectorAll("[data-paper] canvas")].every((each) => !each.hidden)"""

FOLDED = """() => [...document.querySelectorAll("main details > :not(summary)")]
    .filter((each) => !each.closest("[data-cases], .long") && !each.checkVisibility())
    .map((each) => each.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Sheet:
    """One printed sheet: its size in points, its text, and how far down its last ink above the foot lies, of 1."""

    size: tuple[int, int]
    text: str
    filled: float


@pytest.fixture(scope="module")
def sheets(chromium: Browser, report: Path) -> list[Sheet]:
    """The report printed once, when its pictures were drawn."""
    pdfium = pytest.importorskip(
        "pypdfium2", reason="no pypdfium2: it reads what was printed (make setup)"
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(report.as_uri())
    page.wait_for_function(FILLED)
    written = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    context.close()
    sheets = [_read_sheet(each) for each in written]
    written.close()
    return sheets


def _read_sheet(sheet: Any) -> Sheet:
    width, height = sheet.get_size()
    dark = np.asarray(sheet.render(scale=0.3).to_pil().convert("L")) < DARK
    rows = np.flatnonzero(dark.any(axis=1)) / len(dark)
    text = sheet.get_textpage().get_text_bounded()
    return Sheet((round(width), round(height)), text, rows[rows < FOOT].max(initial=0.0))


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_sheets_are_a4_numbered_and_of_this_run_and_hold_every_section(
    visit: Callable[..., Visit], report: Path, sheets: list[Sheet]
) -> None:
    headings = visit(report).page.evaluate(HEADINGS)
    text = squeeze("".join(sheet.text for sheet in sheets))

    assert {sheet.size for sheet in sheets} == {A4_PT}
    assert 5 < len(sheets) < 100
    assert len(headings) > 10
    assert [heading for heading in headings if squeeze(heading) not in text] == []
    for number, sheet in enumerate(sheets, start=1):
        assert report.parent.name in sheet.text, number
        assert re.search(rf"\b{number} ?(/|of) ?{len(sheets)}\b", sheet.text), number


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


def test_the_wrong_calls_are_printed_with_their_pictures(
    visit: Callable[..., Visit], report: Path, sheets: list[Sheet]
) -> None:
    cases = read_run(report, "cases")
    wrong = cases[~cases["correct"].astype(bool)]
    assert len(wrong) > 0
    opened = visit(report)
    opened.page.wait_for_function(FILLED)
    assert not opened.page.locator("[data-paper]").is_visible()
    text = squeeze("".join(sheet.text for sheet in sheets))
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
    visit: Callable[..., Visit], report: Path, sheets: list[Sheet]
) -> None:
    opened = visit(report)
    known = "() => [...document.querySelectorAll('main :is(h2, h3, dt, caption)')].map((each) => each.innerText)"
    headings = {squeeze(each) for each in opened.page.evaluate(known)}
    last = []
    for sheet in sheets:
        lines = [squeeze(each) for each in sheet.text.splitlines() if squeeze(each)]
        kept = [each for each in lines if not re.search(r"^sonolens,run|^\d+/\d+$", each)]
        last.append(kept[-1])

    assert len(headings) > 30
    assert [each for each in last if each in headings] == []


def test_few_sheets_are_mostly_blank(sheets: list[Sheet]) -> None:
    filled = [sheet.filled for sheet in sheets]

    assert sum(each < HALF for each in filled[:-1]) <= 1, filled

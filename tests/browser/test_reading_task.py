"""A reader at the task: points, draws, chooses and saves; what is read back is what was meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from test_access import grave_findings
from visit import SIZES, Visit
from written import HOSTILE

from sonolens.reading_task import read_answers, write_task
from sonolens.reading_task.key import read_key
from sonolens.reading_task.task import KEY, PAGE

ROWS, COLS = 60, 90
CORNERS = [(9.5, 19.5), (9.5, 49.5), (39.5, 49.5), (39.5, 19.5)]
"""Between pixels, so that the mask is known: rows 10 to 39, columns 20 to 49."""

VIOLATIONS = """() => { window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.effectiveDirective)); }"""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    scans = tmp_path / "scans"
    scans.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b", HOSTILE[2]):
        grey = rng.integers(40, 200, (ROWS, COLS), dtype=np.uint8)
        Image.fromarray(grey).save(scans / f"{name}.png")
    write_task([scans], tmp_path / "task", seed=0)
    return tmp_path / "task"


def click_at(opened: Visit, row: float, col: float) -> None:
    """Click a place of the scan; whole numbers are pixel centres."""
    opened.one("stage").scroll_into_view_if_needed()
    box = opened.one("picture").bounding_box()
    assert box is not None
    x = box["x"] + (col + 0.5) / COLS * box["width"]
    opened.page.mouse.click(x, box["y"] + (row + 0.5) / ROWS * box["height"])


def save(opened: Visit, to: Path) -> Path:
    with opened.page.expect_download() as download:
        opened.one("save").click()
    download.value.save_as(to)
    return to


def said(opened: Visit) -> str:
    return opened.one("said").inner_text()


def test_a_reader_points_draws_and_saves_and_the_known_mask_returns(
    visit: Callable[..., Visit], task: Path, tmp_path: Path
) -> None:
    opened = visit(task / PAGE)
    opened.one("reader").fill("Reader n p")  # no key of these does anything
    click_at(opened, 25, 30)
    opened.page.get_by_role("button", name="Outline").click()
    for corner in CORNERS:
        click_at(opened, *corner)
    opened.page.get_by_label("4c").check()
    opened.page.get_by_label("5", exact=True).last.check()
    opened.one("next").click()
    assert opened.one("progress").inner_text() == "Scan 2 of 3, 1 read"

    saved = save(opened, tmp_path / "answers.json")
    told = read_answers([saved], [task / KEY], tmp_path / "readings.csv")
    (row,) = pd.read_csv(tmp_path / "readings.csv", dtype=str).to_dict("records")
    mask = np.asarray(Image.open(tmp_path / row["mask"]))
    known = np.zeros((ROWS, COLS), dtype=bool)
    known[10:40, 20:50] = True
    assert told[-1].startswith("1 reading, 0 left out")
    np.testing.assert_array_equal(mask, known)
    assert float(row["point_row"]) == pytest.approx(25, abs=0.2)
    assert float(row["point_col"]) == pytest.approx(30, abs=0.2)
    assert (row["reader"], row["birads"], row["confidence"]) == ("Reader n p", "4c", "5")
    assert float(row["seconds"]) > 0
    assert row["scan_id"] == read_key(task / KEY).scans[0].scan_id


def test_keys_alone_will_do_and_what_is_open_is_told_once(
    visit: Callable[..., Visit], task: Path, tmp_path: Path
) -> None:
    opened = visit(task / PAGE)
    opened.one("stage").focus()
    for key in ("ArrowRight", "Enter", "o", "Enter", "Shift+ArrowDown", "Enter"):
        opened.page.keyboard.press(key)
    opened.page.keyboard.press("n")
    assert "three corners" in said(opened)
    opened.page.keyboard.press("Shift+ArrowRight")
    opened.page.keyboard.press("Enter")
    opened.page.keyboard.press("n")
    assert said(opened) == "Still open: BI-RADS, the confidence. Press next again to leave it so."
    opened.page.keyboard.press("n")
    assert opened.one("progress").inner_text() == "Scan 2 of 3, 1 read"
    opened.page.keyboard.press("b")
    opened.page.keyboard.press("u")
    opened.one("save").click()
    assert "three corners" in said(opened)
    opened.page.keyboard.press("Delete")
    opened.one("next").click()
    opened.one("next").click()

    answers = json.loads(save(opened, tmp_path / "answers.json").read_text())["answers"]
    assert [(each["point"], each["contour"]) for each in answers] == [(None, None)]


def test_a_task_goes_on_where_it_was_left(visit: Callable[..., Visit], task: Path) -> None:
    opened = visit(task / PAGE)
    opened.one("reader").fill("A")
    opened.page.get_by_label("4a").check()
    opened.one("next").click()
    opened.one("next").click()
    opened.page.reload()

    assert opened.one("progress").inner_text() == "Scan 2 of 3, 1 read"
    assert opened.one("reader").input_value() == "A"
    opened.one("back").click()
    assert opened.page.get_by_label("4a").is_checked()


def test_the_page_fits_every_size_and_fetches_and_runs_nothing(
    visit: Callable[..., Visit], task: Path
) -> None:
    opened = visit(task / PAGE)
    for width, height in SIZES.values():
        opened.resize(width, height)
        assert opened.too_wide() == [], width
    assert grave_findings(opened) == []
    opened.page.evaluate(VIOLATIONS)
    fetched = opened.page.evaluate(
        "() => fetch('https://example.org/').then(() => 'fetched', () => 'refused')"
    )

    assert fetched == "refused"
    assert opened.page.evaluate("() => window.refused") == ["connect-src"]
    assert opened.page.evaluate("() => window.ran ?? 0") == 0
    assert opened.forget()

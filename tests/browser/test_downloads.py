"""Files to take away: tables as data that pandas reads as numbers, and every figure."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_cases import read_run
from visit import Visit
from written import Pages

TAKE_ALL = """async (kind) => {
  const taken = [];
  URL.createObjectURL = (blob) => (taken.push([blob]), "data:,");
  HTMLAnchorElement.prototype.click = function () { taken.at(-1).push(this.download); };
  for (const button of document.querySelectorAll(`[data-take=${kind}]`)) button.click();
  return Promise.all(taken.map(async ([blob, name]) => [name, await blob.text()]));
}"""
"""Presses all buttons of a kind and keeps what they write from the disk."""

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def opened(visit: Callable[..., Visit], report: Path) -> Visit:
    return visit(report)


def test_table_2_is_taken_away_as_the_numbers_of_the_run(opened: Visit, report: Path) -> None:
    with opened.page.expect_download() as taken:
        opened.page.locator("#pointing [data-take=csv]").first.click()
    name = taken.value.suggested_filename
    table = pd.read_csv(taken.value.path())
    game = read_run(report, "pointing_game").query(
        "rule == 'either' and subset == 'correct' and label == 'both'"
    )

    assert name.startswith("table_2_hits_of_correctly_classified_test_scans")
    assert len(table) == len(game)
    for column, known in (
        ("Hits (%)", 100 * game["rate"]),
        ("Hits low (%)", 100 * game["ci_low"]),
        ("Hits high (%)", 100 * game["ci_high"]),
        ("Beyond fixed places low (points)", 100 * game["beyond_location_prior_low"]),
        ("p (adjusted)", game["p_adjusted"]),
        ("n", game["n"]),
    ):
        np.testing.assert_allclose(sorted(table[column]), sorted(known), rtol=1e-4, err_msg=column)


def test_every_table_is_data_and_no_file_is_named_twice(opened: Visit) -> None:
    files = opened.page.evaluate(TAKE_ALL, "csv")
    names = [name for name, _ in files]

    assert len(files) > 20
    assert len(set(names)) == len(names)
    for name, text in files:
        assert re.fullmatch(r"[a-z0-9_]{3,64}\.csv", name), name
        assert not re.search(r"\[[−+\d.]+, |−\d|(^|,)[-\d.]+ %(,|$)", text, flags=re.MULTILINE), (
            name
        )
        table = pd.read_csv(io.StringIO(text))
        assert len(table.columns) == len(set(table.columns)), name


def test_every_latex_table_is_numbered_by_latex_alone_and_can_be_referred_to(opened: Visit) -> None:
    files = opened.page.evaluate(TAKE_ALL, "latex")
    labels = [re.search(r"\\label\{(tab:[a-z0-9-]+)\}", text)[1] for _, text in files]

    assert len(set(labels)) == len(labels) > 20
    assert not any(re.search(r"\\caption\{(Table|Fig)", text) for _, text in files)


def test_every_figure_is_offered_and_the_flow_is_black_on_white(opened: Visit) -> None:
    lacking = opened.page.locator("main figure[id]:not(:has(figcaption .take))")
    assert lacking.count() == 0
    with opened.page.expect_download() as taken:
        opened.page.locator("#flow-diagram [data-take=svg]").click()
    root = ET.fromstring(Path(taken.value.path()).read_text(encoding="utf-8"))  # noqa: S314 - ours

    assert taken.value.suggested_filename == "flow-diagram.svg"
    assert root.tag == f"{SPACE}svg"
    assert (root.get("color"), "background" in root.get("style", "")) == ("#000", True)
    assert root.findall(f".//{SPACE}rect")


def test_hostile_names_are_taken_away_as_text(visit: Callable[..., Visit], pages: Pages) -> None:
    opened = visit(pages.hostile)
    for _, text in opened.page.evaluate(TAKE_ALL, "csv"):
        assert not re.search(r"(^|,)\"?[=@]", text, flags=re.MULTILINE)
        pd.read_csv(io.StringIO(text))

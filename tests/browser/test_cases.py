"""The case browser against the tables of the same run: filters, orders, the ring, links, keys, read-out and pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from visit import CaseBrowser, Visit
from written import CELLS, SCAN_PX, STRONGEST, Pages

from sonolens.report.case_links import add_reliance

RANKS = ["false negative", "false positive", "true positive", "true negative"]
COUNTS = ["n", "hits", "rate", "chance"]
HITS = {"counted": ("hit", "in part", "miss"), "reached": ("hit", "in part")}
DISTANCES = ["max_distance_mm", "min_distance_mm"]


def read_run(report: Path, name: str) -> pd.DataFrame:
    """Read a table that the run of a report wrote."""
    version = report.parent.name
    table = pd.read_csv(report.parents[2] / f"{name}.csv" / version / f"{name}.csv")
    return table.astype(object).where(table.notna(), None) if name == "cases" else table


def keys(cases: pd.DataFrame) -> list[str]:
    named = cases[["method", "run", "scan_id"]].to_numpy(str).tolist()
    return ["/".join(each) for each in named]


def notes(row: pd.Series) -> list[str]:
    return [note for each in (row["descriptors"], row["findings"]) if each for note in each.split("; ")]  # fmt: skip


def hit(row: pd.Series) -> str:
    if row["silent"]:
        return "constant map"
    return {0.0: "miss", 1.0: "hit"}.get(round(row["hit_either"], 9), "in part")


def passes(row: pd.Series, name: str, value: str) -> bool:
    """Tell whether a case passes a filter, by its row alone and by the rule `either`."""
    if name == "hit":
        return hit(row) in HITS.get(value, (value,))
    if name == "target":
        return True  # says only what a hit is a hit of
    if name == "region":
        return value in (row["max_region"], row["min_region"])
    if name == "finding":
        return value in notes(row)
    if name == "call":
        return ("malignant" if row["called"] else "benign") == value
    said = "unknown" if row[name] is None else str(row[name])
    return (said.lower() if name == "correct" else said) == value


def chosen(cases: pd.DataFrame, filters: Iterable[tuple[str, str]]) -> list[str]:
    kept = [all(passes(row, *each) for each in filters) for _, row in cases.iterrows()]
    return keys(cases[kept])


def value_of(row: pd.Series, by: str) -> Any:
    """What a case is sorted by, by the rule `either`; None where it has no value."""
    if by == "hit":
        return hit(row)
    if by == "region":
        return row["max_region"]
    if by == "distance":
        known = [row[each] for each in DISTANCES if row[each] is not None]
        return float(f"{min(known):.6g}") if known else None
    value = row["called"] if by == "call" else row[by]
    if by == "call":
        return "malignant" if value else "benign"
    return float(f"{value:.6g}") if isinstance(value, float) else value


@pytest.fixture
def table(report: Path) -> pd.DataFrame:
    folder = report.parents[3] / "07_model_output" / "region_reliance.csv" / report.parent.name
    return add_reliance(read_run(report, "cases"), pd.read_csv(folder / "region_reliance.csv"))


@pytest.fixture
def hostile(visit: Callable[..., Visit], pages: Pages) -> CaseBrowser:
    return CaseBrowser(visit(pages.hostile))


def check_filters(browser: CaseBrowser, cases: pd.DataFrame) -> None:
    for name, values in browser.offered().items():
        for value in values:
            browser.filter(name, value)
            expected = chosen(cases, [(name, value)])
            assert (browser.counted(), browser.listed()) == (len(expected), expected), (name, value)
        browser.filter(name, "")
    assert browser.listed() == keys(cases)


def test_every_choice_of_every_filter_lists_the_cases_of_the_table(
    cases: CaseBrowser, table: pd.DataFrame
) -> None:
    assert {"outcome", "hit", "region", "label", "call", "correct"} <= cases.offered().keys()
    check_filters(cases, table)


def test_filters_hold_for_unknown_values_ties_and_hostile_names(
    hostile: CaseBrowser, pages: Pages
) -> None:
    cases = pages.cases.astype(object).where(pages.cases.notna(), None)
    offered = hostile.offered()

    assert {"birads", "device", "finding", "method"} <= offered.keys()
    assert "run" not in offered  # one run is no choice
    assert "unknown" in offered["birads"]
    check_filters(hostile, cases)
    outcome = [("outcome", "true negative"), ("hit", "hit"), ("method", "edges")]
    for name, value in outcome:
        hostile.filter(name, value)
    assert hostile.listed() == chosen(cases, outcome) != []
    hostile.clear()
    for name, value, kept in (
        ("probability:least", "0.35", cases["probability"] >= 0.35),
        ("probability:most", "0.4", cases["probability"] <= 0.4),
        ("distance:least", "4", cases[DISTANCES].min(axis=1) >= 4),
        ("text", "<IMG SRC", cases["scan_id"].str.contains("<img src", regex=False)),
    ):
        hostile.filter(name, value)
        assert hostile.listed() == keys(cases[kept]) != []
        hostile.clear()


def test_missed_cancers_come_first_and_every_order_is_that_of_the_table(
    cases: CaseBrowser, table: pd.DataFrame
) -> None:
    ranks = [RANKS.index(outcome) for outcome in table["outcome"]]
    assert cases.listed() == keys(table)
    assert ranks == sorted(ranks, key=lambda rank: min(rank, 2))
    read = "(all) => all.map((each) => each.value).filter(Boolean)"
    for by in cases.page.locator("[data-sort] option").evaluate_all(read):
        valued = [(value_of(row, by), key) for (_, row), key in zip(table.iterrows(), keys(table), strict=True)]  # fmt: skip
        known = [each for each in valued if each[0] is not None]
        unknown = [key for value, key in valued if value is None]
        cases.page.locator("[data-sort]").select_option(by)
        for descending in (False, True):
            cases.visit.one("sort-descending").set_checked(descending)
            ordered = sorted(known, key=lambda each: each[0], reverse=descending)
            assert cases.listed() == [key for _, key in ordered] + unknown, (by, descending)


def test_the_ring_at_the_study_s_own_width_plays_the_pointing_game(
    cases: CaseBrowser, report: Path
) -> None:
    game = read_run(report, "pointing_game")
    for filters in ({}, {"correct": "true"}, {"correct": "false"}, {"label": "malignant"}):
        cases.clear()
        for name, value in filters.items():
            cases.filter(name, value)
        subset = {"true": "correct", "false": "wrong", "": "all"}[filters.get("correct", "")]
        part = game[(game["subset"] == subset) & (game["label"] == filters.get("label", "both"))]
        for rule, scored in part.groupby("rule"):
            check_rates(cases.play(ring=cases.own, rule=str(rule)), scored)


def test_the_ring_at_widths_of_the_sweep_plays_the_sweep(cases: CaseBrowser, report: Path) -> None:
    sweep = read_run(report, "ring_sweep").query("subset == 'correct' and label == 'both'")
    cases.filter("correct", "true")
    played = 0
    for (width, rule), scored in sweep.groupby(["ring_outer_mm", "rule"]):
        if width in cases.widths:
            check_rates(cases.play(ring=cases.widths.index(width), rule=str(rule)), scored)
            played += 1
    assert played >= 4


def check_rates(played: dict[str, dict[str, float]], scored: pd.DataFrame) -> None:
    for region, expected in scored.set_index("region")[COUNTS].iterrows():
        found = [played[str(region)][name] for name in COUNTS]
        np.testing.assert_allclose(found, expected.astype(float), atol=1e-9, err_msg=str(region))


def test_keys_lead_through_cases_and_rings_but_not_while_somebody_types(
    cases: CaseBrowser, table: pd.DataFrame
) -> None:
    page, press = cases.page, cases.page.keyboard.press
    names = table["scan_id"].tolist()
    cases.page.locator("[data-open-case]").first.focus()
    title = cases.visit.one("case-title")

    seen = []
    for key in ("j", "j", "k", "k", "k"):
        press(key)
        seen.append(title.inner_text())
    assert seen == [names[1], names[2], names[1], names[0], names[0]]

    widths = []
    for key in ("]", "]", "["):
        press(key)
        widths.append(cases.text("ring-width"))
    at = cases.widths
    assert widths == [f"{at[cases.own + step]:g} mm" for step in (1, 2, 1)]
    cases.visit.one("ring-reset").click()
    assert cases.text("ring-width") == f"{at[cases.own]:g} mm"

    page.locator("[data-open-case]").first.focus()
    press("?")
    assert cases.visit.one("case-help").is_visible()
    press("j")
    assert title.inner_text() == names[0]
    press("Escape")
    assert not cases.visit.one("case-help").is_visible()
    assert page.evaluate(
        "() => document.querySelector('[data-cases]').contains(document.activeElement)"
    )

    page.locator("[data-filter=text]").focus()
    page.keyboard.type("j]?")
    assert title.inner_text() == names[0] or cases.listed() == []
    assert page.locator("[data-filter=text]").input_value() == "j]?"
    assert cases.text("ring-width") == f"{at[cases.own]:g} mm"


def test_after_any_link_to_cases_keys_walk_through_them(cases: CaseBrowser) -> None:
    page, title = cases.page, cases.visit.one("case-title")
    answer = page.locator("header a[data-show-cases]").all()
    links = [each for each in answer if each.inner_text().split()[0] not in "01"][:2]
    links += page.locator("#cases .note a[data-show-cases]").all()
    assert len(links) == 3
    for link in links:
        link.click()
        page.wait_for_timeout(300)  # the jump, and what it takes from the focus
        first = title.inner_text()
        page.keyboard.press("j")
        assert title.inner_text() != first
        assert cases.text("case-position").startswith("Case 2 of ")
        page.keyboard.press("k")
        assert title.inner_text() == first


def test_a_button_that_can_no_longer_be_pressed_does_not_take_the_keys_with_it(
    hostile: CaseBrowser,
) -> None:
    page = hostile.page
    last = len(hostile.listed())
    for _ in range(last - 1):
        hostile.visit.one("case-next").click()
    assert hostile.text("case-position") == f"Case {last} of {last}"
    page.keyboard.press("k")
    assert hostile.text("case-position") == f"Case {last - 1} of {last}"

    page.locator("[data-ring]").fill("0")
    hostile.visit.one("ring-reset").click()
    page.keyboard.press("k")
    assert hostile.text("case-position") == f"Case {last - 2} of {last}"


def test_a_link_from_elsewhere_brings_the_list_into_sight(
    visit: Callable[..., Visit], pages: Pages
) -> None:
    opened = visit(pages.hostile, width=390, height=844)
    link = opened.page.locator("#cases a[data-show-cases]").first
    told = int(link.inner_text().split()[0])
    link.click()
    opened.page.wait_for_function(
        """() => {
            const { top } = document.querySelector("[data-case-list]").getBoundingClientRect();
            return top >= 0 && top < window.innerHeight / 2;
        }""",
        timeout=5000,
    )

    assert opened.page.locator("[data-case-rows] > tr").count() == told


def test_on_a_telephone_a_chosen_case_comes_into_sight(
    visit: Callable[..., Visit], pages: Pages
) -> None:
    opened = visit(pages.hostile, width=390, height=844)
    opened.page.locator("[data-open-case]").nth(3).click()
    opened.page.wait_for_function(
        """() => {
            const title = document.querySelector("[data-case-title]").getBoundingClientRect();
            const over = document.elementFromPoint(title.left + 5, title.top + title.height / 2);
            return title.bottom < window.innerHeight && over?.matches("[data-case-title]");
        }""",
        timeout=5000,
    )

    assert opened.one("case-title").text_content() == pages.cases["scan_id"][3]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_the_ring_is_seen_while_it_is_widened(
    visit: Callable[..., Visit], pages: Pages, width: int, height: int
) -> None:
    opened = visit(pages.hostile, width=width, height=height)
    browser = CaseBrowser(opened)
    browser.wait_for_pictures()
    opened.page.locator("[data-case-view]").evaluate("(each) => each.scrollIntoView()")
    boxes = [
        opened.page.locator(each).first.bounding_box()
        for each in ("[data-ring]", "canvas[data-map]")
    ]

    assert 0 < boxes[0]["y"] < boxes[1]["y"]
    assert boxes[1]["y"] + boxes[1]["height"] < height
    before = browser.text("ring-told")
    opened.page.locator("[data-ring]").fill("0")
    assert browser.text("ring-told").startswith("Hits mass, ring or below: ")
    assert browser.text("ring-width") == browser.text("ring-now") == f"{browser.widths[0]:g} mm"
    assert before


WALK = """() => {
  const now = document.activeElement;
  const style = getComputedStyle(now);
  const box = now.getBoundingClientRect();
  return {
    at: window.walk.indexOf(now),
    inside: document.querySelector("[data-cases]").contains(now),
    seen: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0
      && box.width > 0 && box.bottom > 0 && box.top < window.innerHeight,
    what: now.outerHTML.slice(0, 80),
  };
}"""


def test_the_tab_key_walks_the_case_browser_in_order_and_the_focus_is_always_seen(
    cases: CaseBrowser,
) -> None:
    page = cases.page
    page.evaluate(
        """() => { window.walk = [...document.querySelector("[data-cases]").querySelectorAll("*")];
            document.querySelector("[data-filter=outcome]").focus(); }"""
    )
    walked = []
    for _ in range(120):
        page.keyboard.press("Tab")
        now = page.evaluate(WALK)
        if not now["inside"]:
            break
        assert now["seen"], now["what"]
        walked.append(now["at"])

    assert len(walked) > 30
    assert walked == sorted(set(walked))


def test_arrows_on_a_scan_read_the_cells_of_the_map(cases: CaseBrowser, report: Path) -> None:
    cells = raw_map(report, cases.listed()[0])
    cases.wait_for_pictures()
    rows, cols = cells.shape
    cases.page.locator("canvas[data-map=malignant]").focus()
    for key, times in (("ArrowUp", rows), ("ArrowLeft", cols)):
        for _ in range(times):
            cases.page.keyboard.press(key)
    assert read_cell(cases) == (1, 1, pytest.approx(cells[0, 0], abs=1e-3))
    for at in range(1, min(rows, cols)):
        cases.page.keyboard.press("ArrowDown")
        cases.page.keyboard.press("ArrowRight")
        assert read_cell(cases) == (at + 1, at + 1, pytest.approx(cells[at, at], abs=1e-3))


def raw_map(report: Path, key: str) -> np.ndarray:
    maps = report.parents[3] / "07_model_output" / "saliency_maps" / report.parent.name
    return np.asarray(np.load(maps / f"{key}.npy"))


def read_cell(cases: CaseBrowser) -> tuple[int, int, float]:
    told = cases.text("readout").split("cell ")[1]
    place, value = told.split(" of ")[0], told.split(": ")[1].split(";")[0]
    row, col = map(int, place.split(", "))
    return row, col, float(value.replace("−", "-"))


TINT = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const tint = [];
  for (let at = 0; at < data.length; at += 4) tint.push(data[at] - data[at + 2]);
  return { width, height, tint };
}"""


def tint(browser: CaseBrowser, map_name: str) -> np.ndarray:
    """How much redder than blue every pixel of a canvas is; lines and crosses are taken off."""
    browser.wait_for_pictures()
    for hook in ("show-outlines", "show-crosses"):
        browser.visit.one(hook).set_checked(False)
    browser.visit.one("opacity").fill("100")
    read = browser.page.locator(f"canvas[data-map={map_name}]").evaluate(TINT)
    return np.array(read["tint"], dtype=float).reshape(read["height"], read["width"])


@pytest.mark.parametrize(("name", "sign"), [("malignant", 1), ("benign", -1)])
def test_the_strongest_cell_is_drawn_where_the_half_pixel_rule_puts_it(
    hostile: CaseBrowser, name: str, sign: int
) -> None:
    colour = sign * tint(hostile, name)
    height, width = colour.shape
    centre = [(cell + 0.5) / cells * pixels - 0.5 for cell, cells, pixels in zip(STRONGEST[name], CELLS, (height, width), strict=True)]  # fmt: skip
    reach = [pixels / cells for cells, pixels in zip(CELLS, (height, width), strict=True)]

    # A cell alone spreads as a pyramid to the centres of its neighbours, and its middle is its centre.
    places = np.argwhere(colour > 0.9 * colour.max())
    weights = colour[colour > 0.9 * colour.max()]
    np.testing.assert_allclose(np.average(places, axis=0, weights=weights), centre, atol=0.6)
    coloured = np.argwhere(colour > 4)
    assert (np.abs(coloured - centre) <= reach).all()
    assert height / width == pytest.approx(SCAN_PX[0] / SCAN_PX[1], abs=0.01)


def test_the_maximum_of_a_real_map_is_drawn_at_the_point_of_the_table(
    cases: CaseBrowser, table: pd.DataFrame
) -> None:
    first = table.iloc[0]
    told = cases.told["scans"][first["scan_id"]]
    colour = tint(cases, "malignant")
    at = [
        math.floor((first[f"max_{axis}_px"] + 0.5) / told[f"{axis}s"] * pixels)
        for axis, pixels in zip(("row", "col"), colour.shape, strict=True)
    ]

    assert colour[at[0], at[1]] >= colour.max() - 3

"""Links of the report: from numbers to exactly their cases, and from the heads of tables to what explains them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

import pytest
from test_cases import read_run
from visit import CaseBrowser, Visit
from written import Pages

FOLLOW = """() => {
  document.addEventListener("click", (event) => event.preventDefault()); // stays where it is
  const known = new Set([...document.querySelectorAll("[data-filter]")].map((each) => each.dataset.filter));
  const value = (name) => name === "rule" ? document.querySelector("[data-rule]").value
    : document.querySelector(`[data-filter="${CSS.escape(name)}"]`)?.value;
  return [...document.querySelectorAll("a[data-show-cases]")].map((link) => {
    const asked = [...new URLSearchParams(link.dataset.showCases)];
    link.click();
    const played = document.querySelector(`[data-rate="${new URLSearchParams(link.dataset.showCases).get("target") || "any"}"] [data-hits]`);
    return {
      text: link.textContent.trim(),
      query: link.dataset.showCases,
      href: link.getAttribute("href"),
      strange: asked.filter(([name]) => name !== "rule" && !known.has(name)),
      unset: asked.filter(([name, wanted]) => value(name) !== wanted),
      listed: Number.parseInt(document.querySelector("[data-case-count]").textContent, 10),
      hits: Number(played.dataset.hits),
    };
  });
}"""

HEADS = """() => {
  const entries = new Map();
  for (const entry of document.querySelectorAll("dt[id]")) {
    const words = [entry.textContent, ...(entry.dataset.heads ?? "").split("|").filter(Boolean)];
    for (const word of words) entries.set(word.trim().toLowerCase(), entry.id);
  }
  return [...document.querySelectorAll("th[scope=col]")]
    .filter((each) => entries.has(each.textContent.trim().toLowerCase()))
    .map((each) => ({ head: each.textContent, to: each.querySelector("a.term")?.hash.slice(1) ?? "", entries: [...entries.values()] }));
}"""

HIDDEN_COLUMNS = """() => [...document.querySelectorAll(".scroll")]
    .filter((each) => each.scrollWidth > each.clientWidth)
    .map((each) => [each.getAttribute("aria-label"), each.scrollWidth, each.clientWidth])"""


@pytest.fixture
def opened(visit: Callable[..., Visit], report: Path) -> Visit:
    return visit(report)


@pytest.fixture
def followed(opened: Visit) -> list[dict[str, Any]]:
    return list(opened.page.evaluate(FOLLOW))


def count_of(link: dict[str, Any], *, or_else: int) -> int:
    """How many cases the text of a link counts; a rate or a score counts none."""
    number = link["text"].split()[0]
    return int(number) if number.isdigit() and "%" not in link["text"] else or_else


def test_every_link_to_cases_names_known_filters_and_lists_as_many_as_it_says(
    followed: list[dict[str, Any]],
) -> None:
    assert len(followed) > 50
    for link in followed:
        assert link["strange"] == [], link
        assert link["unset"] == [], link
        assert link["listed"] > 0, link
        assert link["listed"] == count_of(link, or_else=link["listed"]), link


def test_links_of_a_page_of_hostile_names_hold_too(
    visit: Callable[..., Visit], pages: Pages
) -> None:
    links = visit(pages.hostile).page.evaluate(FOLLOW)

    # Its pointing game is written by hand and not of its maps.
    counted = [link for link in links if "rule=" not in link["query"]]
    assert counted
    for link in links:
        assert (link["strange"], link["unset"]) == ([], []), link
    for link in counted:
        assert link["listed"] > 0, link
        assert link["listed"] == count_of(link, or_else=link["listed"]), link


def test_every_row_of_the_pointing_game_leads_to_the_cases_that_it_counts_and_hits(
    followed: list[dict[str, Any]], report: Path
) -> None:
    game = read_run(report, "pointing_game")
    found = {link["query"]: link for link in followed if link["href"] == "#case-list"}
    by_filters = {frozenset(parse_qsl(query)): link for query, link in found.items()}
    checked = 0
    for _, row in game.iterrows():
        shared = {"method": row["method"], "run": row["run"], "rule": row["rule"]}
        shared |= {"target": row["region"]} if row["region"] != "any" else {}
        shared |= {"correct": str(row["subset"] == "correct").lower()} if row["subset"] != "all" else {}  # fmt: skip
        shared |= {"label": row["label"]} if row["label"] != "both" else {}
        for hit, number in (
            ("counted", row["n"]),
            ("reached", row["hits"]),
            ("constant map", row["n_silent"]),
            ("region absent", row["n_empty"]),
        ):
            link = by_filters.get(frozenset((shared | {"hit": hit}).items()))
            if not number:
                continue
            assert link is not None, (shared, hit)
            if hit != "reached":
                assert link["listed"] == number, link
            else:  # a tie counts in part
                assert link["hits"] == pytest.approx(number)
                assert link["listed"] >= number
            checked += 1
    assert checked > len(game)


def test_calls_at_the_run_s_threshold_lead_to_every_cell_of_the_2_x_2_table(
    opened: Visit, report: Path
) -> None:
    counts = read_run(report, "call_counts").query("partition == 'test' and level == 'scan'")
    links = opened.page.locator("#call-counts a[data-show-cases]").all_inner_texts()
    cells = counts[["true_positive", "false_negative", "false_positive", "true_negative"]]

    assert len(links) == int((cells.to_numpy() > 0).sum())


def test_a_link_leads_back_to_the_study_s_own_ring(opened: Visit) -> None:
    browser = CaseBrowser(opened)
    browser.play(ring=0, rule="max")
    opened.page.locator('#pointing a[data-show-cases*="rule=either"]').first.click()

    assert opened.page.locator("[data-ring]").input_value() == str(browser.own)
    assert opened.page.locator("[data-rule]").input_value() == "either"


def test_heads_of_columns_that_the_page_explains_lead_to_their_entry(opened: Visit) -> None:
    heads = opened.page.evaluate(HEADS)

    assert len(heads) > 30
    assert [each["head"] for each in heads if each["to"] not in each["entries"]] == []
    told = {each["head"] for each in heads}
    assert {"n", "Chance", "Fixed places", "Mean map", "p (adjusted)", "Silent", "Rule"} <= told


def test_a_link_opens_what_is_folded_around_its_target(opened: Visit) -> None:
    page = opened.page
    targets = page.evaluate(
        "() => [...new Set([...document.querySelectorAll('a.term, .note a[href^=\"#\"]')].map((each) => each.hash.slice(1)))]"
    )
    assert len(targets) > 10
    for target in targets:
        page.evaluate(
            "() => document.querySelectorAll('main details').forEach((each) => { each.open = false; })"
        )
        page.evaluate("(target) => { location.hash = target; }", target)
        page.wait_for_function(
            "(target) => document.getElementById(target).checkVisibility()", arg=target
        )


def test_no_table_hides_columns_on_a_laptop(opened: Visit) -> None:
    opened.resize(1280, 800)

    assert opened.page.evaluate(HIDDEN_COLUMNS) == []


@pytest.mark.parametrize("through_latest", [False, True])
def test_names_of_files_lead_to_files_that_are_there(
    visit: Callable[..., Visit], report: Path, through_latest: bool
) -> None:
    path = report.parents[2] / "latest" / report.name if through_latest else report
    links = (
        visit(path)
        .page.locator("a.file")
        .evaluate_all("(all) => all.map((a) => [a.innerText, a.href])")
    )
    named = {name for name, _ in links}

    assert {"pointing_game.csv", "classification_metrics.csv", "reliance_scores.csv"} <= named
    for name, address in links:
        file = Path(unquote(urlparse(address).path))
        assert file.is_file(), (name, address)
        assert file.name.startswith(name)


def test_a_page_that_was_moved_leads_nowhere(
    visit: Callable[..., Visit], report: Path, tmp_path: Path
) -> None:
    moved = Path(shutil.copy(report, tmp_path / "report.html"))

    assert visit(moved).page.locator("a.file").count() == 0
    assert "pointing_game.csv" in moved.read_text(encoding="utf-8")

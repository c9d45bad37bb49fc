"""Pages can be read by everybody: axe finds nothing serious, in the light and in the dark, and figures keep their ground."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from visit import Visit
from written import Pages

WRITTEN = ("index", "comparison", "experiment")
GRAVE = {"serious", "critical"}
CONTRAST = {"runOnly": ["color-contrast"]}
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""

THIN_OUT = """() => document.querySelectorAll("tbody").forEach((each) => {
  [...each.rows].slice(ALIKE).forEach((row) => row.remove());
})"""
ALIKE = 4
"""Rows of a table beyond so many look like those before."""

FRAMES = """() => [...document.querySelectorAll("figure img")].map((each) => {
  const style = getComputedStyle(each);
  return { ground: style.backgroundColor, padding: style.paddingTop };
})"""

CAPTIONS = """() => {
  const ground = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("figcaption")].map((each) => [getComputedStyle(each).color, ground(each)]);
}"""


def grave_findings(opened: Visit, options: dict | None = None) -> list[str]:
    """What axe calls serious or critical: rule, element and why."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="no axe: it checks pages (make setup)"
    )
    opened.page.evaluate(THIN_OUT.replace("ALIKE", str(ALIKE)))
    found = axe.Axe().run(opened.page, options={"resultTypes": ["violations"], **(options or {})})
    return [
        f"{each['id']}: {node['html'][:160]} - {' '.join(node['failureSummary'].split())[:300]}"
        for each in found.response["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def channels(colour: str) -> list[float]:
    return [float(each) / 255 for each in colour.partition("(")[2].strip(")").split(",")[:3]]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two opaque colours, from 1 to 21: WCAG 2.2.

    >>> contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    21.0
    """
    lights = []
    for colour in (one, other):
        linear = [
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
            for each in channels(colour)
        ]
        lights.append(
            sum(
                weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
            )
        )
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.fixture(params=["report", *WRITTEN])
def path(request: pytest.FixtureRequest, pages: Pages) -> Path:
    if request.param == "report":
        return Path(request.getfixturevalue("report"))
    return Path(getattr(pages, request.param))


def test_axe_finds_nothing_serious_in_the_light_and_in_the_dark(
    visit: Callable[..., Visit], path: Path
) -> None:
    opened = visit(path, color_scheme="light")
    assert grave_findings(opened) == []

    opened.page.emulate_media(color_scheme="dark")
    assert grave_findings(opened, CONTRAST) == []


def test_figures_stand_on_white_and_their_captions_are_legible_by_day_and_night(
    visit: Callable[..., Visit], report: Path
) -> None:
    page = visit(report).page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        frames, captions = page.evaluate(FRAMES), page.evaluate(CAPTIONS)
        body = "getComputedStyle(document.body)"
        ink, ground = page.evaluate(f"() => [{body}.color, {body}.backgroundColor]")

        assert len(frames) > 5
        assert {each["ground"] for each in frames} == {"rgb(255, 255, 255)"}
        assert [pair for pair in captions if contrast(*pair) < LEAST_CONTRAST] == []
        assert contrast(ink, ground) >= 7
        assert (sum(channels(ground)) < 1) == (scheme == "dark")


def test_axe_would_tell(visit: Callable[..., Visit], pages: Pages) -> None:
    opened = visit(pages.experiment)
    opened.page.evaluate(
        "() => document.querySelector('main').append(Object.assign(document.createElement('p'), { textContent: 'grey', style: 'color: #ccc' }))"
    )

    assert [each.partition(":")[0] for each in grave_findings(opened)] == ["color-contrast"]


COLUMNS = """() => {
  const list = document.querySelector(".contents details > ul");
  const lefts = [...list.querySelectorAll("a")].map((each) => Math.round(each.getBoundingClientRect().left / 100));
  return { columns: new Set(lefts).size, height: list.getBoundingClientRect().height };
}"""


def test_the_contents_use_the_room_that_there_is(visit: Callable[..., Visit], report: Path) -> None:
    opened = visit(report, width=1280, height=800)
    opened.page.locator(".contents summary").click()
    seen = opened.page.evaluate(COLUMNS)

    assert seen["columns"] >= 3
    assert seen["height"] < 400
    assert opened.too_wide() == []


CAPTIONED = """() => [...document.querySelectorAll(".scroll caption")].filter((each) => each.checkVisibility())
    .map((each) => [each.textContent, each.getBoundingClientRect().right - innerWidth])"""


def test_what_a_table_is_called_stays_on_the_screen_of_a_telephone(
    visit: Callable[..., Visit], report: Path
) -> None:
    opened = visit(report, width=390, height=844)
    named = opened.page.evaluate(CAPTIONED)

    assert len(named) > 20
    assert [each for each in named if each[1] > 0] == []
    first = opened.page.locator("#pointing .scroll").first
    first.evaluate("(each) => { each.scrollLeft = 300; }")
    assert first.locator("caption").bounding_box()["x"] >= 0

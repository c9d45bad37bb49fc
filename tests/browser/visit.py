"""A page that is open in Chromium, with all that it said and asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page, Route

SIZES = {
    "laptop": (1280, 800),
    "telephone": (390, 844),
    "smallest": (320, 568),
    "tablet": (768, 1024),
    "screen": (1920, 1080),
}

UNFOLD = """() => document.querySelectorAll("details").forEach((each) => {
  if (!each.closest("nav")) each.open = true; // a menu would lie over the page
})"""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth + 1;
  const scrolls = (each) => each && each !== document.body
    && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > wide && !scrolls(each.parentElement))
    .map((each) => each.outerHTML.slice(0, 120));
}"""


class Visit:
    """One page, opened from a file; whatever it asks for besides is noted and refused."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        self.address = ""
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.said.append("a dialog"), dialog.dismiss()))
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.url.partition("#")[0] == self.address:
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def open(self, path: Path) -> Self:
        """Open a page and unfold all that is folded in it."""
        self.address = path.as_uri()
        self.page.goto(self.address)
        self.unfold()
        return self

    def unfold(self) -> None:
        self.page.evaluate(UNFOLD)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def forget(self) -> list[str]:
        """Return what was said, and take it as expected."""
        said, self.said = self.said, []
        return said

    def too_wide(self) -> list[str]:
        """What makes the page scroll sideways, or is cut: elements that end right of the screen and do not scroll."""
        page = self.page
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        seen = page.evaluate("() => document.documentElement.clientWidth")
        cut = page.evaluate(TOO_WIDE)
        return cut or ([] if wide <= seen else [f"the page, by {wide - seen} px"])

    def one(self, hook: str) -> Locator:
        """The element with a `data-` hook."""
        return self.page.locator(f"[data-{hook}]")

    def told(self) -> dict[str, Any]:
        """What the page carries of its cases."""
        script = "() => JSON.parse(document.querySelector('[data-case-rows-json]').textContent)"
        return dict(self.page.evaluate(script))


class CaseBrowser:
    """The case browser of a visited page, driven as a reader does."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.page = visit, visit.page
        self.told = visit.told()
        self.widths: list[float] = self.told["rings"]["widths"]
        self.own: int = self.told["rings"]["own"]

    def text(self, hook: str) -> str:
        return self.visit.one(hook).inner_text()

    def listed(self) -> list[str]:
        """The keys of the cases on this page of the list, in order."""
        read = "(rows) => rows.map((row) => row.dataset.case)"
        return list(self.page.locator("[data-case-rows] > tr").evaluate_all(read))

    def counted(self) -> int:
        return int(self.text("case-count").split(" of ")[0])

    def clear(self) -> None:
        self.page.locator("[data-case-filters] [type=reset]").click()

    def filter(self, name: str, value: str) -> None:
        field = self.page.locator(f'[data-filter="{name}"]')
        if field.evaluate("(each) => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)

    def offered(self) -> dict[str, list[str]]:
        """What every visible selection of the filters offers, but for the choice that lets all pass."""
        read = """(all) => all.filter((each) => each.offsetParent)
            .map((each) => [each.dataset.filter, [...each.options].map((option) => option.value)])"""
        found = self.page.locator("select[data-filter]").evaluate_all(read)
        return {name: [value for value in values if value] for name, values in found}

    def play(self, *, ring: int, rule: str) -> dict[str, dict[str, float]]:
        """Hits, n, rate and chance of every region as the page now shows them."""
        self.page.locator("[data-ring]").fill(str(ring))
        self.page.locator("[data-rule]").select_option(rule)
        read = """(rows) => rows.map((row) => [row.dataset.rate, {
            hits: Number(row.querySelector("[data-hits]").dataset.hits),
            n: Number(row.querySelector("[data-hits]").textContent.match(/ of (\\d+)/)[1]),
            rate: Number(row.querySelector("[data-rate-value]").dataset.rateValue),
            chance: Number(row.querySelector("[data-chance]").dataset.chance) }])"""
        return dict(self.page.locator("[data-rate]").evaluate_all(read))

    def wait_for_pictures(self) -> None:
        """Wait until the open case is drawn; of a canvas without a picture the limit is empty."""
        self.page.wait_for_function(
            """() => document.querySelector("[data-map-limit]").textContent !== ""
                && [...document.querySelectorAll("canvas[data-map]")].every((each) => each.width !== 300)"""
        )

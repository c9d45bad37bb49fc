"""Pages keep to themselves and to the screen: nothing is said, fetched, run from outside or cut, at any size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from visit import SIZES, CaseBrowser, Visit
from written import HOSTILE, Pages

WIDTHS = (320, 360, 390, 600, 768, 1024, 1280, 1920)
POLICY = '<meta http-equiv="Content-Security-Policy"'
WRITTEN = ("hostile", "index", "comparison", "experiment")

TRY_ALL = """async () => {
  const refused = [];
  document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
  const script = document.createElement("script");
  script.textContent = "window.ran = 1";
  document.body.append(script);
  document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.ran = 1'>");
  document.body.insertAdjacentHTML("beforeend", "<img src='https://example.org/picture.png'>");
  document.body.insertAdjacentHTML("beforeend", "<iframe src='https://example.org/'></iframe>");
  const fetched = await fetch("https://example.org/").then(() => "fetched", () => "refused");
  const all = ["script-src-elem", "script-src-attr", "img-src", "frame-src", "connect-src"];
  const missed = () => all.some((each) => !refused.includes(each));
  for (let wait = 0; wait < 100 && missed(); wait += 1) await new Promise((done) => setTimeout(done, 50));
  return { fetched, ran: window.ran ?? "refused", missed: missed() };
}"""


ASTRAY = """() => [...document.querySelectorAll("a[href^='#']")]
    .map((each) => decodeURIComponent(each.hash.slice(1)))
    .filter((id) => id && id !== "top" && !document.getElementById(id))"""


@pytest.fixture(params=["report", *WRITTEN])
def path(request: pytest.FixtureRequest, pages: Pages) -> Path:
    if request.param == "report":
        return Path(request.getfixturevalue("report"))
    return Path(getattr(pages, request.param))


def test_a_page_fits_every_width_asks_for_nothing_and_has_what_it_links_to(
    visit: Callable[..., Visit], path: Path
) -> None:
    opened = visit(path)
    for width in WIDTHS:
        opened.resize(width, 800)
        assert opened.too_wide() == [], width
    for width, height in SIZES.values():
        opened.resize(width, height)
        opened.page.mouse.wheel(0, 4000)
    opened.page.emulate_media(media="print")

    assert opened.page.evaluate(ASTRAY) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_the_policy_of_a_page_lets_no_script_run_and_nothing_be_fetched(
    visit: Callable[..., Visit], pages: Pages, name: str
) -> None:
    opened = visit(getattr(pages, name))
    tried = opened.page.evaluate(TRY_ALL)

    assert (tried["fetched"], tried["ran"]) == ("refused", "refused")
    assert tried["missed"] is False
    assert opened.forget()
    assert opened.asked == []


def test_what_is_written_into_the_file_runs_only_without_the_policy(
    visit: Callable[..., Visit], pages: Pages, tmp_path: Path
) -> None:
    text = pages.experiment.read_text(encoding="utf-8")
    added = text.replace("</body>", "<script>window.ran = 1</script></body>")
    without = added.replace(POLICY, '<meta name="none"')
    assert added != text
    assert without != added
    ran = []
    for name, page in (("with", added), ("without", without)):
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
        opened = visit(tmp_path / f"{name}.html")
        ran.append(opened.page.evaluate("() => window.ran ?? 0"))
        opened.forget()

    assert ran == [0, 1]


def test_hostile_names_stay_text_in_every_case_and_run_nothing(
    visit: Callable[..., Visit], pages: Pages
) -> None:
    opened = visit(pages.hostile, width=390, height=844)
    browser = CaseBrowser(opened)
    shown = set()
    for _ in range(browser.counted()):
        shown.add(opened.one("case-title").text_content())
        assert opened.too_wide() == []
        opened.one("case-next").click() if opened.one("case-next").is_enabled() else None

    assert shown == set(HOSTILE)
    assert opened.page.evaluate("() => window.ran ?? 0") == 0
    assert HOSTILE[1] in opened.page.title()
    assert opened.page.evaluate("() => document.querySelectorAll('[src=x]').length") == 0


def test_the_index_sorts_by_any_column_whatever_its_labels(
    visit: Callable[..., Visit], pages: Pages
) -> None:
    opened = visit(pages.index)
    read = "(rows) => rows.map((row) => row.cells[0].querySelector('a').textContent)"
    rows = opened.page.locator("tbody tr")
    began = opened.page.get_by_role("button", name="Began, UTC")
    began.click()
    rising = rows.evaluate_all(read)
    began.click()

    assert rising == list(HOSTILE)
    assert rows.evaluate_all(read) == list(HOSTILE)[::-1]
    assert opened.page.locator("th[aria-sort=descending]").count() == 1
    assert opened.page.evaluate("() => window.ran ?? 0") == 0

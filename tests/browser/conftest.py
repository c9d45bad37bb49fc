"""A Chromium for the tests of a file, and the pages that they visit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from visit import CaseBrowser, Visit
from written import Pages, write_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from projects import Project

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Find the browser by name; CHROMIUM may give another name, or a path."""
    return next((found for found in map(shutil.which, names_sought()) if found), None)


def names_sought() -> tuple[str, ...]:
    return (os.environ["CHROMIUM"],) if os.environ.get("CHROMIUM") else CHROMIUM


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium lies; asked for first, so that nothing is run for tests that skip."""
    pytest.importorskip(
        "playwright.sync_api", reason="no Playwright: it drives the browser (make setup)"
    )
    path = find_chromium()
    if path is None:
        pytest.skip(
            f"none of {', '.join(names_sought())} on this machine: let CHROMIUM name a browser"
        )
    return path


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One Chromium a file: while Playwright runs, no other test of the process could start an event loop."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be absent

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page in a window of its own; at the end of the test nothing may be left that it said or asked for."""
    visits: list[Visit] = []

    def open_page(path: Path, *, width: int = 1280, height: int = 800, **options: str) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, service_workers="block", **options
        )
        visits.append(Visit(context.new_page()))
        return visits[-1].open(path)

    yield open_page
    for each in visits:
        each.page.context.close()
    assert [message for each in visits for message in each.said] == []
    assert [address for each in visits for address in each.asked] == []


@pytest.fixture(scope="session")
def pages(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Pages written from tables made by hand."""
    return write_pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def report(chromium_path: str, finished: Project) -> Path:
    """The report of the finished run."""
    return min(finished.data_root.glob("08_reporting/report.html/*/report.html"))


@pytest.fixture
def cases(visit: Callable[..., Visit], report: Path) -> CaseBrowser:
    return CaseBrowser(visit(report))

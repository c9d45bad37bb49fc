"""The flow as `make viz-build` writes it, in a real browser: drawn whole, with the tables and figures of the run in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUILD = Path(__file__).parents[2] / "build"
PATIENCE_MS = 60_000
SOME = 80
"""Nodes and datasets that are shown at first, stations closed; fewer would mean that a part is missing."""


class Quiet(SimpleHTTPRequestHandler):
    """Answers without a line on each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The built flow, served: opened as a file it may not fetch what lies beside it."""
    if not (BUILD / "index.html").is_file():
        pytest.skip("the flow is not built: make run, then make viz-build")
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(BUILD)))
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


@pytest.fixture(scope="module")
def flow(address: str, chromium: Browser) -> Iterator[Page]:
    """A page beside which nothing can be reached but the folder itself."""
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    page.route(lambda url: not url.startswith(address), lambda route: route.abort())
    yield page
    page.close()


def test_the_whole_flow_is_drawn(flow: Page, address: str) -> None:
    flow.goto(address)
    flow.wait_for_selector(".pipeline-node", timeout=PATIENCE_MS)

    assert flow.locator(".pipeline-node").count() > SOME


def test_a_table_is_shown_with_the_first_rows_of_the_run(flow: Page, address: str) -> None:
    flow.goto(f"{address}/?sn=pointing_game")
    flow.wait_for_selector(".pipeline-metadata table", timeout=PATIENCE_MS)
    told = flow.locator(".pipeline-metadata").inner_text()

    assert "peritumoral" in told or "mass" in told
    assert "beyond_location_prior" in told


def test_a_figure_is_shown_as_the_run_drew_it(flow: Page, address: str) -> None:
    flow.goto(f"{address}/?sn=pointing_game_figure")
    picture = flow.wait_for_selector(".pipeline-metadata img", timeout=PATIENCE_MS)

    assert picture.evaluate("each => each.naturalWidth") > 100

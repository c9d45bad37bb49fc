"""What a report of many cases costs: its size, the time to open it, and that of every answer to a reader.

The cases of a finished run are taken again and again under new names until there are enough. Each keeps its own tallies
through all rings; pictures go as far as the budget of the run does, and thumbnails as far as theirs, as in a run of that
many. The page is opened in Chromium at 1280 x 800.

    python benchmarks/page.py [DATA_ROOT] [--env ENV] [--cases 2000] [--out page.html]
"""

import argparse
import base64
import io
import os
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.report import case_views, write_report
from sonolens.report.sections import INPUTS
from sonolens.results import open_results

CASE = ["method", "run", "scan_id"]
NAMED = ["scan_id", "lesion_id", "patient_id"]
LIMIT_MB, LIMIT_MS = 15, 300
REPEATS = 7
PATIENCE_MS = 300_000

TIMED = """async ([script, times]) => {
  const act = new Function("turn", script);
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const took = [];
  for (let turn = 0; turn < times; turn += 1) {
    await drawn();
    const begun = performance.now();
    act(turn);
    await drawn();
    took.push(performance.now() - begun);
  }
  return took;
}"""
"""Runs a script some times and measures each until what it changed has been laid out and painted."""

SAY = "each.dispatchEvent(new Event('input', { bubbles: true }));"
CHOOSE = f"each.selectedIndex = 1 + (turn % (each.options.length - 1)); {SAY}"
PRESS = "dispatchEvent(new KeyboardEvent('keydown', {{ key: '{0}', bubbles: true }}));"
FIND = "const each = document.querySelector('[data-{0}]');"
ACTS = {
    "filter by outcome": FIND.format("filter=outcome") + CHOOSE,
    "filter by hit": FIND.format("filter=hit") + CHOOSE,
    "clear filters": "document.querySelector('[data-case-filters] [type=reset]').click();",
    "type a name": FIND.format("filter=text")
    + f"each.value = 'patient_00'.slice(0, turn + 4); {SAY}",
    "clear the name": FIND.format("filter=text") + f"each.value = ''; {SAY}",
    "sort": FIND.format("sort") + CHOOSE,
    "next case (j)": "document.querySelector('[data-cases]')." + PRESS.format("j"),
    "case before (k)": "document.querySelector('[data-cases]')." + PRESS.format("k"),
    "next page of the list": "document.querySelector('[data-page-next]').click();",
    "step of the ring": FIND.format("ring") + f"each.value = (7 * turn + 2) % 30; {SAY}",
    "rule": FIND.format("rule") + CHOOSE,
}
"""What a reader does -> the script that does it, the last of several in turn."""


def tile(cases: pd.DataFrame, views: dict[str, Any], *, n: int, budget: float) -> Any:
    """Take cases again under new names until there are `n`; return table and views."""
    copies = -(-n // len(cases))
    tables = [
        cases.assign(**{name: cases[name] + f"-copy{copy}" for name in NAMED})
        for copy in range(copies)
    ]
    many = pd.concat(tables, ignore_index=True).head(n)
    originals = pd.concat([cases] * copies, ignore_index=True).head(n)
    scans: dict[str, Any] = {}
    maps: dict[str, Any] = {}
    thumbnails: dict[str, str] = {}
    left = (
        budget
        - min(many["scan_id"].nunique(), case_views.MOST_THUMBNAILS) * case_views.THUMBNAIL_BYTES
    )
    shown = 0
    for new, old in zip(many[CASE].to_numpy(), originals[CASE].to_numpy(), strict=True):
        scan, of_map = views["scans"][old[2]], views["maps"]["/".join(old)]
        left -= sum(len(scan.get(each, "")) for each in ("picture", "regions")) * (
            new[2] not in scans
        )
        left -= len(of_map.get("cells", ""))
        pictured = left >= 0 and "picture" in scan
        shown += pictured
        if new[2] not in scans:
            scans[new[2]] = dict(scan) if pictured else _small(scan, thumbnails, old[2])
        kept = of_map if pictured else {name: of_map[name] for name in ("shape", "max", "min")}
        maps["/".join(new)] = dict(kept)
    return many, {**views, "scans": scans, "maps": maps, "shown": shown}


def _small(scan: dict[str, Any], thumbnails: dict[str, str], name: str) -> dict[str, Any]:
    """A scan with a thumbnail in place of its picture."""
    if name not in thumbnails:
        told = base64.b64decode((scan.get("picture") or scan["thumbnail"]).partition(",")[2])
        thumbnails[name] = case_views.encode_thumbnail(
            np.asarray(Image.open(io.BytesIO(told)).convert("L"))
        )
    kept = {each: value for each, value in scan.items() if each not in {"picture", "regions"}}
    return kept | {"thumbnail": thumbnails[name]}


def write_page(root: str | None, env: str | None, *, n: int, path: Path) -> None:
    """Write the page of a run with `n` cases, and say how large its parts are."""
    catalog = open_results(env=env, params={"data_root": root} if root else None)
    given = {name: catalog.load(name) for name in INPUTS if name != "run_context"}
    budget = catalog.load("params:reporting").picture_megabytes * 1e6
    before = len(given["cases"])
    given["cases"], given["case_views"] = tile(
        given["cases"], given["case_views"], n=n, budget=budget
    )
    context = {"label": None, "looks": None, **catalog.load("run_record")["sessions"][-1]}
    begun = time.perf_counter()
    page = write_report(run_context=context, **given)
    path.write_text(page, encoding="utf-8")
    size = path.stat().st_size / 1e6
    print(f"{before} cases taken for {n}, {given['case_views']['shown']} with pictures")
    print(f"page: {size:.1f} MB (limit {LIMIT_MB}), written in {time.perf_counter() - begun:.1f} s")


def work_ms() -> float:
    """CPU time of all processes that this one has started, and of theirs; none where there is no /proc."""
    told = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # a process that has just ended
            fields = each.read_text().rpartition(")")[2].split()
            told[int(each.parent.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    family, before = {os.getpid()}, 0
    while before != len(family):
        before = len(family)
        family |= {pid for pid, (parent, _) in told.items() if parent in family}
    ticks = sum(told[pid][1] for pid in family - {os.getpid()} if pid in told)
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def visit(path: Path) -> None:
    """Open the page and time what a reader does, by the clock and by the CPU of all processes of the browser."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed for this part alone

    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        session = page.context.new_cdp_session(page)
        page.goto(path.absolute().as_uri(), wait_until="commit")
        page.wait_for_selector("[data-case-rows] > tr", state="attached")
        listed = page.evaluate("performance.now()")
        (paint,) = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint').map((each) => each.startTime)"
        )
        print(
            f"first paint after {paint:.0f} ms, cases listed after {listed:.0f} ms; work {work_ms():.0f} ms"
        )
        for told, script in ACTS.items():
            before = work_ms()
            took = statistics.median(page.evaluate(TIMED, [script, REPEATS]))
            work = (work_ms() - before) / REPEATS
            print(f"{told}: {took:.0f} ms, work {work:.0f} ms{' OVER' if work > LIMIT_MS else ''}")
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
        nodes = page.evaluate("document.querySelectorAll('*').length")
        print(f"memory of the script: {heap:.0f} MiB; {nodes} elements")
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_root", nargs="?")
    parser.add_argument("--env")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = asked.out or Path(folder) / "page.html"
        write_page(asked.data_root, asked.env, n=asked.cases, path=out)
        visit(out)

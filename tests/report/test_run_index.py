import base64
import hashlib
import re
from html.parser import HTMLParser

import pandas as pd

from sonolens.past_runs import PastRun
from sonolens.report.run_index import describe_past_run, write_run_index

FIRST, SECOND = (f"2026-01-0{day}T03.04.05.678Z" for day in (1, 2))
NASTY = """<script>alert(1)</script>"'&"""


def verdict(runs=("a",)):
    rows = [
        {
            "method": "cam",
            "run": run,
            "baseline": False,
            "question": question,
            "answer": answer,
            "value": value,
            "ci_low": value - 0.1,
            "ci_high": value + 0.1,
            "against": against,
            "n": 56,
            "verdict": "not shown",
        }
        for run in runs
        for question, answer, value, against in (
            ("above_chance", "shown", 0.82, 0.57),
            ("above_location", "not shown", -0.18, 0.0),
            ("discriminates", "shown", 0.89, 0.5),
        )
    ]
    return pd.DataFrame(rows)


TABLES = {
    "verdict": verdict(),
    "scans": pd.DataFrame(
        {"scan_id": ["1", "2"], "lesion_id": ["1", "1"], "patient_id": ["1", "1"]}
    ),
    "study_facts": {"name": "phantoms"},
    "training_runs": pd.DataFrame({"run": ["a"], "network": ["tiny"]}),
    "reliance_verdict": pd.DataFrame({"run": ["a"], "region": ["mass"], "answer": ["shown"]}),
}


def past(run_id=FIRST, *, label=None, tables=TABLES, status="complete", reported=True):
    def read(name):
        if name not in tables:
            raise LookupError(name)
        return tables[name]

    return PastRun(run_id, "", [{"label": label, "status": status}], reported, read, read)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def test_a_run_is_told_in_one_row():
    texts = [(cell.text, cell.small) for cell in describe_past_run(past()).cells]

    assert texts == [
        ("2026-01-01", "03:04"),
        ("complete", ""),
        ("phantoms", "2 scans, 1 lesion, 1 patient"),
        ("tiny", ""),
        ("0.89", "[0.79, 0.99]"),
        ("not shown", "against fixed places"),
        ("82 %", "[72, 92]; chance 57 %; n = 56"),
        ("mass", ""),
    ]


def test_a_grid_is_told_by_its_spans():
    cells = describe_past_run(past(tables={"verdict": verdict(("a", "b"))})).cells

    assert [cells[place].small for place in (4, 5, 6)] == [
        "2 fits",
        "2 not shown",
        "chance 57 %, 2 answers",
    ]


def test_a_run_that_left_nothing_but_its_page_has_a_row_of_dashes():
    page = write_run_index([past(tables={})])

    assert page.count("<td") == 8
    assert page.count(">–<") == 6


def test_a_table_of_another_make_costs_its_cells_only():
    cells = describe_past_run(past(tables={**TABLES, "verdict": pd.DataFrame({"old": [1]})})).cells

    assert [cell.text for cell in cells[4:]] == ["–", "–", "–", "mass"]


def test_runs_stand_in_their_order_and_unreported_ones_are_left_out():
    page = write_run_index([past(SECOND), past(FIRST), past("2025", reported=False)])

    links = [a["href"] for a in Elements(page).all("a")]
    assert links == [f"report.html/{run_id}/report.html" for run_id in (SECOND, FIRST)]


def test_no_label_becomes_markup():
    page = write_run_index([past(label=NASTY)])
    elements = Elements(page)

    assert len(elements.all("script")) == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert all(not name.startswith("on") for _, attrs in elements.found for name in attrs)


def test_the_page_allows_its_own_script_and_nothing_from_elsewhere():
    page = write_run_index([past()])

    script = re.search(r"<script>(.*?)</script>", page, flags=re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(m["content"] for m in Elements(page).all("meta") if "http-equiv" in m)
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_an_index_of_no_run_says_how_to_get_one():
    assert "<code>kedro run</code>" in write_run_index([])

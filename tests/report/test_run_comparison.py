import re

import pytest
from tiny_comparison import AUC, HITS, SHARE, comparison_table

from sonolens.report.pictures import PNG_SIGNATURE
from sonolens.report.run_comparison import write_run_comparison

CONTEXT = {"run_id": "2026-02-01T00.00.00.000Z", "label": None}


def page(table=None, **context) -> str:
    table = comparison_table() if table is None else table
    text = write_run_comparison(table, PNG_SIGNATURE + b"figure", CONTEXT | context)
    return re.sub(r"\s+", " ", text)


def test_a_page_sets_both_values_difference_and_p_beside_each_other():
    text = page()

    assert "<h2>base and 2026-01-02T03.04.05.678Z</h2>" in text
    assert "0.80 [0.70, 0.90]<small>40 scans</small>" in text
    assert "+0.200 [+0.100, +0.300]<small>patients resampled together</small>" in text
    assert "+20 [+10, +30] points<small>sides exchanged by patient</small>" in text
    assert "chance 50 %, 40 scans" in text
    assert "placebo 50 %, 40 scans" in text
    assert "<td>0.010</td><td>0.020</td>" in text


def test_both_tests_of_an_auc_stand_in_the_table():
    assert page().count(">AUC per scan<") == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_shared": 0, "paired": False}, "none is shared"),
        ({"n_shared": 0, "paired": False}, "Different scans may differ"),
        ({"difference": 0.0}, "Every number is the same"),
        ({"n_shared": 30}, "30 are shared"),
        ({"n_shared": 30}, "Scans that only one run scored are left out"),
        ({"second_regions": "ring 0-8 mm"}, "ring 0-5 mm, against ring 0-8 mm"),
    ],
)
def test_what_makes_a_comparison_doubtful_is_told(change, words):
    assert words in page(comparison_table(AUC, HITS, SHARE, **change))
    assert words not in page()


def test_a_comparison_without_reliance_says_so():
    assert "asked for no region reliance" in page(comparison_table(AUC, HITS))


def test_what_has_no_number_is_a_dash():
    empty = {"first_value": None, "difference": None, "p_value": None, "p_adjusted": None}

    assert "<td>–</td><td>–</td>" in page(comparison_table(HITS, **empty))


def test_no_label_becomes_markup_and_the_page_runs_no_script():
    text = page(comparison_table(first_label="<script>alert(1)</script>"), label="<b>'\"")

    assert "<script" not in text
    assert "<b>" not in text
    assert "default-src 'none'" in text
    assert "script-src" not in text

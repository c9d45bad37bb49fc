"""What is printed of the cases: the wrong calls, each once, missed cancers first."""

import re

from tiny_cases import cases_table
from tiny_run import run_inputs

from sonolens.report.page import write_section
from sonolens.report.sections.cases import MOST_ON_PAPER, SECTION, list_wrong

NAN = float("nan")


def wrong_and_right(n: int = 3) -> dict[str, list]:
    """`n` missed cancers and one right call, by two methods."""
    count = n + 1
    return {
        "method": ["cam"] * count + ["edges"] * count,
        "scan_id": [f"s{number}" for number in range(count)] * 2,
        "label": ["malignant"] * count * 2,
        "called": ([False] * n + [True]) * 2,
        "correct": ([False] * n + [True]) * 2,
        "outcome": (["false negative"] * n + ["true positive"]) * 2,
        "probability": ([0.0412] * n + [0.9]) * 2,
        "threshold": [0.4823] * count * 2,
        "max_region": ["peritumoral"] * count * 2,
        "max_distance_mm": [2.449] * count * 2,
        "min_region": (["other"] * n + ["mass"]) * 2,
        "min_distance_mm": ([NAN] * n + [0.0]) * 2,
        **{name: ["x"] * count * 2 for name in ("lesion_id", "patient_id")},
        **{name: [0.0] * count * 2 for name in ("logit", "hit_decision")},
        "birads": [None] * count * 2,
    }


def test_a_wrong_call_is_listed_once_with_all_that_its_picture_needs_in_words() -> None:
    (case,) = list_wrong(cases_table(**wrong_and_right(1)), "cam")

    assert case["key"].startswith("cam/")
    assert case["key"].endswith("/s0")
    assert (case["label"], case["call"]) == ("malignant", "benign")
    assert (case["probability"], case["threshold"]) == ("0.0412", "0.482")
    assert case["maximum"] == "ring, 2.4 mm from the mass"
    assert case["minimum"] == "elsewhere"
    assert case["run"] == ""


def test_runs_are_named_where_several_are_wrong() -> None:
    told = wrong_and_right(2) | {"run": ["a", "b", "a"] * 2}

    assert [case["run"] for case in list_wrong(cases_table(**told), "edges")] == ["a", "b"]


def test_of_many_the_first_are_printed_and_the_others_counted() -> None:
    inputs = run_inputs() | {"cases": cases_table(**wrong_and_right(MOST_ON_PAPER + 2))}
    html = write_section(SECTION, inputs)

    assert html.count("<canvas data-paper-case=") == MOST_ON_PAPER
    assert f"The first {MOST_ON_PAPER} of {MOST_ON_PAPER + 2}, missed cancers first" in html


def test_a_run_without_a_wrong_call_says_so() -> None:
    right = {name: values[-1:] for name, values in wrong_and_right(1).items()}
    html = write_section(SECTION, run_inputs() | {"cases": cases_table(**right)})

    assert "No call is wrong." in html
    assert not re.search("<canvas data-paper", html)

from tiny_cases import cases_table
from tiny_run import run_inputs

from sonolens.report.case_links import CaseLinks
from sonolens.report.sections.call_counts import list_counts


def test_test_cases_stand_scans_first_and_by_the_papers_rule_first() -> None:
    rows = list_counts(run_inputs()["call_counts"], CaseLinks(cases_table()))

    assert [row["level"] for row in rows] == ["scan"] * 4 + ["lesion"] * 4
    assert rows[0]["rule"] == "closest to corner"
    # At 0.432 the malignant scan (0.8) is found, and the benign one (0.3) is left alone.
    counted = ("true_positive", "false_negative", "false_positive", "true_negative")
    assert [rows[0][name].text for name in counted] == ["1", "0", "0", "1"]

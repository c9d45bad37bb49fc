"""The network beside BI-RADS on the page."""

from tiny_cases import cases_table
from tiny_conformal import birads_table

from sonolens.report.case_links import CaseLinks
from sonolens.report.sections.birads_comparison import judge_birads, list_comparisons
from sonolens.tables.classification import BiradsComparison


def test_both_aucs_stand_beside_their_difference() -> None:
    first, _ = list_comparisons(birads_table())

    assert [cell.text for cell in first["cells"]] == [
        "0.85 [0.75, 0.93]",
        "0.92 [0.84, 0.97]",
        "−0.070 [−0.150, +0.010]",
    ]
    assert first["cells"][0].small == ("n = 48, 20 malignant", "2 left out")
    assert first["cells"][2].small == ("p 0.080, DeLong 0.070",)


def test_less_than_the_category_is_said_only_where_it_is_sure() -> None:
    assert "more in 0 of 1 runs and less in 0" in judge_birads(birads_table())
    assert "less in 1" in judge_birads(birads_table(difference_high=-0.01))


def test_one_class_has_dashes_and_a_study_without_categories_no_row() -> None:
    first, _ = list_comparisons(birads_table(difference=float("nan")))

    assert [cell.text for cell in first["cells"]] == ["–"] * 3
    assert list_comparisons(BiradsComparison.empty()) == []
    assert judge_birads(BiradsComparison.empty()) == ""


def test_an_auc_leads_to_the_scans_that_it_ranks_where_all_of_them_have_a_category() -> None:
    known = cases_table()
    run = known["run"].iloc[0]
    rows = birads_table(run=run, n=len(known))
    cells = [row["cells"] for row in list_comparisons(rows, CaseLinks(known))]

    per_level = dict(zip(rows["level"], cells, strict=True))
    assert per_level["scan"][0].query == f"method=cam&run={run}"
    assert per_level["lesion"][0].query == ""
    fewer = list_comparisons(birads_table(run=run, n=1), CaseLinks(known))
    assert [row["cells"][0].query for row in fewer] == ["", ""]

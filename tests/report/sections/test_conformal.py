"""Conformal sets on the page: what they spare and miss in words, and where a promise stands."""

from dataclasses import asdict

import pandas as pd
from tiny_conformal import conformal_table
from tiny_scores import RUN

from sonolens.report.sections.conformal import COLUMNS, list_birads, list_sets, tell_sets
from sonolens.tables.conformal import ConformalScores


def cells(reading) -> dict[str, dict]:
    return dict(zip(COLUMNS, asdict(reading)["cells"], strict=True))


def test_spared_biopsies_stand_beside_missed_cancers_and_what_is_blindly_spared() -> None:
    read = cells(list_sets(conformal_table())[0])

    assert read["Biopsies spared"] == {
        "text": "40 % [30, 50]",
        "small": ("12 of 30", "blind 26 %"),
        "query": "",
    }
    assert read["Cancers missed"]["text"] == "5 % [0, 15]"
    assert read["Spared beyond missed"]["text"] == "+35 [+25, +45] points"


def test_coverage_stands_beside_its_promise_and_only_where_there_is_one() -> None:
    read = cells(list_sets(conformal_table())[0])

    assert read["Coverage"]["small"] == ("45 of 50", "promised 91 % [78, 98]", "p 0.410")
    assert read["Coverage, benign"]["small"] == ("30 of 30",)


def test_every_run_has_a_row_for_each_taxonomy_and_alpha() -> None:
    listed = list_sets(conformal_table(runs=(RUN, "other")))

    assert len(listed) == 2 * 3 * 2
    assert [(row.apart, row.alpha) for row in listed[:3]] == [
        ("all together", "10 %"),
        ("all together", "5 %"),
        ("by label", "10 %"),
    ]


def test_a_category_of_too_few_patients_is_marked() -> None:
    listed = list_birads(conformal_table())

    assert [(row.apart, row.calibrated) for row in listed] == [("BI-RADS 3", 0), ("BI-RADS 4", 32)]


def test_one_run_is_told_in_words_and_several_are_not() -> None:
    first, _ = tell_sets(conformal_table())

    assert "12 of 30 benign test lesions (40 % [30, 50]) are benign for sure" in first
    assert "1 of 20 cancers" in first
    assert tell_sets(conformal_table(runs=(RUN, "other"))) == []


def test_sets_of_both_labels_throughout_are_told_as_what_they_are() -> None:
    table = conformal_table()
    table.loc[table["measure"] == "both", "count"] = table["n"]

    assert all("every set holds both labels" in words for words in tell_sets(table))


def test_no_sets_are_no_rows() -> None:
    empty: pd.DataFrame = ConformalScores.empty()

    assert (list_sets(empty), list_birads(empty), tell_sets(empty)) == ([], [], [])

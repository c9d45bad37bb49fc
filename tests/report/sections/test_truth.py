"""The truth card on the page: every answer with its number, and a winner only where metrics agree."""

import pandas as pd
from test_page_classification import section
from tiny_scores import NAN
from tiny_truth import FOUND, card_table, planted_table, ranking_table

from sonolens.report.sections.truth import read_card, say_planting, say_ranking


def test_a_row_has_every_answer_with_its_number_and_what_it_is_held_against() -> None:
    (row,) = read_card(card_table(), planted_table())

    assert [cell.text for cell in row["cells"]] == [
        "shown",
        "cannot be asked",
        "cannot be asked",
        "not shown",
        "shown",
    ]
    assert row["cells"][0].small == (
        "0.12 [0.02, 0.22]",
        "rank correlation, to lie below 0.5",
        "n = 8",
    )
    assert row["cells"][3].small[0] == "−0.030 [−0.090, +0.030]"
    assert row["cells"][4].small == ("+25 [+5, +41] points", "beyond chance", "n = 8")


def test_a_question_that_was_not_asked_says_why() -> None:
    (row,) = read_card(card_table(), planted_table())

    assert row["cells"][1].small[0] == "needs fits of several seeds"


def test_without_a_planting_the_card_says_that_nothing_was_planted() -> None:
    (row,) = read_card(card_table(), planted_table())

    assert row["cells"][2].small == ("nothing was planted yet",)
    assert say_planting(planted_table()) == []
    assert "kedro run --pipelines planted_evidence" in section("truth")


def test_what_an_experiment_found_stands_in_the_card_with_its_number_and_its_origin() -> None:
    (row,) = read_card(card_table(), planted_table(**FOUND))

    assert row["cells"][2].text == "shown"
    assert row["cells"][2].small == (
        "63 % [45, 81]",
        "chance 9 %",
        "n = 38",
        "foci mass; 2 of 2 fits find theirs",
        "false alarms: 0 of 2 at none",
    )
    text = section("truth", planted_answers=planted_table(**FOUND))
    assert "What was planted: run 2026-01-01, planted in the scans of this study." in text
    assert "kedro run --pipelines planted_evidence" not in text


def test_a_plant_without_a_dose_of_none_says_that_false_alarms_are_not_known() -> None:
    (row,) = read_card(card_table(), planted_table(**FOUND | {"asked_at_none": 0}))

    assert row["cells"][2].small[-1] == "false alarms: not asked"


def test_a_method_that_was_not_planted_for_says_why() -> None:
    told = {"reason": "other networks"}
    (row,) = read_card(card_table(), planted_table(**told))

    assert row["cells"][2].small == ("planted for other networks only",)


def test_baselines_come_last_and_are_marked() -> None:
    rows = read_card(pd.concat([card_table("edges"), card_table("cam")]), planted_table())

    assert [row["names"][0] for row in rows] == ["cam", "edges"]
    assert rows[0]["names"][1] == "–"
    assert rows[1]["names"][1] != "–"


def test_metrics_that_agree_name_a_winner() -> None:
    (line,) = say_ranking(ranking_table())

    assert line.startswith("cam comes first: 6 metrics put 3 methods into an order")
    assert "Kendall's W 0.72, p 0.004" in line


def test_metrics_that_do_not_agree_name_none() -> None:
    (line,) = say_ranking(ranking_table(wins=False, w=0.1, p_value=0.6))

    assert line.startswith("No winner: ")


def test_two_methods_cannot_be_asked_and_one_has_no_order() -> None:
    unknown = {"wins": False, "w": NAN, "p_value": NAN}

    (line,) = say_ranking(ranking_table(("cam", "occlusion"), **unknown))
    assert "cannot be asked of 2 methods" in line
    assert say_ranking(ranking_table(("cam",), **unknown)) == []


def test_several_runs_are_told_one_by_one() -> None:
    lines = say_ranking(pd.concat([ranking_table(run="a"), ranking_table(run="b", wins=False)]))

    assert lines[0].startswith("a: cam comes first")
    assert lines[1].startswith("b: No winner")


def test_the_page_says_what_an_answer_does_not_mean() -> None:
    text = section("truth")

    assert "that a map which passes all of them is right" in text
    assert "no proof of the opposite" in text


def test_without_maps_the_page_says_so() -> None:
    text = section(
        "truth", truth_card=card_table().iloc[:0], method_ranking=ranking_table().iloc[:0]
    )

    assert "No map was scored." in text

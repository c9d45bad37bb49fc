"""The truth card on the page: every answer with its number, and a winner only where metrics agree."""

import pandas as pd
from test_page_classification import section
from tiny_scores import NAN
from tiny_truth import card_table, ranking_table

from sonolens.report.sections.truth import read_card, say_ranking


def test_a_row_has_every_answer_with_its_number_and_what_it_is_held_against() -> None:
    (row,) = read_card(card_table())

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
    (row,) = read_card(card_table())

    assert row["cells"][1].small[0] == "needs fits of several seeds"


def test_baselines_come_last_and_are_marked() -> None:
    rows = read_card(pd.concat([card_table("edges"), card_table("cam")]))

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

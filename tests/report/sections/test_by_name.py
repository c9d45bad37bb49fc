"""What experiments by name found, on the report: in a sentence, with where it comes from; nothing where none was run."""

import pytest
from test_page_classification import section
from tiny_run import run_inputs
from tiny_truth import asked_table

from sonolens.report import write_report


def test_without_an_experiment_not_a_word_is_said() -> None:
    page = write_report(**run_inputs(asked_experiments=asked_table()))

    assert "by-name" not in page
    assert "Experiments run by name" not in page


def test_an_experiment_is_told_with_its_question_its_answer_and_the_way_to_its_page() -> None:
    asked = asked_table("AUC 0.90 [0.80, 0.95] on 20 scans (chance 0.50).")
    text = section("by-name", asked_experiments=asked)

    assert text.startswith("Experiments run by name What do networks tell? AUC 0.90 [0.80, 0.95]")
    assert "Networks that never saw a region , run views: made from the results on this" in text
    page = write_report(**run_inputs(asked_experiments=asked))
    assert '<a href="../../views.html">' in page
    assert '<li><a href="#by-name">Experiments run by name</a></li>' in page


@pytest.mark.parametrize(
    ("made_from", "told"),
    [
        (
            "this study",
            "of the same study, but not from the results on this page: those of run 2026-01-01",
        ),
        ("phantoms", "planted in phantoms, not in the scans of this study"),
        ("another study", "of another study than this page, run 2026-01-01"),
    ],
)
def test_what_was_made_from_something_else_is_said_plainly(made_from: str, told: str) -> None:
    asked = asked_table("A sentence.", made_from=made_from)

    assert told in section("by-name", asked_experiments=asked)


def test_of_many_sentences_two_stand_in_sight() -> None:
    page = write_report(
        **run_inputs(asked_experiments=asked_table(*(f"Answer {n}." for n in range(5))))
    )

    assert "The other 3 answers" in page
    assert page.index("Answer 1.") < page.index("The other 3 answers") < page.index("Answer 2.")

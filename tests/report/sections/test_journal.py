from tiny_grid import grid_inputs
from tiny_journal import UNSTATED
from tiny_run import run_inputs

from sonolens.report.cards.data_card import REQUIRED
from sonolens.report.page import write_section
from sonolens.report.sections.journal import CARDS, LONGEST_CARD, METHODS


def test_the_methods_stand_folded_and_escaped() -> None:
    html = write_section(METHODS, run_inputs(methods_text="By <script>'x'</script> alone."))

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert html.index("<details>") < html.index("<pre")


def test_what_authors_must_state_is_named() -> None:
    html = write_section(CARDS, run_inputs())

    assert UNSTATED.data_url is None
    for name in ("model_license", *REQUIRED.values()):
        assert f"publication.{name}" in html


def test_a_long_card_is_named_and_not_shown() -> None:
    inputs = grid_inputs(configurations=2, seeds=1, folds=1) | {
        "model_card": "x" * (LONGEST_CARD + 1)
    }

    html = write_section(CARDS, inputs)

    assert "<summary>Model card</summary>" not in html
    assert "model_card.md" in html

import math

from tiny_run import pointing_table
from tiny_scores import training_runs_table

from sonolens.report.runs import confidence_of, describe_scoring, name_runs


def test_runs_of_the_papers_protocol_are_flattered() -> None:
    runs = training_runs_table(run=["a", "b"], protocol=["rigorous", "paper"])

    assert name_runs(runs) == {"runs": ["a", "b"], "flattered": ["b"]}


def test_what_was_scored_is_told_by_the_table() -> None:
    game = pointing_table(partition="validation", confidence=0.9)

    assert describe_scoring(game) == {"partition": "validation", "confidence": 0.9}
    assert describe_scoring(game.iloc[:0])["partition"] == ""
    assert math.isnan(confidence_of(game.iloc[:0]))

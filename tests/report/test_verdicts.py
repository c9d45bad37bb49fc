"""What a run says of itself in its last lines."""

import pandas as pd
from tiny_run import pointing_table
from tiny_scores import metrics_table

from sonolens.evaluation.pointing import judge_maps
from sonolens.report.verdicts import say_verdicts
from sonolens.tables.pointing import Verdict


def say(*methods: str) -> list[str]:
    games = pd.concat([pointing_table(method=method) for method in methods])
    return say_verdicts(judge_maps(games, metrics_table(), baselines=["random"]))


def test_one_answer_is_told_in_full_the_weakest_first() -> None:
    assert say("cam") == [
        "Not shown: that maps hit more often than fixed places (+5 [−9, +20] percentage points, interval "
        "widened for several regions, all regions together, rule either). "
        "Cannot be asked: whether maps keep off what is burnt into the picture. "
        "Shown: that maps hit more often than blind points (75 % [60, 90] against 50 %); "
        "that maps are tied to their own scan (adjusted p 0.036, all regions together, rule either); "
        "that the network tells malignant from benign (AUC 0.91 [0.81, 0.96])."
    ]


def test_several_are_counted_and_told_one_by_one_without_the_baselines() -> None:
    counted, *answers = say("cam", "random", "grad_cam")

    assert counted == "Shown: 0 of 2; not shown: 2; cannot be asked: 0. Not counted: 1 baseline."
    assert [line.split(", ")[0] for line in answers] == ["cam", "grad_cam"]


def test_many_are_only_counted_with_the_span_of_their_auc() -> None:
    (line,) = say("random", *(f"m{number}" for number in range(7)))

    assert line == (
        "Shown: 0 of 7; not shown: 7; cannot be asked: 0. Not counted: 1 baseline. AUC of 1 run: 0.91."
    )


def test_baselines_alone_are_no_answer() -> None:
    assert say("random") == [
        "Shown: 0 of 0; not shown: 0; cannot be asked: 0. Not counted: 1 baseline."
    ]


def test_without_a_map_nothing_is_claimed() -> None:
    assert say_verdicts(Verdict.empty())[0].startswith("Shown: 0 of 0")

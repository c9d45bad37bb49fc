import re
from typing import Any

import pandas as pd
import pytest
from tiny_run import NOTHING_COUNTED, pointing_row, pointing_table
from tiny_scores import RUN, metric_rows, metrics_table

from sonolens.report.sections.answer import Answer, Resampled, answer_question, tally_verdicts


def answer(pointing_game: pd.DataFrame | None = None, **replaced: Any) -> Answer:
    asked: dict[str, Any] = {
        "classification_metrics": metrics_table(),
        "partition": "test",
        "resampled": Resampled(27),
        "confidence": 0.95,
        "flattered": (),
    } | replaced
    game = pointing_table() if pointing_game is None else pointing_game
    (found,) = answer_question(game, asked.pop("classification_metrics"), **asked)
    return found


def numbers(answered: Answer) -> list[str]:
    text = " ".join((answered.finding, *answered.details, *answered.cautions))
    return re.findall(r"\d+(?:\.\d+)?", text)


def test_the_finding_states_scans_rate_interval_and_chance() -> None:
    game = pointing_table(n=60, hits=52.0, rate=52 / 60, ci_low=0.7586, ci_high=0.9545, chance=0.58)

    assert answer(game).finding == (
        "On 60 correctly classified test scans an extreme of the map lay in the mass, its ring or "
        "below it in 87 % [76, 95]; a map that knows nothing would score 58 %."
    )


@pytest.mark.parametrize(
    ("low", "high", "verdict", "words"),
    [
        (0.6, 0.9, "above", "lies above chance"),
        (0.4, 0.9, "includes", "includes chance"),
        (0.5, 0.9, "includes", "includes chance"),
        (0.1, 0.5, "includes", "includes chance"),
        (0.1, 0.4, "below", "lies below chance"),
    ],
)
def test_words_say_where_the_interval_lies_relative_to_a_chance_of_one_half(
    low: float, high: float, verdict: str, words: str
) -> None:
    answered = answer(pointing_table(ci_low=low, ci_high=high))

    assert answered.verdict == verdict
    assert words in answered.details[0]
    assert "95 %" in answered.details[0]


def test_an_unknown_interval_gives_no_verdict() -> None:
    answered = answer(pointing_table(ci_low=float("nan"), ci_high=float("nan")))

    assert answered.verdict == "unknown"
    assert not any("interval" in sentence for sentence in answered.details)


def test_the_verdict_is_that_of_any_region() -> None:
    rows = [pointing_row(r, ci_low=0.6, ci_high=0.9) for r in ("mass", "peritumoral", "below")]
    game = pd.DataFrame([*rows, pointing_row("any", ci_low=0.1, ci_high=0.4)])

    assert answer(game).verdict == "below"


def test_every_region_stands_with_its_own_rate_and_chance() -> None:
    game = pd.DataFrame(
        [
            pointing_row("any"),
            pointing_row("mass", rate=0.11, ci_low=0.12, ci_high=0.13, chance=0.14),
            pointing_row("peritumoral", rate=0.21, ci_low=0.22, ci_high=0.23, chance=0.24),
            pointing_row("below", **NOTHING_COUNTED),
        ]
    )

    (sentence,) = (text for text in answer(game).details if text.startswith("By region"))
    assert "the mass 11 % [12, 13] against 14 %" in sentence
    assert "the ring 21 % [22, 23] against 24 %" in sentence
    assert "below" not in sentence


def test_when_nothing_was_classified_correctly_the_answer_says_so_without_a_rate() -> None:
    answered = answer(pointing_table(**NOTHING_COUNTED))

    assert "classified no test scan correctly" in answered.finding
    assert answered.verdict == "unknown"
    assert numbers(answered) == ["0.91", "0.81", "0.96", "6"]  # of the AUC alone


def test_silent_maps_are_not_mistaken_for_wrong_calls() -> None:
    answered = answer(pointing_table(**NOTHING_COUNTED | {"n_silent": 3}))

    assert "None of the 3 correctly classified test scans can be scored" in answered.finding
    assert "3 with a constant map" in answered.finding


def test_silent_maps_beside_scored_ones_are_mentioned() -> None:
    assert any(
        "1 map had no extreme" in text for text in answer(pointing_table(n_silent=1)).details
    )
    assert not any("no extreme" in text for text in answer().details)


def test_an_auc_that_does_not_exist_is_not_mentioned() -> None:
    answered = answer(classification_metrics=metrics_table(auc=float("nan")))

    assert not any("AUC" in text for text in answered.details)


@pytest.mark.parametrize(("patients", "warned"), [(27, True), (99, True), (100, False)])
def test_few_patients_are_warned_of(patients: int, warned: bool) -> None:
    cautions = " ".join(answer(resampled=Resampled(patients)).cautions)

    assert (f"only {patients} patients" in cautions) == warned


def test_above_chance_is_followed_by_the_caution_about_the_middle() -> None:
    assert "prefers the middle" in answer().cautions[0]


def test_every_method_and_run_answers_for_itself() -> None:
    games = pd.concat([pointing_table(), pointing_table(method="grad_cam", ci_low=0.4)])

    answers = answer_question(
        games,
        metrics_table(),
        partition="test",
        resampled=Resampled(4),
        confidence=0.95,
        flattered={RUN},
    )

    assert [(a.method, a.run, a.verdict) for a in answers] == [
        ("cam", RUN, "above"),
        ("grad_cam", RUN, "includes"),
    ]


@pytest.mark.parametrize(
    ("auc", "words"),
    [
        (0.75, "The network tells malignant from benign with an AUC of 0.75 [0.65, 0.80]"),
        (0.58, "does not reliably tell malignant from benign, with an AUC of 0.58 [0.48, 0.63]"),
        (0.12, "does not reliably tell malignant from benign, with an AUC of 0.12 [0.02, 0.17]"),
    ],
)
def test_a_network_whose_interval_reaches_chance_is_not_said_to_discriminate(
    auc: float, words: str
) -> None:
    answered = answer(classification_metrics=metrics_table(auc=auc))

    assert words in " ".join(answered.details)


def test_the_auc_told_is_that_of_all_cases_and_of_resampled_patients() -> None:
    part = metric_rows("scan", 3, stratum="birads=3", auc=0.11, auc_delong=0.12)
    metrics = pd.concat([part, metrics_table()], ignore_index=True)

    told = " ".join(answer(classification_metrics=metrics).details)

    assert "an AUC of 0.91 [0.81, 0.96] on 6 test scans" in told


def test_an_answer_says_when_the_test_scans_chose() -> None:
    warned = answer(flattered={RUN}).cautions[0]

    assert "The test scans chose this run's epoch and threshold" in warned
    assert not any("test scans chose" in text for text in answer(flattered={"other"}).cautions)


def test_many_answers_are_tallied_by_verdict() -> None:
    above, includes = answer(), answer(pointing_table(ci_low=0.4))

    assert tally_verdicts([above, includes, includes]) == (
        "Above chance: 1 of 3; not told from chance: 2; below chance: 0; nothing scored: 0."
    )

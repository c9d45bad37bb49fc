import re
from typing import Any

import pandas as pd
import pytest
from tiny_reliance import reliance_tables
from tiny_run import NOTHING_COUNTED, pointing_row, pointing_table
from tiny_scores import RUN, metric_rows, metrics_table

from sonolens.evaluation.pointing import judge_maps
from sonolens.report.case_links import CaseLink
from sonolens.report.sections.answer import (
    CAUTIONS,
    Answer,
    Resampled,
    answer_question,
    count_wrong_calls,
    find_weakest,
)
from sonolens.report.verdicts import CANNOT_BE_ASKED, NOT_SHOWN, SHOWN
from sonolens.tables.reliance import RelianceVerdict

ABOVE = {"location_prior": 0.6, "beyond_location_prior": 0.15, "beyond_location_prior_low": 0.04}
CLEAN = pd.DataFrame(
    [
        {"method": "cam", "run": RUN, "n": 60, "n_annotated": 50, "hits": 1.2, "rate": 0.02}
        | {"ci_low": 0.0, "ci_high": 0.06, "chance": 0.05, "partition": "test", "confidence": 0.95}
    ]
)


def answers(pointing_game: pd.DataFrame, **replaced: Any) -> list[Answer]:
    metrics = replaced.pop("metrics", metrics_table())
    annotation_hits = replaced.pop("annotation_hits", None)
    reliance = replaced.pop("reliance_verdict", RelianceVerdict.empty())
    asked: dict[str, Any] = {
        "partition": "test",
        "resampled": Resampled(27),
        "flattered": (),
    } | replaced
    verdict = judge_maps(
        pointing_game,
        metrics,
        baselines=["random"],
        annotation_hits=annotation_hits,
    )
    return answer_question(pointing_game, verdict, reliance, **asked)


def answer(pointing_game: pd.DataFrame | None = None, **replaced: Any) -> Answer:
    game = pointing_table() if pointing_game is None else pointing_game
    (found,) = answers(game, **replaced)
    return found


def told(answered: Answer) -> dict[str, tuple[str, str]]:
    return {each.claim.split()[-1]: (each.answer, each.number) for each in answered.asked}


def test_the_finding_states_scans_rate_interval_chance_and_fixed_places() -> None:
    game = pointing_table(n=60, hits=52.0, rate=52 / 60, ci_low=0.7586, ci_high=0.9545, chance=0.58)

    assert answer(game).finding == (
        "On 60 correctly classified test scans an extreme of the map lay in the mass, its ring or "
        "below it in 87 % [76, 95]; blind points would score 58 %, and the two fixed places that suit the "
        "training masks best 70 % [58, 81]."
    )


def test_every_yardstick_stands_with_its_answer_and_number() -> None:
    assert told(answer()) == {
        "points": (SHOWN, "75 % [60, 90] against 50 %"),
        "places": (
            NOT_SHOWN,
            "+5 [−9, +20] percentage points, interval widened for several regions, all regions together, rule either",
        ),
        "scan": (SHOWN, "adjusted p 0.036, all regions together, rule either"),
        "picture": (CANNOT_BE_ASKED, ""),
        "benign": (SHOWN, "AUC 0.91 [0.81, 0.96]"),
    }


def test_hits_on_annotations_stand_beside_blind_points_and_none_are_told_apart() -> None:
    few = answer(annotation_hits=CLEAN)
    none = answer(annotation_hits=CLEAN.assign(n_annotated=0, hits=0.0, rate=0.0, chance=0.0))

    assert told(few)["picture"] == (SHOWN, "2 % [0, 6] against 5 %")
    assert told(none)["at"] == (SHOWN, "no annotation found on 60 scans")


def test_where_nothing_is_burnt_in_maps_are_given_no_credit_for_keeping_off_it() -> None:
    none = answer(annotation_hits=CLEAN.assign(n_annotated=0, hits=0.0, rate=0.0, chance=0.0))
    claims = [each.claim for each in none.asked]

    assert "nothing is burnt in that maps could look at" in claims
    assert not any("keep off" in claim for claim in claims)


def test_annotations_that_no_map_hits_are_kept_off() -> None:
    limits = {"rate": 0.0, "ci_low": 0.0, "ci_high": 0.0}
    unhit = answer(annotation_hits=CLEAN.assign(hits=0.0, **limits))

    assert told(unhit)["picture"] == (SHOWN, "0 % [0, 0] against 5 %")


def test_the_headline_says_what_the_verdict_hangs_on() -> None:
    not_shown = answer(pointing_table(p_adjusted=0.63))
    open_still = answer(pointing_table(**ABOVE))
    shown = answer(pointing_table(**ABOVE), annotation_hits=CLEAN)

    assert [each.verdict for each in (not_shown, open_still, shown)] == [
        NOT_SHOWN,
        CANNOT_BE_ASKED,
        SHOWN,
    ]
    assert not_shown.headline == (
        "Not shown: that maps hit more often than fixed places; that maps are tied to their own scan."
    )
    assert open_still.headline == (
        "Cannot be asked: whether maps keep off what is burnt into the picture."
    )
    assert shown.headline.startswith("Shown by every yardstick")


def test_hits_above_chance_of_a_network_that_tells_nothing_apart_are_not_shown() -> None:
    answered = answer(
        pointing_table(**ABOVE), annotation_hits=CLEAN, metrics=metrics_table(auc=0.58)
    )

    assert answered.verdict == NOT_SHOWN
    assert answered.headline == "Not shown: that the network tells malignant from benign."
    assert told(answered)["benign"] == (NOT_SHOWN, "AUC 0.58 [0.48, 0.63]")


@pytest.mark.parametrize("low", [0.1, 0.4, 0.5])
def test_an_interval_that_reaches_chance_is_not_shown(low: float) -> None:
    assert told(answer(pointing_table(ci_low=low)))["points"][0] == NOT_SHOWN


def test_the_verdict_is_that_of_any_region() -> None:
    rows = [pointing_row(r, ci_low=0.6, ci_high=0.9) for r in ("mass", "peritumoral", "below")]
    game = pd.DataFrame([*rows, pointing_row("any", ci_low=0.1, ci_high=0.4)])

    assert told(answer(game))["points"][0] == NOT_SHOWN


def test_every_region_stands_with_its_own_rate_chance_and_fixed_place() -> None:
    game = pd.DataFrame(
        [
            pointing_row("any"),
            pointing_row(
                "mass", rate=0.11, ci_low=0.12, ci_high=0.13, chance=0.14, location_prior=0.15
            ),
            pointing_row(
                "peritumoral",
                rate=0.21,
                ci_low=0.22,
                ci_high=0.23,
                chance=0.24,
                location_prior=0.25,
            ),
            pointing_row("below", **NOTHING_COUNTED),
        ]
    )

    (sentence,) = (text for text in answer(game).details if text.startswith("By region"))
    assert "the mass 11 % [12, 13] against 14 % and 15 %" in sentence
    assert "the ring 21 % [22, 23] against 24 % and 25 %" in sentence
    assert "below" not in sentence


def test_the_mean_map_is_not_said_to_know_where_masses_lie() -> None:
    (sentence,) = (text for text in answer().details if "average training map" in text)

    assert "would score 55 %: where this network's evidence lies whatever it is shown" in sentence


def test_when_nothing_was_classified_correctly_the_answer_says_so_without_a_rate() -> None:
    answered = answer(pointing_table(**NOTHING_COUNTED))

    assert "classified no test scan correctly" in answered.finding
    assert answered.verdict == CANNOT_BE_ASKED
    text = " ".join((answered.finding, *answered.details, *answered.cautions))
    assert not re.search(r"\d", text)


def test_silent_maps_are_not_mistaken_for_wrong_calls() -> None:
    answered = answer(pointing_table(**NOTHING_COUNTED | {"n_silent": 3}))

    assert "None of the 3 correctly classified test scans can be scored" in answered.finding
    assert "3 with a constant map" in answered.finding


def test_silent_maps_beside_scored_ones_are_mentioned() -> None:
    assert any(
        "1 map had no extreme" in text for text in answer(pointing_table(n_silent=1)).details
    )
    assert not any("no extreme" in text for text in answer().details)


@pytest.mark.parametrize(("patients", "warned"), [(27, True), (99, True), (100, False)])
def test_few_patients_are_warned_of(patients: int, warned: bool) -> None:
    cautions = " ".join(answer(resampled=Resampled(patients)).cautions)

    assert (f"only {patients} patients" in cautions) == warned


def test_the_auc_told_is_that_of_all_cases_and_of_resampled_patients() -> None:
    part = metric_rows("scan", 3, stratum="birads=3", auc=0.11, auc_delong=0.12)
    metrics = pd.concat([part, metrics_table()], ignore_index=True)

    assert told(answer(metrics=metrics))["benign"] == (SHOWN, "AUC 0.91 [0.81, 0.96]")


def test_an_auc_that_does_not_exist_cannot_be_asked() -> None:
    assert told(answer(metrics=metrics_table(auc=float("nan"))))["benign"] == (CANNOT_BE_ASKED, "")


def test_every_verdict_is_followed_by_its_caution() -> None:
    assert answer().cautions[0] == CAUTIONS[NOT_SHOWN]


def test_where_fixed_places_leave_no_room_the_page_says_so() -> None:
    full = answer(pointing_table(location_prior=0.98, location_prior_high=1.0))

    assert any("hardly any map could hit more often" in text for text in full.cautions)
    assert not any("hardly any map" in text for text in answer().cautions)


def test_every_method_and_run_answers_for_itself_and_baselines_are_no_answers() -> None:
    passing = pointing_table(**ABOVE)
    games = pd.concat(
        [passing.assign(method="random"), passing, pointing_table(method="grad_cam", ci_low=0.4)]
    )

    found = answers(games)

    assert [(a.method, a.baseline, a.verdict) for a in found] == [
        ("cam", False, CANNOT_BE_ASKED),
        ("grad_cam", False, NOT_SHOWN),
        ("random", True, CANNOT_BE_ASKED),
    ]
    assert find_weakest(found) == NOT_SHOWN
    assert find_weakest(found[2:]) == CANNOT_BE_ASKED


def test_an_answer_says_when_the_test_scans_chose() -> None:
    warned = " ".join(answer(flattered={RUN}).cautions)

    assert "The test scans chose this run's epoch and threshold" in warned
    assert not any("test scans chose" in text for text in answer(flattered={"other"}).cautions)


def test_the_answer_says_what_decisions_hang_on_and_a_baseline_does_not():
    judged = reliance_tables()["reliance_verdict"]
    game = pd.concat([pointing_table(), pointing_table().assign(method="random")])

    network, baseline = answers(game, reliance_verdict=judged)

    assert network.hangs_on.startswith("That decisions hang on a region is shown for mass;")
    assert baseline.hangs_on == ""


def test_wrong_calls_are_counted_once_a_scan_whatever_the_methods() -> None:
    cases = pd.DataFrame(
        [
            ("s1", "malignant", False, "false negative"),
            ("s2", "malignant", True, "true positive"),
            ("s3", "benign", True, "false positive"),
            ("s4", "benign", False, "true negative"),
            ("s5", "benign", False, "true negative"),
        ],
        columns=["scan_id", "label", "called", "outcome"],
    )
    both = pd.concat([cases.assign(method=method, run="net") for method in ("cam", "edges")])

    assert count_wrong_calls(both) == [
        CaseLink("1 of 2 malignant scans missed", "method=cam&outcome=false+negative"),
        CaseLink("1 of 3 benign scans called malignant", "method=cam&outcome=false+positive"),
    ]
    assert count_wrong_calls(pd.concat([both, both.assign(run="another")])) == []

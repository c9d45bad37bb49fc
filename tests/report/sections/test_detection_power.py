"""The page of detection power says what was found, at which dose, and what was not asked."""

from typing import Any

import pandas as pd

from sonolens.evaluation.experiments import find_detection_limits
from sonolens.report.experiment import inputs_of_experiment
from sonolens.report.sections.detection_power import SECTION, say_limits
from sonolens.tables.planted import ResolutionCurve


def dose(share: float, *, found: bool, learnt: bool = True, **changes: object) -> dict[str, object]:
    usual = {
        "plant": "foci_mass",
        "network": "local",
        "method": "cam",
        "share": share,
        "strength": 1.0,
        "fits": 1,
        "asked": 1,
        "n": 10,
        "found": int(found),
        "power": float(found),
        "learnt": int(learnt),
        "accuracy_power": float(learnt),
        "confidence": 0.95,
    }
    return usual | changes


def say(*doses: dict[str, object]) -> list[str]:
    return say_limits(find_detection_limits(pd.DataFrame(doses)))


def test_it_says_from_which_share_on_accuracy_and_each_method_tell_of_the_plant() -> None:
    (told,) = say(
        dose(0.25, found=False),
        dose(0.5, found=True),
        dose(1.0, found=True),
        *(dose(share, found=False, method="eigen_cam") for share in (0.25, 0.5, 1.0)),
    )

    assert told == (
        "foci mass, local: its AUC tells of it from a share of 25 % on; found by cam from 50 %, and not by 1 more that see "
        "the network."
    )


def test_what_could_not_be_asked_has_missed_nothing() -> None:
    (told,) = say(
        dose(1.0, found=True),
        dose(1.0, found=False, method="reliance", asked=0, power=float("nan")),
    )

    assert told.endswith("found by cam from 100 %.")


def test_what_runs_to_bright_dots_without_seeing_the_network_is_told_apart() -> None:
    (told,) = say(
        dose(1.0, found=False),
        dose(1.0, found=True, method="edges"),
        dose(1.0, found=False, method="random"),
    )

    assert told.endswith(
        "no method that sees the network finds it; edges from 100 % without seeing the network."
    )


def test_of_a_plant_that_was_not_learnt_nothing_is_said_of_methods() -> None:
    (told,) = say(dose(1.0, found=True, learnt=False))

    assert "not learnt even where all bear it" in told
    assert "cam" not in told


def test_a_plant_that_no_method_finds_is_told_so() -> None:
    (told,) = say(dose(1.0, found=False))

    assert told.endswith("from a share of 100 % on; no method that sees the network finds it.")


def test_the_page_counts_false_alarms_and_says_where_none_were_asked() -> None:
    table = pd.DataFrame([dose(0.0, found=True, learnt=False), dose(1.0, found=True)])
    told, unasked = tell(table), tell(table[table["share"] > 0])

    assert told["rows"][0]["cells"][-1] == "1 of 1 fit"
    assert told["nulls"]
    assert not unasked["nulls"]
    assert unasked["rows"][0]["cells"][-1] != told["rows"][0]["cells"][-1]


def test_a_method_that_could_not_be_asked_is_told_so() -> None:
    silent = {"asked": 0, "power": float("nan")}
    table = pd.DataFrame([dose(share, found=False, **silent) for share in (0.0, 1.0)])

    cells = tell(table)["rows"][0]["cells"]
    assert (cells[0], cells[1], cells[-1]) == ("cannot be asked",) * 3
    assert cells[2] == "100 %"


def tell(table: pd.DataFrame) -> dict[str, Any]:
    limits = find_detection_limits(table)
    return dict(
        SECTION.tell(
            {
                "detection_power": table,
                "detection_limits": limits,
                "resolution_curve": ResolutionCurve.empty(),
            }
        )
    )


def test_the_page_shows_what_was_planted() -> None:
    assert "planted_sheet" in inputs_of_experiment(SECTION)

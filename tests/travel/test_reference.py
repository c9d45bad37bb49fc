import pytest

from sonolens.travel.card import FrozenDecisions
from sonolens.travel.reference import answer_reference, check_reference


def decisions(temperature=2.0, threshold=0.5):
    point = {"level": "scan", "rule": "youden", "chosen_on": "test", "threshold": threshold}
    return FrozenDecisions.model_validate(
        {
            "temperature": temperature,
            "lesion_probability": "max",
            "operating_points": [point],
            "sets": [],
            "performance": [],
        }
    )


def test_the_answer_is_the_sigmoid_of_the_scaled_logit_and_every_call():
    answer = answer_reference(0.0, decisions())

    assert (answer.probability, answer.calls) == (0.5, (True,))
    assert answer_reference(-2.0, decisions()).probability == pytest.approx(0.2689414)


def test_other_temperatures_and_thresholds_are_found_out():
    answer = answer_reference(1.0, decisions())
    check_reference(answer, decisions())

    with pytest.raises(ValueError, match=r"temperature 2\.1"):
        check_reference(answer, decisions(temperature=2.1))
    with pytest.raises(ValueError, match="1 thresholds"):
        check_reference(answer, decisions(threshold=0.9))

import pytest
from pydantic import ValidationError

from sonolens.travel import NetworkCard


def test_a_card_survives_json_and_infinity_with_it(card):
    read = NetworkCard.model_validate_json(card.model_dump_json())

    assert read == card
    assert not read.point(rule="sensitivity_95").calls(1.0)


def test_an_operating_point_calls_from_its_threshold_on(card):
    point = card.point(level="scan", rule="youden")

    assert [point.calls(probability) for probability in (0.39, 0.4, 0.41)] == [False, True, True]


def test_a_point_that_the_network_lacks_is_refused_with_those_that_it_has(card):
    with pytest.raises(
        ValueError, match="no operating point lesion youden; it has scan closest_to"
    ):
        card.point(level="lesion", rule="youden")


def test_a_card_cannot_be_changed(card):
    with pytest.raises(ValidationError):
        card.run = "another"

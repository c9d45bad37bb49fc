"""Reasons to distrust, and what could not be checked: each is told where it holds, and only there."""

import pytest

from sonolens.explain.document import RangeCheck
from sonolens.explain.doubts import _doubt_ranges, list_unchecked
from sonolens.travel import read_network


@pytest.fixture
def card(network_file):
    return read_network(network_file).card


def grey(standing, **limits):
    values = {"value": 50.0, "low": 60.0, "high": 90.0, "minimum": 55.5, "maximum": 99.0}
    return RangeCheck(name="mean_grey", standing=standing, known=40, **values | limits)


def unchecked(told, card, **changes):
    return " ".join(list_unchecked(told.model_copy(update=changes), card))


def test_what_could_not_be_checked_is_told_only_where_it_could_not(explain, new_scan, card):
    told = explain(new_scan)
    known, unknown, untold = grey("inside"), grey("unknown", value=None), grey("nothing to compare")

    assert "Not known of this scan: " in unchecked(told, card, ranges=(known, unknown))
    assert "Told of no training scan: " in unchecked(told, card, ranges=(known, untold))
    nothing = unchecked(told, card, ranges=(known,))
    assert "Not known" not in nothing
    assert "Told of no" not in nothing
    assert "the card tells none" not in nothing
    assert "Ranges: the card tells none" in unchecked(told, card, ranges=())
    assert "does not tell its own" in unchecked(told, card, device="nothing to compare")
    assert "does not tell its own" not in unchecked(told, card, device="known")
    no_rule = told.answer.model_copy(update={"sets": ()})
    assert "holds no rule for it" in unchecked(told, card, answer=no_rule)
    assert "no mask was given" in unchecked(told, card)


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        ("outside", "is 50; all 40 training scans lie within 55.5 to 99."),
        ("rare", "is 50; 99 % of training scans lie within 60 to 90."),
    ],
)
def test_a_value_that_training_scans_seldom_have_is_told_beside_theirs(standing, said):
    ((check, text),) = _doubt_ranges((grey(standing),))

    assert check == "range_mean_grey"
    assert text.endswith(said)


def test_usual_and_unknown_values_are_no_reason_to_distrust():
    assert list(_doubt_ranges((grey("inside"), grey("unknown", value=None)))) == []

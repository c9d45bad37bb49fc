"""Reasons to distrust, and what could not be checked: each is told where it holds, and only there."""

from types import SimpleNamespace

import pytest

from sonolens.explain.document import FamiliarityCheck, FillAnswer, RangeCheck
from sonolens.explain.doubts import (
    _doubt_familiarity,
    _doubt_fills,
    _doubt_origin,
    _doubt_ranges,
    list_unchecked,
)
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


FAMILIARITY = FamiliarityCheck(
    distance=7.5, threshold=5.0, unfamiliar=True, false_alarm_rate=0.05, validation_scans=40
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["distance 7.5, where 5 is the limit, which 5 % of 40 scans"]),
        ({"distance": None}, ["distance beyond any number, where 5 is"]),
        ({"unfamiliar": False}, []),
    ],
)
def test_an_unfamiliar_scan_is_doubted_beside_the_limit_and_a_familiar_one_is_not(changes, said):
    found = list(_doubt_familiarity(FAMILIARITY.model_copy(update=changes)))

    assert len(found) == len(said)
    for (check, text), words in zip(found, said, strict=True):
        assert check == "unfamiliar"
        assert words in text


def origin(told, device, *, given=(0.2, 0.2), header=(0.2, 0.2), spacing_from="given"):
    one = SimpleNamespace(spacing_mm=given, header_mm=header, spacing_from=spacing_from)
    asked = SimpleNamespace(prepared=SimpleNamespace(one=one))
    # Not an `Asked`: what is checked is read from its scan alone.
    plain = getattr(_doubt_origin, "__wrapped__", _doubt_origin)
    return dict(plain(asked, told.model_copy(update={"device": device})))


def test_a_device_is_doubted_where_it_is_unseen_or_unknown(explain, new_scan):
    told = explain(new_scan)

    assert "of a device that no training scan is of" in origin(told, "unseen")["device"]
    assert "is unknown" in origin(told, "unknown")["device"]
    assert origin(told, "known") == {}
    assert origin(told, "nothing to compare") == {}


@pytest.mark.parametrize("header", [(0.25, 0.2), (0.2, 0.25)])
def test_a_spacing_that_a_header_tells_otherwise_is_doubted(explain, new_scan, header):
    told = explain(new_scan)
    sides = " x ".join(f"{side:g}" for side in header)

    found = origin(told, "known", header=header)

    assert found == {
        "spacing": f"The pixel spacing is as it was given; the file itself tells {sides} mm."
    }
    assert origin(told, "known", header=header, spacing_from="header") == {}
    assert origin(told, "known", header=(0.2001, 0.2)) == {}
    assert origin(told, "known", header=(float("nan"),) * 2) == {}


def fill(name, logit):
    return FillAnswer(fill=name, empty_logit=logit, values={}, hangs_most_on="none")


@pytest.mark.parametrize(
    ("logit", "empty", "alone"),
    [
        (1.0, (1.0, 2.0), ["(1)", "(2)"]),
        (1.0, (0.9, 2.0), ["(2)"]),
        (-1.0, (-3.0, 3.0), ["(−3)"]),
        (1.0, (-2.0, 0.5), []),
        (0.0, (0.0, 1.0), []),
    ],
)
def test_a_fill_is_doubted_that_is_called_as_surely_the_same_way_and_no_other(logit, empty, alone):
    fills = tuple(fill(name, each) for name, each in zip(("mean", "blurred"), empty, strict=True))

    said = " ".join(text for _, text in _doubt_fills(logit, fills))

    assert [
        f"({number})" for number in ("1", "2", "−3", "3", "0.9") if f"({number})" in said
    ] == alone
    assert bool(said) == bool(alone)

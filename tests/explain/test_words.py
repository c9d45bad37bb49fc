"""Sentences of one scan: each says what holds of it, and nothing that was not told."""

import pytest

from sonolens.explain.document import CaseSet, Extreme
from sonolens.explain.words import (
    name_extreme,
    tell_calibration,
    tell_extreme,
    tell_law,
    tell_network,
    tell_set,
)


def extreme(**changes):
    told = {
        "extreme": "max",
        "value": 0.5,
        "tied": 1,
        "row_px": 12.0,
        "col_px": 34.0,
        "depth_mm": None,
        "lateral_mm": None,
        "logit_part": None,
        "logit_share": None,
        "annotation": None,
        "region": None,
        "distance_to_mass_mm": None,
    }
    return Extreme(**told | changes)


@pytest.mark.parametrize(
    ("which", "value", "signed", "name"),
    [
        ("max", 0.5, True, "most malignant"),
        ("max", -0.5, True, "least benign"),
        ("max", 0.0, True, "least benign"),
        ("min", -0.5, True, "most benign"),
        ("min", 0.5, True, "least malignant"),
        ("max", 0.5, False, "strongest"),
        ("min", 0.1, False, "weakest"),
    ],
)
def test_an_extreme_is_named_by_what_it_says(which, value, signed, name):
    assert name_extreme(extreme(extreme=which, value=value), signed=signed) == name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Most malignant: row 12, column 34 px, no scale"),
        (
            {"depth_mm": 2.44, "lateral_mm": 6.96},
            "Most malignant: 2.4 mm deep, 7.0 mm from the left edge",
        ),
        ({"depth_mm": 2.4}, "Most malignant: row 12, column 34 px, no scale"),
        (
            {"logit_part": -0.25},
            "Most malignant: row 12, column 34 px, no scale; adds −0.25 to the logit",
        ),
        (
            {"logit_part": 0.25, "logit_share": 0.05, "region": "other", "tied": 3},
            "Most malignant: row 12, column 34 px, no scale; elsewhere; adds 0.25 to the logit, 5 % of it; one of 3 that tie",
        ),
    ],
)
def test_an_extreme_tells_where_it_lies_and_what_it_adds_as_far_as_that_is_known(changes, told):
    assert tell_extreme(extreme(**changes), signed=True) == told


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("benign",), "Where 10 % of either label may be missed, it is benign"),
        (("malignant",), "Where 10 % of either label may be missed, it is malignant"),
        ((), "It is left open: where 10 % of either label may be missed, it is like neither label"),
    ],
)
def test_a_set_tells_its_one_label_or_that_it_holds_none(labels, told):
    found = CaseSet(alpha=0.1, labels=labels, patients=(20, 12))

    assert tell_set(found) == f"{told} (by 20 and 12 validation patients)."


def test_without_a_calibration_a_probability_is_a_score_and_no_risk(explain, new_scan):
    network = explain(new_scan).network

    assert "Brier score 0.12 [0.07, 0.17]" in tell_calibration(network)
    untold = tell_calibration(network.model_copy(update={"calibration": {}}))
    assert untold == (
        "How well its probabilities are calibrated is not told, so this one is a score and no risk."
    )


def test_an_auc_that_no_card_tells_is_not_told(explain, new_scan):
    network = explain(new_scan).network

    assert "same study: 0.87 [0.82, 0.92], n = 40." in tell_network(network)
    assert tell_network(network.model_copy(update={"auc": None})).endswith("same study: not told.")


def test_a_map_that_need_not_add_up_says_so_and_claims_nothing(explain, new_scan):
    told = explain(new_scan)
    other = told.map.model_copy(update={"method": "ablation_cam", "law": None})

    assert "leaves nothing out" in tell_law(told)
    said = tell_law(told.model_copy(update={"map": other}))
    assert said == "Maps of ablation_cam do not have to add up to the logit."

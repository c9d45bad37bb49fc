"""BI-RADS alone as the AUC to beat."""

import numpy as np
import pandas as pd
import pytest
from judged import decide, judged, scans_of, study

from sonolens.evaluation.classification import compare_with_birads
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.classification import BiradsComparison

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def compare(predictions: pd.DataFrame, birads) -> pd.DataFrame:
    scans = scans_of(predictions)
    if birads is not None:
        scans = scans.assign(birads=birads)
    table = compare_with_birads(
        decide(predictions), scans, lesion_probability="mean", bootstrap=BOOTSTRAP
    )
    return BiradsComparison.validate(table).set_index("level")


def test_by_hand_a_perfect_reader_and_a_network_that_errs_once_in_four_pairs() -> None:
    found = compare(judged([0, 0, 1, 1], [0.1, 0.6, 0.5, 0.9]), ["3", "4a", "4c", "5"])

    assert found.loc["scan", "birads_auc"] == 1
    assert found.loc["scan", "auc"] == 0.75
    assert found.loc["scan", "difference"] == -0.25


def test_four_without_a_letter_is_neither_more_nor_less_than_its_middle() -> None:
    probability = [0.1, 0.9]

    assert compare(judged([0, 1], probability), ["4", "4b"]).loc["scan", "birads_auc"] == 0.5
    assert compare(judged([0, 1], probability), ["4a", "4"]).loc["scan", "birads_auc"] == 1
    assert compare(judged([0, 1], probability), ["4", "4c"]).loc["scan", "birads_auc"] == 1


def test_no_category_and_proven_cancers_are_left_out_of_both() -> None:
    found = compare(judged([0, 1, 0, 1], [0.2, 0.8, 0.9, 0.1]), ["3", "5", None, "6"])

    assert found.loc["scan", ["n", "n_left_out", "auc"]].tolist() == [2, 2, 1]


def test_a_network_that_says_the_category_differs_by_nothing() -> None:
    found = compare(judged([0, 1, 0, 1], [0.2, 0.5, 0.5, 0.8]), ["2", "3", "3", "5"])

    assert found.loc["scan", ["difference", "difference_low", "p_value"]].tolist() == [0, 0, 1]


def test_a_lesion_has_the_highest_category_of_its_scans() -> None:
    predictions = study(
        ("a", "l", "malignant", 0.7), ("b", "l", "malignant", 0.7), ("c", "m", "benign", 0.2)
    )

    found = compare(predictions, ["3", "5", "4a"])

    assert found["birads_auc"].to_dict() == {"scan": 0.5, "lesion": 1.0}


def test_one_class_is_counted_and_has_no_auc() -> None:
    found = compare(judged([1, 1], [0.2, 0.8]), ["4c", "5"])

    assert found.loc["scan", "n"] == 2
    assert np.isnan(
        found.loc["scan", ["auc", "birads_auc", "difference", "p_value"]].tolist()
    ).all()


@pytest.mark.parametrize("birads", [None, [None, None]])
def test_a_study_without_categories_has_no_row(birads) -> None:
    assert compare(judged([0, 1], [0.2, 0.8]), birads).empty

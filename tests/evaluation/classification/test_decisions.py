"""What a run called each scan is decided once, at its own frozen scan-level threshold."""

import numpy as np
import pandas as pd
import pytest
from judged import decide, scans_of, study, thresholds

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.classification.decisions import GROUPS, mark_groups
from sonolens.tables.training import Decisions

FOUR = study(
    ("a", "a", "malignant", 0.9),
    ("b", "b", "malignant", 0.4),
    ("c", "c", "benign", 0.6),
    ("d", "d", "benign", 0.1),
)


def decided(predictions: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    return Decisions.validate(decide(predictions, points))


def test_every_run_decides_at_its_own_threshold() -> None:
    predictions = pd.concat([FOUR, FOUR.assign(run="strict")])
    points = pd.concat([thresholds(0.3, 0.3), thresholds(0.7, 0.7, run="strict")])

    found = decided(predictions, points)

    assert found["threshold"].tolist() == [0.3] * 4 + [0.7] * 4
    assert found["called"].tolist() == [True, True, True, False, True, False, False, False]
    assert found["correct"].tolist() == [True, True, False, True, True, False, True, True]
    assert found["patient_id"].tolist() == [f"patient of {lesion}" for lesion in "abcd"] * 2


def test_rows_and_columns_of_the_predictions_are_kept_in_their_order() -> None:
    shuffled = pd.concat([FOUR.iloc[[2, 0]], FOUR.assign(run="other"), FOUR.iloc[[3, 1]]])
    points = pd.concat([thresholds(0.5, 0.5), thresholds(0.05, 0.05, run="other")])

    found = decided(shuffled, points)

    added = ["patient_id", "threshold", "called", "correct"]
    assert list(found.columns) == [*shuffled.columns, *added]
    pd.testing.assert_frame_equal(found.drop(columns=added), shuffled)
    # c and a, then all of the other run, then d and b.
    assert found["called"].tolist() == [True] * 6 + [False] * 2


def test_a_probability_exactly_at_the_threshold_is_called_malignant() -> None:
    assert decided(FOUR, thresholds(0.6, 0.5))["called"].tolist() == [True, False, True, False]
    assert not decided(FOUR, thresholds(0.6 + 1e-6, 0.5))["called"].iloc[2]


def test_an_infinite_threshold_calls_nothing_malignant() -> None:
    found = decided(FOUR.assign(probability=[1.0, 0.4, 0.6, 0.1]), thresholds(np.inf, 0.5))

    assert not found["called"].any()
    assert found["correct"].tolist() == [False, False, True, True]


def test_thresholds_of_lesions_and_of_other_rules_are_ignored() -> None:
    points = thresholds(0.5, 0.5)
    others = thresholds(0.5, 0.0, youden=0.0, sensitivity_90=1.0, sensitivity_95=np.inf)

    pd.testing.assert_frame_equal(decided(FOUR, others), decided(FOUR, points))
    pd.testing.assert_frame_equal(
        decided(FOUR, points[points["level"] == "scan"]), decided(FOUR, points)
    )


def test_every_partition_is_decided() -> None:
    predictions = FOUR.assign(partition=["train", "validation", "test", "test"])

    assert decided(predictions, thresholds(0.5, 0.5))["called"].tolist() == [1, 0, 1, 0]


def test_no_predictions_are_no_decisions() -> None:
    found = decide_scans(FOUR.iloc[:0], scans_of(FOUR), thresholds(0.5, 0.5))

    assert found.empty
    assert (found["called"].dtype, found["threshold"].dtype) == (bool, float)


def test_every_run_needs_an_operating_point_of_scans() -> None:
    points = thresholds(0.5, 0.5)

    with pytest.raises(ValueError, match="run 'other' has no operating point for scans"):
        decide(FOUR.assign(run="other"), points)
    with pytest.raises(ValueError, match="run 'net' has no operating point for scans"):
        decide(FOUR, points[points["level"] == "lesion"])


def test_a_scan_whose_patient_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match=r"scan 'd'.*not in the scans table"):
        decide_scans(FOUR, scans_of(FOUR.iloc[:3]), thresholds(0.5, 0.5))


def test_no_input_is_changed() -> None:
    inputs = [FOUR, scans_of(FOUR), thresholds(0.5, 0.5)]
    before = [table.copy() for table in inputs]

    decide_scans(*inputs)

    for table, copy in zip(inputs, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_groups_part_decisions_by_correctness_and_label() -> None:
    marked = mark_groups(decide(FOUR, thresholds(0.5, 0.5)))

    # a is found and d is cleared; b is missed and c called malignant.
    found = {
        group: "".join(FOUR.loc[there, "scan_id"])
        for group, there in zip(GROUPS, marked.T, strict=True)
    }
    assert found == {
        ("correct", "benign"): "d",
        ("correct", "malignant"): "a",
        ("correct", "both"): "ad",
        ("wrong", "benign"): "c",
        ("wrong", "malignant"): "b",
        ("wrong", "both"): "bc",
        ("all", "benign"): "cd",
        ("all", "malignant"): "ab",
        ("all", "both"): "abcd",
    }

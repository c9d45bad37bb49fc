"""The 2 x 2 table beside the scores that are made of it."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import decide, judged, scans_of, study, thresholds

from sonolens.evaluation.classification import count_calls, score_classification
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.classification import CallCounts
from sonolens.tables.vocabulary import CALL_COUNTS

SIX = study(
    ("a1", "a", "malignant", 0.9),
    ("a2", "a", "malignant", 0.3),
    ("b1", "b", "malignant", 0.6),
    ("c1", "c", "benign", 0.7),
    ("c2", "c", "benign", 0.1),
    ("d1", "d", "benign", 0.2),
)


def counted(predictions: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    table = count_calls(decide(predictions, points), points, lesion_probability="mean")
    return CallCounts.validate(table)


def counts(table: pd.DataFrame, **key: str) -> tuple[int, ...]:
    wanted = {"partition": "test", "rule": "closest_to_corner", "level": "scan"} | key
    for name, value in wanted.items():
        table = table[table[name] == value]
    (row,) = table[list(CALL_COUNTS)].to_numpy().tolist()
    return tuple(row)


def test_scans_and_lesions_are_counted_at_their_own_thresholds() -> None:
    table = counted(SIX, thresholds(0.5, 0.35))

    assert counts(table) == (2, 1, 1, 2)
    assert counts(table, level="lesion") == (2, 1, 0, 1)  # means 0.6, 0.6, 0.4, 0.2


def test_a_partition_without_cases_has_zeros() -> None:
    assert counts(counted(SIX, thresholds(0.5, 0.5)), partition="train") == (0, 0, 0, 0)


def test_one_class_leaves_the_other_empty() -> None:
    table = counted(judged([True, True], [0.9, 0.1]), thresholds(0.5, 0.5))

    assert counts(table) == (1, 0, 1, 0)


@settings(deadline=None, max_examples=8)
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.99)), min_size=1, max_size=12),
    st.floats(0.05, 0.95),
)
def test_they_are_the_counts_behind_sensitivity_and_specificity(
    cases: list[tuple[bool, float]], threshold: float
) -> None:
    predictions = judged(*zip(*cases, strict=True))
    points = thresholds(threshold, threshold)
    tp, fp, fn, tn = counts(counted(predictions, points))

    scores = score_classification(
        decide(predictions, points),
        scans_of(predictions),
        points,
        lesion_probability="mean",
        size_bounds_mm=(10.0,),
        bins=2,
        bootstrap=Bootstrap(resamples=100, confidence=0.95, seed=0),
    )
    found = scores[(scores["level"] == "scan") & (scores["partition"] == "test")]
    found = found[(found["rule"] == "closest_to_corner") & (found["stratum"] == "all")]
    value = found.set_index("metric")["value"]
    assert tp + fp + fn + tn == len(cases)
    if tp + fn:
        assert value["sensitivity"] == pytest.approx(tp / (tp + fn))
    if fp + tn:
        assert value["specificity"] == pytest.approx(tn / (fp + tn))

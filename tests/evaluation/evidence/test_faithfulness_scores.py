import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.evidence import (
    average_faithfulness_curves,
    summarise_faithfulness,
    tabulate_faithfulness,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import FaithfulnessCurve, FaithfulnessScores, MapFaithfulness

CURVES = {
    ("insertion", "map"): np.array([[0.0, 1.0, 1.0], [0.0, 0.5, 1.0]]),
    ("insertion", "random"): np.array([[0.0, 0.5, 1.0], [0.0, 0.5, 1.0]]),
    ("deletion", "map"): np.array([[1.0, 0.0, 0.0], [1.0, 0.1, 0.0]]),
    ("deletion", "random"): np.array([[1.0, 0.4, 0.0], [1.0, 0.5, 0.0]]),
}
KEY = {"method": "cam", "run": "net"}


def table():
    return tabulate_faithfulness(CURVES, scan_ids=["a", "b"], fill="mean", **KEY)


def test_areas_stand_beside_those_of_the_random_order():
    MapFaithfulness.validate(table())
    areas = table().set_index(["test", "scan_id"])

    assert areas["area"].to_dict() == pytest.approx(
        {
            ("insertion", "a"): 0.75,
            ("insertion", "b"): 0.5,
            ("deletion", "a"): 0.25,
            ("deletion", "b"): 0.3,
        }
    )
    assert areas.loc["deletion", "chance"].tolist() == pytest.approx([0.45, 0.5])


def test_a_gain_is_more_when_inserting_and_less_when_deleting():
    decisions = pd.DataFrame(
        {"run": "net", "scan_id": ["a", "b"], "patient_id": ["p", "q"], "partition": "test"}
    )
    bootstrap = Bootstrap(resamples=100, confidence=0.95, seed=0)

    scores = summarise_faithfulness(table(), decisions, partition="test", bootstrap=bootstrap)

    FaithfulnessScores.validate(scores)
    scores = scores.set_index("test")
    assert scores["gain"].to_dict() == pytest.approx({"insertion": 0.125, "deletion": 0.2})
    assert scores["area"].to_dict() == pytest.approx({"insertion": 0.625, "deletion": 0.275})
    assert scores["chance"].to_dict() == pytest.approx({"insertion": 0.5, "deletion": 0.475})
    assert scores.loc["insertion", ["ci_low", "ci_high"]].tolist() == [0, 0.25]


def test_curves_are_averaged_over_scans_share_by_share():
    curve = average_faithfulness_curves(CURVES, **KEY)

    FaithfulnessCurve.validate(curve)
    inserted = curve.query("test == 'insertion' and order == 'map'")
    assert inserted["share"].tolist() == [0, 0.5, 1]
    assert inserted["mean"].tolist() == [0, 0.75, 1]
    assert set(curve["n"]) == {2}

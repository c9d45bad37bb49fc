import itertools

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.evidence import (
    ExplainedDecisions,
    explain_decisions,
    score_abstention,
    trace_abstention,
)
from sonolens.evaluation.evidence.abstention import keep_longest
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import AbstentionCurve, AbstentionScores

BOOTSTRAP = Bootstrap(resamples=300, confidence=0.95, seed=0)


def explained(wrong, pointing, certainty, **changes):
    fields = {
        "method": "cam",
        "run": "net",
        "partition": "test",
        "relevant": ("mass", "below"),
        "wrong": np.array(wrong, dtype=bool),
        "pointing": np.array(pointing, dtype=bool),
        "certainty": np.array(certainty, dtype=float),
        "malignant": np.array(wrong, dtype=bool),
        "probability": np.array(certainty, dtype=float),
        "patient_ids": np.arange(len(wrong)),
    }
    return ExplainedDecisions(**fields | changes)


def scores(decided):
    table = score_abstention([decided], steps=20, bootstrap=BOOTSTRAP)
    AbstentionScores.validate(table)
    return table.set_index(["measure", "suspended_by"])


def curve(decided, steps):
    table = trace_abstention([decided], steps=steps, bootstrap=BOOTSTRAP)
    AbstentionCurve.validate(table)
    return table.set_index("suspended_by")


def test_the_least_certain_are_suspended_first():
    decided = explained([1, 0, 0, 1], [1, 1, 1, 1], [0.1, 0.4, 0.3, 0.2])

    risk = curve(decided, steps=4)["risk"]

    assert risk["certainty"].tolist() == pytest.approx([0, 0, 1 / 3, 2 / 4])
    assert risk["random"].tolist() == pytest.approx([0.5] * 4)
    assert risk["map"].tolist() == pytest.approx([0.5] * 4)


def test_ties_are_suspended_in_random_order():
    order, wrong = np.array([2.0, 1.0, 1.0, 1.0, 0.0]), np.array([0, 1, 0, 0, 1], dtype=bool)
    coverages = np.arange(1, 6) / 5
    every = [
        np.cumsum(wrong[[0, *middle, 4]]) / np.arange(1, 6)
        for middle in itertools.permutations([1, 2, 3])
    ]

    risk = keep_longest(order, wrong, np.ones((1, 5)), coverages)[0]

    np.testing.assert_allclose(risk, np.mean(every, axis=0))


def test_weights_count_decisions_as_often_as_they_are_there():
    rng = np.random.default_rng(0)
    order, wrong = rng.random(9), rng.random(9) < 0.5
    weights = rng.integers(0, 4, size=(5, 9))
    coverages = np.array([0.3, 0.7, 1.0])

    together = keep_longest(order, wrong, weights.astype(float), coverages)

    for row, often in zip(together, weights, strict=True):
        alone = keep_longest(
            np.repeat(order, often), np.repeat(wrong, often), np.ones((1, often.sum())), coverages
        )
        np.testing.assert_allclose(row, alone[0])


def test_each_strategy_keeps_as_many_as_maps_that_point_at_a_relevant_region():
    decided = explained([1, 1, 0, 0], [0, 0, 1, 1], [0.4, 0.3, 0.2, 0.1])
    table = scores(decided)

    assert set(table["coverage"]) == {0.5}
    assert set(table["n_kept"]) == {2}
    assert table.loc["risk", "value"].to_dict() == {"map": 0, "certainty": 1, "random": 0.5}
    assert table.loc[("risk", "certainty"), "difference"] == -1
    assert table.loc[("risk", "random"), "difference"] == -0.5
    assert np.isnan(table.loc[("risk", "map"), "difference"])


def test_the_area_is_the_mean_of_the_curve():
    rng = np.random.default_rng(1)
    decided = explained(rng.random(50) < 0.3, rng.random(50) < 0.6, rng.random(50))
    means = curve(decided, steps=20)["risk"].groupby(level=0).mean()

    assert scores(decided).loc["aurc", "value"].to_dict() == pytest.approx(means.to_dict())
    assert means["random"] == pytest.approx(decided.wrong.mean())


def test_maps_that_know_nothing_gain_nothing_within_the_interval():
    inside = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        decided = explained(rng.random(200) < 0.3, rng.random(200) < 0.5, rng.random(200))
        row = scores(decided).loc[("risk", "random")]
        inside += row["difference_low"] <= 0 <= row["difference_high"]

    assert inside >= 34


def test_where_no_map_points_at_a_relevant_region_the_risk_is_unknown():
    table = scores(explained([1, 0], [0, 0], [0.1, 0.2]))

    assert table.loc["risk", ["value", "ci_low", "difference"]].isna().all(axis=None)
    assert table.loc[("aurc", "random"), "value"] == 0.5


def test_scans_of_one_patient_are_resampled_together():
    apart = explained([1, 0] * 20, [1] * 40, np.arange(40))
    together = explained([1, 0] * 20, [1] * 40, np.arange(40), patient_ids=np.tile([0, 1], 20))

    narrow, wide = (scores(decided).loc[("risk", "map")] for decided in (apart, together))
    assert (wide["ci_low"], wide["ci_high"]) == (0, 1)
    assert narrow["ci_low"] > 0.25


def tables():
    """Four test scans: called malignant, benign, malignant with a constant map, with a tie."""
    places = [
        [("max", "mass", 1.0), ("min", "other", 1.0)],
        [("max", "mass", 1.0), ("min", "other", 1.0)],
        [("max", "none", 1.0), ("min", "none", 1.0)],
        [("max", "below", 0.5), ("max", "other", 0.5), ("min", "other", 1.0)],
        [("max", "mass", 1.0), ("min", "mass", 1.0)],
    ]
    points = [
        {"method": "cam", "run": "net", "scan_id": f"s{number}", "extreme": extreme}
        | {"region": region, "share": share}
        for number, found in enumerate(places)
        for extreme, region, share in found
    ]
    predictions = pd.DataFrame(
        {
            "run": "net",
            "scan_id": [f"s{number}" for number in range(5)],
            "partition": ["test"] * 4 + ["train"],
            "label": ["malignant", "malignant", "benign", "malignant", "benign"],
            "probability": [0.9, 0.2, 0.7, 0.6, 0.5],
        }
    )
    scans = pd.DataFrame({"scan_id": predictions["scan_id"], "patient_id": list("abcde")})
    rule = {"run": "net", "level": "scan", "rule": "closest_to_corner", "threshold": 0.5}
    return pd.DataFrame(points), decide_scans(predictions, scans, pd.DataFrame([rule]))


def test_a_decision_is_argued_by_its_own_extreme_and_constant_maps_point_nowhere():
    (decided,) = explain_decisions(*tables(), partition="test", relevant=("mass", "below"))

    assert decided.pointing.tolist() == [True, False, False, True]
    assert decided.wrong.tolist() == [False, True, True, False]
    assert decided.certainty.tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1])
    assert decided.patient_ids.tolist() == list("abcd")


def test_only_relevant_regions_count():
    (decided,) = explain_decisions(*tables(), partition="test", relevant=("below",))

    assert decided.pointing.tolist() == [False, False, False, True]


def test_unknown_regions_and_partitions_without_maps_are_refused():
    with pytest.raises(ValueError, match="point at 'margin'; choose from mass"):
        explain_decisions(*tables(), partition="test", relevant=("margin",))
    with pytest.raises(ValueError, match="point at 'no region'"):
        explain_decisions(*tables(), partition="test", relevant=())
    with pytest.raises(ValueError, match="no scan of the validation partition has extreme points"):
        explain_decisions(*tables(), partition="validation", relevant=("mass",))

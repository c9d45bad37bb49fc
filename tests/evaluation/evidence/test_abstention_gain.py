"""What the map adds to the probability: found where it was planted, and nothing where it says nothing."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.evidence import ExplainedDecisions
from sonolens.evaluation.evidence.abstention_gain import (
    _compare,
    compare_abstention,
    keep_most,
    learn_worth,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import AbstentionGain

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def decisions(seed: int, n: int = 200, *, map_knows: float = 0.0) -> ExplainedDecisions:
    """Wrong more often where certainty is low, and, if the map knows, where it does not point."""
    rng = np.random.default_rng(seed)
    certainty, pointing = rng.random(n) / 2, rng.random(n) < 0.5
    chance_wrong = 0.45 - 0.6 * certainty + map_knows * (0.5 - pointing)
    malignant = rng.random(n) < 0.5
    wrong = rng.random(n) < np.clip(chance_wrong, 0, 1)
    called = malignant ^ wrong
    return ExplainedDecisions(
        method="cam",
        run="net",
        partition="test",
        relevant=("mass",),
        wrong=wrong,
        pointing=pointing,
        certainty=certainty,
        malignant=malignant,
        probability=0.5 + np.where(called, 1, -1) * certainty,
        patient_ids=np.arange(n),
    )


def compare(seed: int, *, map_knows: float, suspended=(0.3,)) -> pd.DataFrame:
    worth = learn_worth(decisions(seed + 500, map_knows=map_knows))
    rows = _compare(
        decisions(seed, map_knows=map_knows), worth, suspended=suspended, bootstrap=BOOTSTRAP
    )
    return pd.DataFrame(rows).set_index("measure")


def test_what_was_planted_in_the_map_is_found() -> None:
    found = compare(0, map_knows=0.5)

    assert found.loc["accuracy", "map_worth"] > 0
    assert found.loc["accuracy", "difference_low"] > 0
    assert found.loc["accuracy", "p_value"] < 0.05


def test_a_map_that_says_nothing_adds_nothing() -> None:
    found = pd.concat([compare(seed, map_knows=0.0) for seed in range(20)])

    assert abs(found["difference"].mean()) < 0.01
    assert (found.loc["accuracy", "p_value"] < 0.05).sum() <= 4


def test_both_ways_keep_the_same_share_and_ties_in_equal_part() -> None:
    order, weights = np.array([2.0, 1.0, 1.0, 0.0]), np.array([[1.0, 1, 1, 1], [0, 2, 0, 2]])

    kept = keep_most(order, weights, coverage=0.5)

    assert kept.tolist() == [[1, 0.5, 0.5, 0], [0, 2, 0, 0]]


@pytest.mark.parametrize("changes", [{"wrong": False}, {"wrong": True}, {"pointing": True}])
def test_where_nothing_can_be_learnt_the_map_is_worth_nothing_and_nothing_differs(changes) -> None:
    usual = decisions(0)
    (name,) = changes
    taught = learn_worth(
        ExplainedDecisions(**vars(usual) | {name: np.full(len(usual.wrong), changes[name])})
    )
    rows = pd.DataFrame(_compare(usual, taught, suspended=[0.2], bootstrap=BOOTSTRAP))

    assert taught == 0
    assert rows[["difference", "difference_low", "difference_high"]].to_numpy().any() == False  # noqa: E712
    assert (rows["p_value"] == 1).all()


def test_one_decision_can_be_asked_and_has_no_auc() -> None:
    rows = pd.DataFrame(
        _compare(decisions(0, n=1), 0.5, suspended=[0.5], bootstrap=BOOTSTRAP)
    ).set_index("measure")

    assert rows.loc["accuracy", "difference"] == 0
    assert np.isnan(rows.loc["auc", "difference"])


def test_without_maps_of_validation_scans_the_table_stands_and_says_that_nothing_was_learnt() -> (
    None
):
    scans = [f"s{place}" for place in range(6)]
    points = pd.DataFrame(
        [
            {"method": "cam", "run": "net", "scan_id": scan, "extreme": extreme, "region": "mass"}
            for scan in scans
            for extreme in ("max", "min")
        ]
    ).assign(share=1.0)
    decided = pd.DataFrame({"scan_id": scans, "label": ["benign", "malignant"] * 3}).assign(
        run="net",
        lesion_id=scans,
        patient_id=scans,
        partition="test",
        probability=[0.1, 0.9, 0.6, 0.4, 0.2, 0.8],
        threshold=0.5,
        called=[False, True, True, False, False, True],
        correct=[True, True, False, False, True, True],
    )

    table = compare_abstention(
        points,
        decided,
        partition="test",
        relevant=["mass"],
        suspended=[0.5],
        bootstrap=BOOTSTRAP,
    )

    AbstentionGain.validate(table)
    assert set(table["n_learnt"]) == {0}
    assert (table["map_worth"] == 0).all()

"""Net benefit: a cancer biopsied counts one, a needless biopsy the odds of the threshold."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import trace_net_benefit
from sonolens.evaluation.classification.net_benefit import weigh_calls
from sonolens.evaluation.statistics import Bootstrap

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def decided(probability: list[float], label: list[str], *, run: str = "r") -> pd.DataFrame:
    """One scan and lesion per patient."""
    ids = [f"s{number}" for number in range(len(label))]
    odds = np.array(probability)
    return pd.DataFrame(
        {
            "run": run,
            "scan_id": ids,
            "lesion_id": ids,
            "patient_id": ids,
            "partition": "test",
            "label": label,
            "logit": np.log(odds / (1 - odds)),
            "temperature": 1.0,
            "probability": odds,
            "threshold": 0.5,
            "called": odds >= 0.5,
            "correct": True,
        }
    )


def trace(decisions: pd.DataFrame, *thresholds: float) -> pd.DataFrame:
    return trace_net_benefit(
        decisions,
        thresholds=thresholds,
        partition="test",
        lesion_probability="mean",
        bootstrap=BOOTSTRAP,
    ).set_index("threshold")


def test_it_is_the_share_of_cancers_found_less_needless_biopsies_at_the_odds() -> None:
    table = trace(
        decided([0.9, 0.6, 0.3, 0.1], ["malignant", "benign", "malignant", "benign"]), 0.2, 0.5
    )

    # From 0.2 on both cancers and one benign lesion are biopsied; from 0.5 on one of each.
    assert table.loc[0.2, "net_benefit"] == pytest.approx(2 / 4 - 1 / 4 * 0.25)
    assert table.loc[0.2, "everybody"] == pytest.approx(2 / 4 - 2 / 4 * 0.25)
    assert table.loc[0.5, "net_benefit"] == pytest.approx(0)
    assert table.loc[0.5, "everybody"] == pytest.approx(0)
    assert (table["n"] == 4).all()
    assert (table["n_malignant"] == 2).all()


def test_a_network_that_calls_everybody_gains_nothing_for_sure() -> None:
    row = trace(decided([0.9, 0.8, 0.7, 0.6], ["malignant", "benign"] * 2), 0.1).loc[0.1]

    assert (row["gain"], row["gain_low"], row["gain_high"]) == (0, 0, 0)


def test_a_perfect_network_gains_what_its_rival_wastes() -> None:
    row = trace(decided([0.9] * 6 + [0.01] * 6, ["malignant"] * 6 + ["benign"] * 6), 0.3).loc[0.3]

    assert row["net_benefit"] == pytest.approx(0.5)
    assert row["gain"] == pytest.approx(0.5 * 0.3 / 0.7)
    assert 0 < row["gain_low"] < row["gain"] < row["gain_high"]


def test_probabilities_that_know_nothing_are_not_shown_to_gain() -> None:
    draw = np.random.default_rng(0)
    shown = 0
    for _ in range(40):
        labels = np.where(draw.random(60) < 0.4, "malignant", "benign").tolist()
        row = trace(decided(draw.uniform(0.01, 0.99, 60).tolist(), labels), 0.4).loc[0.4]
        shown += row["gain_low"] > 0

    assert shown <= 2


def test_nobody_has_no_net_benefit() -> None:
    worth = weigh_calls(np.array([True, False]), np.array([True, True]), threshold=0.5)

    assert worth.tolist() == [[1, 1, 0], [-1, -1, 0]]

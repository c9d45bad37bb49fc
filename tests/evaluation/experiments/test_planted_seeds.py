"""Several fits to one cue are summed up by those that learnt it."""

import pandas as pd
import pytest

from sonolens.evaluation.experiments import summarise_seeds

ROWS = [
    # seed, method, rate, its interval, chance, n, p, auc, its lower limit
    (0, "cam", 0.5, 0.3, 0.7, 0.10, 10, 0.01, 0.9, 0.80),
    (1, "cam", 0.7, 0.5, 0.9, 0.20, 20, 0.03, 0.8, 0.60),
    (2, "cam", 0.0, 0.0, 0.2, 0.30, 30, 1.00, 0.4, 0.30),
    (0, "edges", 0.9, 0.8, 1.0, 0.10, 10, 0.01, 0.9, 0.80),
]
COLUMNS = [
    "seed",
    "method",
    "rate",
    "ci_low",
    "ci_high",
    "chance",
    "n",
    "p_value",
    "auc",
    "auc_ci_low",
]
TABLE = pd.DataFrame(ROWS, columns=COLUMNS).assign(
    network="local", cue="margin", region="planted", auc_ci_high=1.0
)


def test_only_seeds_that_learnt_the_cue_are_counted() -> None:
    cam = summarise_seeds(TABLE).iloc[0]

    assert (cam["seeds"], cam["learnt"], cam["n"]) == (3, 2, 30)
    assert (cam["rate"], cam["low"], cam["high"]) == pytest.approx((0.6, 0.5, 0.7))
    assert (cam["chance"], cam["p_value"]) == pytest.approx((0.15, 0.03))
    # The area is of all seeds, learnt or not.
    assert (cam["auc"], cam["auc_low"], cam["auc_high"]) == pytest.approx((0.7, 0.4, 0.9))


def test_one_seed_keeps_its_interval() -> None:
    edges = summarise_seeds(TABLE).iloc[1]

    assert (edges["rate"], edges["low"], edges["high"]) == (0.9, 0.8, 1.0)
    assert (edges["auc_low"], edges["auc_high"]) == (0.8, 1.0)


def test_where_no_seed_learnt_all_are_told() -> None:
    cell = summarise_seeds(TABLE.assign(auc_ci_low=0.5)).iloc[0]

    assert cell["learnt"] == 0
    assert cell["rate"] == pytest.approx(0.4)


def test_another_region_can_be_asked_for() -> None:
    table = pd.concat([TABLE, TABLE.assign(region="mass", rate=0.25)])

    assert summarise_seeds(table, region="mass")["rate"].tolist() == [0.25, 0.25]

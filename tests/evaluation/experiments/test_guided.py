"""Guided networks against those by labels alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from compared_runs import MALIGNANT, SCANS, guesses, points
from compared_runs import run as one_run
from judged import decide, judged, runs_of
from relied import relied

from sonolens.evaluation.experiments import compare_guided, pair_guided
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.experiments import GuidanceComparison

BOOTSTRAP = Bootstrap(resamples=300, confidence=0.95, seed=0)
ALONE = {"run": "alone", "configuration": "small-full", "guidance": "none"}
GUIDED = {"run": "guided", "configuration": "small-full-guided-regions", "guidance": "regions"}


def run_of(alone, guided, *, hits=(0.0, 1.0)):
    """One run of two networks on the same scans; hits of maps by labels alone, then guided."""
    reliance = [
        relied({("none", "mean"): np.ones((SCANS, 4)), ("moved", "mean"): np.ones((SCANS, 4))})
        for _ in range(2)
    ]
    predicted = [
        judged(MALIGNANT, probability).assign(run=name)
        for name, probability in (("alone", alone), ("guided", guided))
    ]
    return replace(
        one_run("", alone),
        decisions=decide(pd.concat(predicted, ignore_index=True)),
        training_runs=runs_of(ALONE, GUIDED),
        region_reliance=pd.concat(
            [
                each.assign(run=name)
                for each, name in zip(reliance, ("alone", "guided"), strict=True)
            ]
        ),
        pointings=[
            points(np.full(SCANS, hit), configuration=each["configuration"])
            for hit, each in zip(hits, (ALONE, GUIDED), strict=True)
        ],
    )


def compared(run):
    table = compare_guided(run, partition="test", permutations=300, bootstrap=BOOTSTRAP)
    return GuidanceComparison.validate(table)


def the(table, **wanted):
    chosen = np.logical_and.reduce([table[name] == value for name, value in wanted.items()])
    (found,) = table[chosen].to_dict(orient="records")
    return found


def test_a_network_compared_with_its_equal_gains_nothing():
    table = compared(run_of(guesses(0), guesses(0), hits=(1.0, 1.0)))

    known = table.dropna(subset="p_value")
    assert set(known["quantity"]) == {"auc", "hit_rate", "reliance_share", "brier"}
    assert (known["difference"] == 0).all()
    assert (known["p_value"] == 1).all()


def test_differences_are_guided_minus_by_labels_alone():
    right = np.where(MALIGNANT, 0.8, 0.1)
    table = compared(run_of(np.full(SCANS, 0.5), right))

    auc = the(table, quantity="auc", level="scan", test="paired bootstrap")
    assert (auc["guided_value"], auc["unguided_value"], auc["difference"]) == (1.0, 0.5, 0.5)
    brier = the(table, quantity="brier")
    assert brier["guided_value"] == pytest.approx((0.2**2 + 0.1**2) / 2)
    assert brier["unguided_value"] == brier["unguided_chance"] == 0.25
    hits = the(table, quantity="hit_rate", region="any", rule="decision")
    assert (hits["guided_value"], hits["unguided_value"], hits["difference"]) == (1.0, 0.0, 1.0)
    assert (auc["guided"], auc["unguided"]) == ("small-full-guided-regions", "small-full")


def test_a_guided_network_is_held_against_the_one_that_is_alike_in_all_else():
    deep = {"run": "deep", "configuration": "small-full-stride8", "output_stride": 8}
    runs = runs_of(ALONE, GUIDED, deep | {"guidance": "none"})

    assert pair_guided(runs) == [("regions", "small-full-guided-regions", "small-full")]
    assert pair_guided(runs_of(GUIDED, deep | {"guidance": "none"})) == []
    assert pair_guided(runs_of({})) == []


def test_where_nothing_was_guided_there_is_no_row():
    run = one_run("", guesses(0))

    assert compared(run).empty

"""Configurations are compared on the same test cases, pair by pair."""

import itertools
import logging

import numpy as np
import pandas as pd
import pytest
from judged import decide, judged, runs_of, scans_of, study

from sonolens.evaluation.classification import (
    auc,
    compare_aucs_bootstrap,
    compare_aucs_delong,
    compare_configurations,
)
from sonolens.evaluation.statistics import Bootstrap, holm_adjust
from sonolens.tables.classification import ConfigurationComparison

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
MALIGNANT = np.arange(60) % 2 == 0


def probabilities(seed: int, gain: float) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.2, size=60)
    return np.clip(0.4 + gain * MALIGNANT + noise, 0.01, 0.99)


def grid(configurations: dict[str, list[np.ndarray]], **told) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Configurations by name, each with one row of probabilities per seed."""
    tables, runs = [], []
    for name, seeds in configurations.items():
        for seed, probability in enumerate(seeds):
            run = f"{name}-seed{seed}"
            tables.append(judged(MALIGNANT, probability, run=run))
            runs.append({"run": run, "configuration": name, "seed": seed} | told)
    return pd.concat(tables), runs_of(*runs)


def compared(predictions, runs, *, forming="mean", level="scan") -> pd.DataFrame:
    table = compare_configurations(
        decide(predictions), runs, lesion_probability=forming, bootstrap=BOOTSTRAP
    )
    ConfigurationComparison.validate(table)
    return table[table["level"] == level]


THREE = {
    "weak": [probabilities(0, 0.05)],
    "strong": [probabilities(1, 0.35)],
    "middling": [probabilities(2, 0.2)],
}


def test_all_pairs_are_compared_by_both_tests():
    table = compared(*grid(THREE))

    pairs = list(itertools.combinations(THREE, 2))
    for test in ("delong", "bootstrap"):
        rows = table[table["test"] == test]
        assert sorted(map(frozenset, zip(rows["first"], rows["second"], strict=True)), key=sorted) == sorted(
            map(frozenset, pairs), key=sorted
        )  # fmt: skip
    assert (table["n"] == 60).all()


def test_a_row_says_what_the_tests_say():
    predictions, runs = grid({name: THREE[name] for name in ("weak", "strong")})
    patients = scans_of(predictions)["patient_id"].to_numpy()

    table = compared(predictions, runs).set_index("test")

    order = table["first"].iloc[0], table["second"].iloc[0]
    first, second = (THREE[name][0] for name in order)
    expected = {
        "delong": compare_aucs_delong(MALIGNANT, first, second, confidence=0.95),
        "bootstrap": compare_aucs_bootstrap(
            MALIGNANT, first, second, patients, bootstrap=BOOTSTRAP
        ),
    }
    for test, difference in expected.items():
        for column, value in vars(difference).items():
            assert table.loc[test, column] == pytest.approx(value), (test, column)
    assert table.loc["delong", "first_auc"] == auc(MALIGNANT, first)


def test_seeds_are_averaged_before_they_are_ranked():
    two = [probabilities(3, 0.2), probabilities(4, 0.2)]

    table = compared(*grid({"two": two, "one": [probabilities(5, 0.2)]})).iloc[0]

    area = table["first_auc"] if table["first"] == "two" else table["second_auc"]
    assert area == auc(MALIGNANT, np.mean(two, axis=0))
    assert area > max(auc(MALIGNANT, one) for one in two)


def test_a_case_tested_in_several_folds_counts_once():
    predictions, runs = grid({"two": [probabilities(3, 0.2)] * 2, "one": [probabilities(5, 0.2)]})
    repeated = runs.assign(seed=0, fold=[0, 5, 0])

    assert (compared(predictions, repeated)["n"] == 60).all()


def test_p_values_are_adjusted_within_a_level_and_test():
    table = compared(*grid(THREE))

    for _, rows in table.groupby("test"):
        np.testing.assert_allclose(rows["p_adjusted"], holm_adjust(rows["p_value"].to_numpy()))
    assert (table["p_adjusted"] >= table["p_value"]).all()


def test_equal_configurations_do_not_differ():
    same = probabilities(6, 0.2)

    table = compared(*grid({"one": [same], "two": [same]}))

    assert (table[["difference", "ci_low", "ci_high"]] == 0).all(axis=None)
    assert (table["p_value"] == 1).all()


def test_other_test_cases_are_not_compared(caplog):
    predictions, runs = grid(THREE)
    fewer = predictions[(predictions["run"] != "weak-seed0") | (predictions["scan_id"] != "s0007")]

    with caplog.at_level(logging.WARNING):
        table = compared(fewer, runs)

    assert set(table["first"]) | set(table["second"]) == {"strong", "middling"}
    assert "they judged different test cases" in caplog.text


def test_protocols_are_not_mixed():
    predictions, runs = grid(THREE)
    runs["protocol"] = ["rigorous", "paper", "rigorous"]

    table = compared(predictions, runs)

    assert set(table["first"]) | set(table["second"]) == {"weak", "middling"}


def test_one_configuration_alone_leaves_an_empty_table():
    predictions, runs = grid({"only": [probabilities(0, 0.2)]})

    table = compare_configurations(
        decide(predictions), runs, lesion_probability="mean", bootstrap=BOOTSTRAP
    )

    assert table.empty
    ConfigurationComparison.validate(table)
    assert table["difference"].dtype == float
    assert table["n"].dtype == int


def test_one_class_is_not_compared(caplog):
    predictions, runs = grid(THREE)

    with caplog.at_level(logging.WARNING):
        assert compared(predictions[predictions["label"] == "benign"], runs).empty

    assert "one class only" in caplog.text


def test_lesions_are_formed_before_seeds_are_averaged():
    def run(name: str, first: float, second: float) -> pd.DataFrame:
        return study(
            ("a1", "a", "malignant", first),
            ("a2", "a", "malignant", second),
            ("c", "c", "benign", 0.7),
            run=name,
        )

    predictions = pd.concat([run("x0", 0.9, 0.1), run("x1", 0.1, 0.9), run("y0", 0.6, 0.6)])
    runs = runs_of(
        {"run": "x0", "configuration": "x"},
        {"run": "x1", "configuration": "x", "seed": 1},
        {"run": "y0", "configuration": "y"},
    )

    table = compared(predictions, runs, forming="max", level="lesion").iloc[0]

    # In both seeds the larger of lesion a's scans has 0.9, though each scan has 0.5 on average.
    assert {table["first"]: table["first_auc"], table["second"]: table["second_auc"]} == {
        "x": 1,
        "y": 0,
    }


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.5: times 4, 3, 2, 1, and never falling.
    adjusted = holm_adjust(np.array([0.03, 0.01, 0.5, 0.02]))

    np.testing.assert_allclose(adjusted, [0.06, 0.04, 0.5, 0.06])
    np.testing.assert_allclose(holm_adjust(np.array([0.9, 0.8])), [1, 1])
    assert holm_adjust(np.zeros(0)).size == 0

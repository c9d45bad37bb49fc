"""Repeatability: maps of one scan by two fits, beside maps of strangers."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.evidence import (
    compare_repeats,
    pair_repeats,
    summarise_repeatability,
)
from sonolens.evaluation.evidence.repeatability import draw_strangers
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.evidence import Repeatability

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.9, seed=0)


def runs(*about: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(about, columns=["run", "configuration", "seed", "fold"])


def test_pairs_differ_in_the_seed_alone_or_the_fold_alone() -> None:
    table = runs(("a", "x", 0, 0), ("b", "x", 1, 0), ("c", "x", 0, 1), ("d", "x", 1, 1))

    assert list(pair_repeats(table)) == [
        ("x", "seed", "a", "b"),
        ("x", "fold", "a", "c"),
        ("x", "fold", "b", "d"),
        ("x", "seed", "c", "d"),
    ]


def test_runs_of_other_configurations_make_no_pair() -> None:
    assert list(pair_repeats(runs(("a", "x", 0, 0), ("b", "y", 1, 0)))) == []


def test_the_same_maps_are_alike_and_strangers_as_alike_as_the_scans_are() -> None:
    rising = np.arange(9.0).reshape(1, 3, 3)
    maps = np.concatenate([rising, -rising])

    table = compare_repeats(maps, 2 * maps, ["ann", "bea"], seed=0).set_index("measure")

    ranks = table.loc["rank_correlation"]
    assert ranks["value"].tolist() == [1, 1]
    assert ranks["stranger"].tolist() == [-1, -1]
    assert ranks["scan"].tolist() == [0, 1]
    assert table.loc["absolute_rank_correlation", "stranger"].tolist() == [1, 1]


def test_the_second_fits_map_is_the_strangers() -> None:
    # Only the second fit's maps differ between the patients; were the first's taken, all were alike.
    rising = np.arange(9.0).reshape(1, 3, 3)
    first = np.concatenate([rising, rising])
    second = np.concatenate([rising, -rising])

    table = compare_repeats(first, second, ["ann", "bea"], seed=0).set_index("measure")

    assert table.loc["rank_correlation", "value"].tolist() == [1, -1]
    assert table.loc["rank_correlation", "stranger"].tolist() == [-1, 1]


@pytest.mark.parametrize("seed", range(5))
def test_a_stranger_is_another_patients_scan(seed: int) -> None:
    patients = np.array(["ann", "bea", "ann", "cat", "bea", "ann"])

    strangers = draw_strangers(patients, seed=seed)

    assert (patients[strangers] != patients).all()
    assert np.array_equal(strangers, draw_strangers(patients, seed=seed))


def test_one_patient_alone_has_no_stranger() -> None:
    table = compare_repeats(np.eye(3)[None], np.eye(3)[None], ["ann"], seed=0)

    assert table["stranger"].isna().all()
    assert (table["value"] == 1).all()


def repeats(values: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    """Rows of one pair from (scan, patient, value, stranger)."""
    rows = pd.DataFrame(values, columns=["scan_id", "patient_id", "value", "stranger"])
    return rows.assign(
        configuration="x", method="cam", varied="seed", first="a", second="b", measure="ssim"
    )


def test_means_are_over_scans_that_have_both_and_the_others_are_counted() -> None:
    table = repeats([("s1", "p1", 0.8, 0.2), ("s2", "p2", 0.4, 0.0), ("s3", "p3", np.nan, 0.1)])

    summary = summarise_repeatability(table, bootstrap=BOOTSTRAP).assign(partition="test")

    (row,) = Repeatability.validate(summary).to_dict(orient="records")
    assert (row["pairs"], row["n"], row["n_left_out"]) == (1, 2, 1)
    assert row["mean"] == pytest.approx(0.6)
    assert row["stranger"] == pytest.approx(0.1)
    assert row["above_stranger"] == pytest.approx(0.5)
    # Resamples of two patients have a mean difference of 0.6, 0.5 or 0.4.
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(0.4), pytest.approx(0.6))


def test_a_scan_counts_once_however_many_pairs_compare_it() -> None:
    once = repeats([("s1", "p1", 0.8, 0.2), ("s2", "p2", 0.4, 0.0)])
    again = once[once["scan_id"] == "s1"].assign(second="c", value=0.0, stranger=0.2)

    summary = summarise_repeatability(pd.concat([once, again]), bootstrap=BOOTSTRAP)

    (row,) = summary.to_dict(orient="records")
    assert (row["pairs"], row["n"]) == (2, 2)
    assert row["mean"] == pytest.approx((0.4 + 0.4) / 2)


def test_patients_are_resampled_whole() -> None:
    table = repeats([("s1", "p1", 0.9, 0.0), ("s2", "p1", 0.1, 0.0)])

    (row,) = summarise_repeatability(table, bootstrap=BOOTSTRAP).to_dict(orient="records")

    assert np.isnan(row["ci_low"])
    assert np.isnan(row["ci_high"])

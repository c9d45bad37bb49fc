"""How far decisions hang on each region, by hand: shares, calls, fills that differ, and placebos."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relied import decided, relied

from sonolens.evaluation.reliance.scores import (
    compare_with_placebo,
    find_most_relied_on,
    measure_reliance,
    name_most_relied_on,
    score_reliance,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.reliance import RelianceScores, keep_first_null

BOOTSTRAP = Bootstrap(resamples=100, confidence=0.95, seed=0)
NAN = float("nan")


def score(reliance: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    table = score_reliance(
        reliance, decisions, partition="test", permutations=200, bootstrap=BOOTSTRAP
    )
    return RelianceScores.validate(table)


def read(table: pd.DataFrame, measure: str, fill: str = "mean", **where: str) -> pd.DataFrame:
    chosen = {"measure": measure, "fill": fill, "subset": "all", "label": "both"} | where
    rows = table[np.logical_and.reduce([table[name] == value for name, value in chosen.items()])]
    return rows.set_index("region")


# Two scans called malignant, one called benign.
VALUES = [[3.0, -1.0, 0.0, 0.0], [1.0, 2.0, -1.0, 0.0], [-1.0, 0.0, -6.0, 1.0]]
DECIDED = decided([True, True, False], [2.0, 2.0, -6.0])


def test_a_share_is_the_size_of_a_value_over_the_sum_of_all_sizes() -> None:
    shares = read(score(relied({("none", "mean"): VALUES}), DECIDED), "share")["value"]

    assert shares.to_dict() == pytest.approx(
        {
            "mass": (3 / 4 + 1 / 4 + 1 / 8) / 3,
            "peritumoral": (1 / 4 + 2 / 4 + 0) / 3,
            "below": (0 + 1 / 4 + 6 / 8) / 3,
            "other": (0 + 0 + 1 / 8) / 3,
        }
    )
    assert shares.sum() == pytest.approx(1)


def test_a_call_hangs_most_on_what_speaks_for_it() -> None:
    most = read(score(relied({("none", "mean"): VALUES}), DECIDED), "hangs_most")

    assert most["value"].to_dict() == pytest.approx(
        {"mass": 1 / 3, "peritumoral": 1 / 3, "below": 1 / 3, "other": 0}
    )
    assert (most["n"] == 3).all()


def test_turning_all_values_and_calls_turns_nothing() -> None:
    values, called = np.array(VALUES), np.array([True, True, False])
    padded = np.column_stack([values, np.full(3, NAN)])

    assert find_most_relied_on(padded, called) == ["mass", "peritumoral", "below"]
    assert find_most_relied_on(-padded, ~called) == ["mass", "peritumoral", "below"]


def test_where_nothing_speaks_for_a_call_it_hangs_on_none() -> None:
    values = np.array([[-1.0, -2.0, 0.0, 0.0, NAN], [1e-12, 0.0, 0.0, 0.0, NAN], [NAN] * 5])

    assert find_most_relied_on(values, np.array([True, True, True])) == ["none"] * 3


def test_fills_that_name_other_regions_leave_a_scan_undecided() -> None:
    other = [VALUES[0], [3.0, 2.0, -1.0, 0.0], VALUES[2]]
    table = score(relied({("none", "mean"): VALUES, ("none", "blurred"): other}), DECIDED)

    agreed = read(table, "hangs_most", "all")
    assert agreed["value"].to_dict() == pytest.approx(
        {"mass": 1 / 3, "peritumoral": 0, "below": 1 / 3, "other": 0}
    )
    assert (agreed["n_undecided"] == 1).all()
    assert (read(table, "hangs_most")["n_undecided"] == 0).all()


def test_a_scan_is_named_after_the_region_that_every_fill_names_and_no_placebo_is_asked() -> None:
    other = [VALUES[0], [3.0, 2.0, -1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]  # mass, mass, none
    placebo = [[0.0, 0.0, 0.0, 9.0]] * 3
    reliance = relied(
        {("none", "mean"): VALUES, ("none", "blurred"): other, ("moved", "mean"): placebo}
    )

    named = name_most_relied_on(reliance, DECIDED)
    of_some = name_most_relied_on(reliance, DECIDED[DECIDED["scan_id"] != "s0001"])

    assert named.to_dict() == {
        ("net", "s0000"): "mass",
        ("net", "s0001"): "undecided",
        ("net", "s0002"): "undecided",
    }
    assert of_some.index.tolist() == [("net", "s0000"), ("net", "s0002")]


def test_fills_that_differ_in_sign_are_counted_and_nothing_is_no_sign() -> None:
    other = [[3.0, 1.0, 0.0, -2.0], [1.0, 2.0, -1.0, 0.0], [-1.0, 0.0, 6.0, 1.0]]
    table = score(relied({("none", "mean"): VALUES, ("none", "tissue"): other}), DECIDED)

    differs = read(table, "sign_differs", "all")
    assert differs["value"].to_dict() == pytest.approx(
        {"mass": 0, "peritumoral": 1 / 3, "below": 1 / 3, "other": 0}
    )


def test_a_scan_counts_only_for_regions_that_it_has() -> None:
    values = [[3.0, -1.0, NAN, 1.0], *VALUES[1:]]
    table = score(relied({("none", "mean"): values}), DECIDED)

    assert read(table, "share")["n"].to_dict() == {
        "mass": 3,
        "peritumoral": 3,
        "below": 2,
        "other": 3,
    }
    assert read(table, "share").loc["below", "value"] == pytest.approx((1 / 4 + 6 / 8) / 2)
    assert "annotation" not in set(table["region"])


def test_a_constant_network_hangs_on_none_and_has_no_shares() -> None:
    nothing = relied({("none", "mean"): np.zeros((3, 4)), ("moved", "mean"): np.zeros((3, 4))})
    table = score(nothing, DECIDED)

    assert (read(table, "hangs_most")["value"] == 0).all()
    assert read(table, "share").empty


def test_own_and_placebo_are_compared_on_scans_that_have_both() -> None:
    moved = [[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 2.0]]
    table = score(relied({("none", "mean"): VALUES, ("moved", "mean"): moved}), DECIDED)

    mass = read(table, "share").loc["mass"]
    assert (mass["n"], mass["n_placebo"]) == (3, 2)
    assert mass["placebo"] == pytest.approx((1 / 4 + 0) / 2)
    assert mass["difference"] == pytest.approx((3 / 4 + 1 / 4) / 2 - 1 / 8)
    assert mass["null"] == "moved"


def test_without_any_placebo_nothing_stands_beside() -> None:
    table = score(relied({("none", "mean"): VALUES}), DECIDED)

    assert (table["null"] == "none").all()
    assert (table["n_placebo"] == 0).all()
    assert table[["placebo", "difference", "p_value", "p_adjusted"]].isna().all(axis=None)


def test_subsets_and_labels_are_those_of_the_decisions() -> None:
    decisions = decided([True, False, False], [2.0, 2.0, -6.0])
    table = score(relied({("none", "mean"): VALUES}), decisions)

    assert read(table, "share", label="malignant").loc["mass", "value"] == 3 / 4
    wrong = read(table, "share", subset="wrong")
    assert wrong.loc["mass", "value"] == 1 / 4
    assert (wrong["n"] == 1).all()


def test_one_scan_only_has_its_shares() -> None:
    table = score(relied({("none", "mean"): VALUES[:1]}), decided([True], [2.0]))

    assert read(table, "share")["value"].tolist() == pytest.approx([3 / 4, 1 / 4, 0, 0])


def test_a_scan_that_was_decided_in_another_partition_is_refused_by_name() -> None:
    elsewhere = decided([True, True, False], [2.0, 2.0, -6.0], partition="validation")

    with pytest.raises(ValueError, match="asked about scan 's0000' but decided on none"):
        score(relied({("none", "mean"): VALUES}), elsewhere)


def test_p_values_are_adjusted_over_the_regions_of_a_fill() -> None:
    rng = np.random.default_rng(0)
    own, moved = rng.normal([3.0, 0.0, 0.0, 0.0], size=(2, 12, 4))
    table = score(
        relied({("none", "mean"): own, ("moved", "mean"): moved * 0.1}),
        decided([True, False] * 6, own.sum(axis=1)),
    )

    shares = read(table, "share")
    least = shares["p_value"].idxmin()
    assert shares.loc[least, "p_adjusted"] == pytest.approx(
        min(1, 4 * shares.loc[least, "p_value"])
    )


@given(st.integers(0, 2**32 - 1), st.permutations(list(range(4))))
@settings(max_examples=20, deadline=None)
def test_renaming_regions_renames_all_scores(seed: int, order: list[int]) -> None:
    values = np.random.default_rng(seed).normal(size=(3, 4))
    names = ("mass", "peritumoral", "below", "other")
    straight = measure_reliance(relied({("none", "mean"): values}), DECIDED.set_index("scan_id"))
    renamed = relied({("none", "mean"): values}, regions=[names[place] for place in order])

    for one, other in zip(
        straight, measure_reliance(renamed, DECIDED.set_index("scan_id")), strict=True
    ):
        assert other.shares[:, order] == pytest.approx(one.shares[:, :4])


def test_patients_are_exchanged_and_not_scans() -> None:
    own, placebo = np.full((6, 1), 1.0), np.zeros((6, 1))

    def p_value(patients: list[str]) -> float:
        table = compare_with_placebo(
            own, placebo, np.array(patients), permutations=1000, bootstrap=BOOTSTRAP
        )
        return float(table["p_value"].item())

    assert p_value(list("abcdef")) == 2 / 2**6
    assert p_value(list("aaabbb")) == 2 / 2**2


def test_nobody_asked_gives_no_rates() -> None:
    nobody = np.zeros((0, 2))

    table = compare_with_placebo(
        nobody, nobody, np.array([], dtype=str), permutations=10, bootstrap=BOOTSTRAP
    )

    assert (table["n"] == 0).all()
    assert table[["value", "placebo", "difference", "p_value"]].isna().all(axis=None)


def test_what_is_read_first_is_held_against_the_first_null_whatever_its_place() -> None:
    table = pd.DataFrame({"null": ["randomised", "exchanged", "moved", "moved"]})

    assert keep_first_null(table)["null"].tolist() == ["moved", "moved"]
    assert keep_first_null(table[:2])["null"].tolist() == ["exchanged"]
    assert len(keep_first_null(pd.DataFrame({"null": ["none", "none"]}))) == 2

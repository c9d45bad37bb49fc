"""Draws that are fair to every BI-RADS category."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.cohort.strata import describe_groups, draw, draw_validation, merge_rare_strata


def units_of(*birads: int, malignant: object = False) -> pd.DataFrame:
    names = [f"g{place:03d}" for place in range(len(birads))]
    return pd.DataFrame({"malignant": malignant, "birads": list(birads)}, index=names)


@given(
    birads=st.lists(st.sampled_from([-1, 2, 3, 4]), min_size=1, max_size=40),
    share=st.floats(0, 1),
)
def test_every_category_gets_its_share_to_within_one(birads, share) -> None:
    units = units_of(*birads)
    count = round(share * len(units))

    drawn = draw(units, count)

    assert len(drawn) == len(set(drawn)) == count
    per_category = Counter(units.loc[drawn, "birads"])
    for category, size in Counter(birads).items():
        assert abs(per_category[category] - count * size / len(units)) < 1


def test_one_category_is_drawn_from_the_front() -> None:
    assert draw(units_of(3, 3, 3, 3), 2) == ["g000", "g001"]


def test_a_category_that_got_its_whole_share_gets_no_more() -> None:
    assert draw(units_of(2, 2, 3, 4), 2) == ["g000", "g002"]


def test_a_rare_category_is_drawn_when_its_lot_comes_early() -> None:
    early, late = [4] + [3] * 9, [3] * 9 + [4]

    assert "g000" in draw(units_of(*early), 5)
    assert "g009" not in draw(units_of(*late), 5)


def test_a_group_is_malignant_with_any_malignant_scan_and_has_its_highest_category() -> None:
    scans = pd.DataFrame(
        {
            "label": ["benign", "malignant", "benign", "benign"],
            "birads": ["4a", "4", "3", None],
        }
    )
    groups = pd.Series(["y", "y", "x", "x"])

    units = describe_groups(scans, groups)

    assert units.index.tolist() == ["x", "y"]
    assert units["malignant"].tolist() == [False, True]
    assert units["birads"].tolist() == [1, 3]


def test_unknown_categories_are_one_of_their_own() -> None:
    scans = pd.DataFrame({"label": ["benign"], "birads": pd.Series([None], dtype="str")})

    assert describe_groups(scans, pd.Series(["x"]))["birads"].tolist() == [-1]


def test_validation_is_a_share_of_all_groups_taken_from_those_not_tested() -> None:
    units = units_of(*[3] * 20, malignant=[False] * 10 + [True] * 10)
    tested = ["g000", "g001", "g010", "g011"]

    drawn = draw_validation(units, without=tested, share=0.3, seed=0, fold=0)

    assert units.loc[drawn, "malignant"].value_counts().to_dict() == {False: 3, True: 3}
    assert not set(drawn) & set(tested)


def test_validation_is_drawn_anew_in_every_fold_and_again_alike() -> None:
    units = units_of(*[3] * 40, malignant=[False, True] * 20)
    drawn = [
        draw_validation(units, without=[], share=0.25, seed=seed, fold=fold)
        for seed, fold in ((0, 0), (0, 1), (1, 0), (0, 0))
    ]

    assert drawn[0] == drawn[3]
    assert drawn[0] != drawn[1]
    assert drawn[0] != drawn[2]


def test_validation_cannot_take_more_than_there_is() -> None:
    units = units_of(3, 3, 3, 3, malignant=[False, False, True, True])

    drawn = draw_validation(units, without=["g000"], share=0.9, seed=0, fold=0)

    assert sorted(drawn) == ["g001", "g002", "g003"]


def test_frequent_categories_are_strata_and_rare_ones_of_a_label_are_pooled() -> None:
    units = units_of(3, 3, 3, 4, 4, 5, 3, 4, 5, malignant=[False] * 6 + [True] * 3)

    strata = merge_rare_strata(units, at_least=3)

    assert (
        list(strata.values()) == ["benign 3"] * 3 + ["benign other"] * 3 + ["malignant other"] * 3
    )


def test_a_pool_that_is_itself_rare_joins_the_largest_stratum_of_its_label() -> None:
    units = units_of(3, 3, 4, 4, 4, 5, 3, 3, malignant=[False] * 6 + [True] * 2)

    strata = merge_rare_strata(units, at_least=2)

    assert list(strata.values()) == ["benign 3"] * 2 + ["benign 4"] * 4 + ["malignant 3"] * 2


def test_a_label_with_fewer_groups_than_folds_is_refused_with_the_counts() -> None:
    units = units_of(3, 3, 3, 3, malignant=[False, False, False, True])

    with pytest.raises(ValueError, match=r"2 folds need 2 patients .* 3 benign and 1 malignant"):
        merge_rare_strata(units, at_least=2)

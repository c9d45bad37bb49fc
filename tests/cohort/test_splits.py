"""Splits: patients stay whole, labels stay mixed, seeds decide."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from sonolens.cohort import (
    check_disjoint,
    join_groups,
    split_external,
    split_holdout,
    split_kfold,
    split_official,
)
from sonolens.studies.busbra import read_busbra
from sonolens.tables import cohort

SHARES = {"validation_share": 0.2, "test_share": 0.25}


def scans_of(patients: dict[str, str], *, scans_each: int = 2) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "scan_id": f"{patient}-{view}",
                "lesion_id": patient,
                "patient_id": patient,
                "view": None,
                "label": label,
                "birads": None,
                "spacing_row_mm": 0.1,
                "spacing_col_mm": 0.1,
                "device": None,
                "source": "test",
            }
            for patient, label in patients.items()
            for view in range(scans_each)
        ]
    )


FORTY = scans_of(
    {f"b{i:02d}": "benign" for i in range(20)} | {f"m{i:02d}": "malignant" for i in range(20)}
)


def test_the_shares_are_met_in_each_label() -> None:
    splits = split_holdout(FORTY, **SHARES, seed=0)

    counts = pd.crosstab(splits["partition"], FORTY["label"])
    assert counts.loc["test"].tolist() == [10, 10]
    assert counts.loc["validation"].tolist() == [8, 8]
    assert counts.loc["train"].tolist() == [22, 22]


def test_shares_are_rounded_to_the_nearest_number_of_whole_patients_of_each_label() -> None:
    scans = scans_of(
        {f"b{i:02d}": "benign" for i in range(11)} | {f"m{i:02d}": "malignant" for i in range(9)},
        scans_each=1,
    )

    splits = split_holdout(scans, validation_share=0.15, test_share=0.25, seed=0)

    # Of 11 benign patients 2.75 and 1.65, of 9 malignant ones 2.25 and 1.35.
    counts = pd.crosstab(splits["partition"], scans["label"])
    assert counts.loc["test"].tolist() == [3, 2]
    assert counts.loc["validation"].tolist() == [2, 1]


def test_a_patient_is_never_in_two_partitions() -> None:
    splits = split_holdout(FORTY, **SHARES, seed=3)

    assert not splits.drop_duplicates(["patient_id", "partition"])["patient_id"].duplicated().any()
    cohort.Splits.validate(splits)


def test_a_patient_with_one_malignant_lesion_counts_as_malignant_and_stays_whole() -> None:
    scans = FORTY.copy()
    scans.loc[scans["patient_id"] == "b00", "patient_id"] = "m00"

    splits = split_holdout(scans, **SHARES, seed=0)

    assert len(set(splits.loc[splits["patient_id"] == "m00", "partition"])) == 1


def test_the_same_seed_splits_alike_whatever_the_row_order() -> None:
    shuffled = FORTY.sample(frac=1, random_state=5)

    first = split_holdout(FORTY, **SHARES, seed=1).set_index("scan_id")["partition"]
    second = split_holdout(shuffled, **SHARES, seed=1).set_index("scan_id")["partition"]

    assert first.to_dict() == second.to_dict()
    assert list(second.index) == list(shuffled["scan_id"])


def test_another_seed_splits_otherwise() -> None:
    first, second = (split_holdout(FORTY, **SHARES, seed=seed)["partition"] for seed in (1, 2))

    assert first.tolist() != second.tolist()


def test_a_partition_without_both_labels_is_refused_with_the_counts() -> None:
    scans = scans_of({f"b{i}": "benign" for i in range(20)} | {"m0": "malignant"})

    with pytest.raises(ValueError, match="test: 10 benign and 0 malignant scans; add patients"):
        split_holdout(scans, **SHARES, seed=0)


@pytest.mark.parametrize("shares", [(0.0, 0.2), (0.2, 0.0), (0.5, 0.5)])
def test_shares_that_leave_a_partition_empty_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="sum to less than 1"):
        split_holdout(FORTY, validation_share=shares[0], test_share=shares[1], seed=0)


TESTED_BY_SEED_0 = ["b02", "b04", "b06", "b13", "b19", "m04", "m06", "m07", "m11", "m16"]


def test_the_split_of_a_seed_stays_what_it_was() -> None:
    splits = split_holdout(FORTY, **SHARES, seed=0).drop_duplicates("patient_id")
    place = splits.set_index("patient_id")["partition"]

    assert list(place.index[place == "test"]) == TESTED_BY_SEED_0


BIRADS_OF = {"b": ["2", "3"], "m": ["4", "5"]}
GRADED = FORTY.assign(
    birads=[BIRADS_OF[name[0]][int(name[1:]) % 2] for name in FORTY["patient_id"]]
)


def test_each_birads_category_is_dealt_out_in_proportion() -> None:
    for seed in range(5):
        splits = split_holdout(GRADED, **SHARES, seed=seed)

        counts = pd.crosstab(splits["partition"], GRADED["birads"])
        # 5 of 20 patients per label: 2 or 3 of each category, two scans each.
        assert set(counts.loc["test"]) == {4, 6}
        # Then 4 of the 15 left, so 1.9 and 2.1 of each category.
        assert set(counts.loc["validation"]) <= {2, 4, 6}
        assert counts.loc["validation", ["2", "3"]].sum() == 8


def test_joined_patients_share_a_partition_in_every_scheme(scheme: Callable) -> None:
    twins = pd.Series({"b00-0": "x", "m07-1": "x", "b05-0": "y", "b13-1": "y"})
    groups = join_groups(FORTY, twins)

    for seed in range(4):
        splits = scheme(FORTY, seed=seed, groups=groups)
        for pair in (["b00", "m07"], ["b05", "b13"]):
            rows = splits[splits["patient_id"].isin(pair)]
            assert len(rows.drop_duplicates(["fold", "partition"])) == rows["fold"].nunique()
        cohort.Splits.validate(splits)


OFFICIAL = pd.DataFrame(
    {
        "scan_id": FORTY["scan_id"],
        # The twins of the test above stand in one fold.
        "fold": [
            {"m07": 1, "b13": 1 + 5 % 4}.get(name, 1 + int(name[1:]) % 4)
            for name in FORTY["patient_id"]
        ],
    }
)


@pytest.fixture(params=["holdout", "kfold", "official"])
def scheme(request: pytest.FixtureRequest) -> Callable:
    return {
        "holdout": partial(split_holdout, **SHARES),
        "kfold": partial(split_kfold, folds=4, repeats=2, validation_share=0.2),
        "official": partial(split_official, official_folds=OFFICIAL, validation_share=0.2),
    }[request.param]


def test_row_order_does_not_matter_in_any_scheme(scheme: Callable) -> None:
    shuffled = GRADED.sample(frac=1, random_state=5)

    first, second = scheme(GRADED, seed=1), scheme(shuffled, seed=1)

    key = ["scan_id", "fold"]
    pd.testing.assert_series_equal(
        first.set_index(key)["partition"].sort_index(),
        second.set_index(key)["partition"].sort_index(),
    )
    of_fold_0 = second.loc[second["fold"] == 0, "scan_id"]
    assert of_fold_0.tolist() == shuffled["scan_id"].tolist()


def test_scans_are_left_as_they_were_and_seeds_differ_in_every_scheme(scheme: Callable) -> None:
    before = GRADED.copy()

    first, second = (scheme(GRADED, seed=seed) for seed in (1, 2))

    pd.testing.assert_frame_equal(GRADED, before)
    assert first["partition"].tolist() != second["partition"].tolist()


def test_groups_that_miss_a_scan_or_cut_a_patient_are_refused(scheme: Callable) -> None:
    whole = FORTY.set_index("scan_id")["patient_id"]

    with pytest.raises(ValueError, match=r"scan 'b00-0' and 1 more have no group"):
        scheme(FORTY, seed=0, groups=whole.drop(["b00-0", "b00-1"]))
    with pytest.raises(ValueError, match=r"patient 'b03' has scans in 2 groups"):
        scheme(FORTY, seed=0, groups=whole.where(whole.index != "b03-1", "m01"))


def test_every_patient_is_tested_once_per_repeat() -> None:
    splits = split_kfold(GRADED, folds=5, repeats=3, validation_share=0.2, seed=0)

    assert len(splits) == len(GRADED) * 15
    assert sorted(set(splits["fold"])) == list(range(15))
    tested = splits[splits["partition"] == "test"]
    repeat = tested["fold"] // 5
    assert (pd.crosstab(tested["scan_id"], repeat) == 1).all(axis=None)
    cohort.Splits.validate(splits)


def test_folds_and_their_validation_have_the_label_mix_of_the_study() -> None:
    splits = split_kfold(GRADED, folds=5, repeats=2, validation_share=0.2, seed=0)
    malignant = splits["patient_id"].str.startswith("m")

    counts = malignant.groupby([splits["fold"], splits["partition"]]).agg(["sum", "size"])
    assert (counts["sum"] * 2 == counts["size"]).all()
    assert set(counts["size"].xs("validation", level="partition")) == {16}
    birads = splits["scan_id"].map(GRADED.set_index("scan_id")["birads"])
    tested = splits["partition"] == "test"
    assert (pd.crosstab(splits["fold"][tested], birads[tested]) == 4).all(axis=None)


def test_repeats_and_validation_are_drawn_anew() -> None:
    splits = split_kfold(FORTY, folds=4, repeats=2, validation_share=0.2, seed=0)
    drawn = splits.groupby(["partition", "fold"])["scan_id"].agg(frozenset)

    assert not set(drawn["test"].loc[:3]) & set(drawn["test"].loc[4:])
    assert len(set(drawn["validation"])) == 8


def test_more_folds_than_patients_of_a_label_are_refused() -> None:
    scans = scans_of({f"b{i}": "benign" for i in range(9)} | {"m0": "malignant"})

    with pytest.raises(ValueError, match="2 folds need 2 patients of each label"):
        split_kfold(scans, folds=2, repeats=1, validation_share=0.2, seed=0)


def test_a_fold_without_validation_of_a_label_is_refused_with_its_number() -> None:
    scans = scans_of(
        {f"b{i}": "benign" for i in range(9)} | {f"m{i}": "malignant" for i in range(2)}
    )

    with pytest.raises(ValueError, match=r"fold 0 gives .*validation: 4 benign and 0 malignant"):
        split_kfold(scans, folds=2, repeats=1, validation_share=0.2, seed=0)


@pytest.mark.parametrize(("folds", "repeats"), [(1, 1), (2, 0)])
def test_fewer_than_two_folds_or_one_repeat_are_refused(folds: int, repeats: int) -> None:
    with pytest.raises(ValueError, match=r"at least 2 and repeats .* choose the scheme holdout"):
        split_kfold(FORTY, folds=folds, repeats=repeats, validation_share=0.2, seed=0)


@pytest.mark.parametrize("share", [0.0, 0.75, 0.9])
def test_a_validation_share_that_leaves_nothing_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"above 0 and below 0.75, the share that is not tested"):
        split_kfold(FORTY, folds=4, repeats=1, validation_share=share, seed=0)
    with pytest.raises(ValueError, match=r"above 0 and below 0.75, the share that is not tested"):
        split_official(FORTY, OFFICIAL, validation_share=share, seed=0)


def test_the_test_scans_are_those_of_the_published_fold() -> None:
    published = OFFICIAL.assign(fold=OFFICIAL["fold"] * 10)

    splits = split_official(FORTY, published, validation_share=0.2, seed=0)

    assert sorted(set(splits["fold"])) == [0, 1, 2, 3]
    for fold in range(4):
        tested = splits.loc[(splits["fold"] == fold) & (splits["partition"] == "test"), "scan_id"]
        stands = published.loc[published["fold"] == 10 * (fold + 1), "scan_id"]
        assert set(tested) == set(stands)
    validation = splits[splits["partition"] == "validation"]
    assert (validation.groupby("fold")["patient_id"].nunique() == 8).all()


def test_published_folds_may_list_scans_that_were_left_out() -> None:
    extra = pd.concat([OFFICIAL, pd.DataFrame({"scan_id": ["gone"], "fold": [9]})])

    splits = split_official(FORTY, extra, validation_share=0.2, seed=0)

    assert set(splits["fold"]) == {0, 1, 2, 3}


def test_a_scan_without_a_published_fold_is_named() -> None:
    with pytest.raises(ValueError, match=r"scan 'b00-0' and 1 more are in no published fold"):
        split_official(FORTY, OFFICIAL.iloc[2:], validation_share=0.2, seed=0)


def test_published_folds_that_cut_through_a_group_are_refused_by_its_name() -> None:
    groups = join_groups(FORTY, pd.Series({"b01-0": "x", "m02-0": "x"}))

    with pytest.raises(ValueError, match=r"cut through group 'b01', which stands in 2 and 3; drop"):
        split_official(FORTY, OFFICIAL, validation_share=0.2, seed=0, groups=groups)


def test_a_part_of_a_data_set_with_one_published_fold_is_refused() -> None:
    with pytest.raises(ValueError, match="all scans stand in the published fold 3, so none is"):
        split_official(FORTY, OFFICIAL.assign(fold=3), validation_share=0.2, seed=0)


def test_a_group_in_two_partitions_of_a_fold_is_named_with_its_fold() -> None:
    splits = split_kfold(FORTY, folds=2, repeats=1, validation_share=0.2, seed=0)
    patients = FORTY.set_index("scan_id")["patient_id"]
    check_disjoint(splits, patients)
    place = splits.index[(splits["fold"] == 1) & (splits["partition"] == "train")][0]
    name = splits.loc[place, "patient_id"]
    splits.loc[place, "partition"] = "test"

    with pytest.raises(ValueError, match=f"group '{name}' stands in test and train of fold 1"):
        check_disjoint(splits, patients)


@pytest.mark.real_scans
def test_the_published_ten_folds_of_busbra_are_kept(real_scans: Path) -> None:
    study = read_busbra(str(real_scans / "BUSBRA"), folds=10)

    splits = split_official(study.scans, study.official_folds, validation_share=0.1, seed=0)

    tested = splits[splits["partition"] == "test"].set_index("scan_id")["fold"] + 1
    assert tested.to_dict() == study.official_folds.set_index("scan_id")["fold"].to_dict()
    cohort.Splits.validate(splits)


def study_of(patients: int, *, malignant: int) -> pd.DataFrame:
    """Two scans of every patient; the first so many are malignant."""
    labels = {f"p{n}": "malignant" if n < malignant else "benign" for n in range(patients)}
    return scans_of(labels)


def test_a_share_of_the_patients_of_either_label_stays_local_and_all_others_are_scored() -> None:
    scans = study_of(20, malignant=10)

    splits = cohort.Splits.validate(split_external(scans, local_share=0.2, seed=0))

    told = splits.merge(scans[["scan_id", "label"]], on="scan_id")
    counts = told.groupby(["partition", "label"])["patient_id"].nunique()
    assert counts.to_dict() == {
        ("train", "benign"): 2,
        ("train", "malignant"): 2,
        ("test", "benign"): 8,
        ("test", "malignant"): 8,
    }
    assert len(splits[["patient_id", "partition"]].drop_duplicates()) == 20
    assert splits["scan_id"].tolist() == scans["scan_id"].tolist()


def test_the_patients_of_scans_that_a_network_knows_are_neither_learnt_from_nor_scored() -> None:
    splits = split_external(study_of(20, malignant=10), local_share=0.2, seed=0, known=["p3-1"])

    apart = splits[splits["partition"] == "validation"]
    assert apart["scan_id"].tolist() == ["p3-0", "p3-1"]


@pytest.mark.parametrize(
    ("patients", "malignant", "expected"),
    [
        (1, 1, {"test": 1}),
        (2, 1, {"train": 1, "test": 1}),
        (6, 0, {"train": 1, "test": 5}),
    ],
)
def test_small_studies_and_those_of_one_label_are_split_all_the_same(
    patients: int, malignant: int, expected: dict[str, int]
) -> None:
    splits = split_external(study_of(patients, malignant=malignant), local_share=0.2, seed=0)

    assert splits.groupby("partition")["patient_id"].nunique().to_dict() == expected

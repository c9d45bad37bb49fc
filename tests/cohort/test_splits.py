"""Splits: patients stay whole, labels stay mixed, seeds decide."""

import pandas as pd
import pytest

from sonolens import tables
from sonolens.cohort import split_holdout

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


def test_a_patient_is_never_in_two_partitions() -> None:
    splits = split_holdout(FORTY, **SHARES, seed=3)

    assert not splits.drop_duplicates(["patient_id", "partition"])["patient_id"].duplicated().any()
    tables.Splits.validate(splits)


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

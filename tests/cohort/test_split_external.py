"""A study that networks from elsewhere are held against: a share is learnt from locally, the others are scored."""

import pandas as pd
import pytest

from sonolens.cohort import split_external
from sonolens.tables.cohort import Splits


def scans_of(patients: int, *, malignant: int) -> pd.DataFrame:
    """Two scans of every patient; the first so many are malignant."""
    return pd.DataFrame(
        {
            "scan_id": f"p{number}-{view}",
            "lesion_id": f"p{number}",
            "patient_id": f"p{number}",
            "view": None,
            "label": "malignant" if number < malignant else "benign",
            "birads": None,
            "spacing_row_mm": 0.1,
            "spacing_col_mm": 0.1,
            "device": None,
            "source": "test",
        }
        for number in range(patients)
        for view in range(2)
    )


def test_a_share_of_the_patients_of_either_label_stays_local_and_all_others_are_scored() -> None:
    scans = scans_of(20, malignant=10)

    splits = Splits.validate(split_external(scans, local_share=0.2, seed=0))

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
    splits = split_external(scans_of(20, malignant=10), local_share=0.2, seed=0, known=["p3-1"])

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
    splits = split_external(scans_of(patients, malignant=malignant), local_share=0.2, seed=0)

    assert splits.groupby("partition")["patient_id"].nunique().to_dict() == expected

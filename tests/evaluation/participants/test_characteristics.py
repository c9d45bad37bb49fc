"""What partitions are like, on a study whose numbers are known beforehand."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.participants import describe_partitions
from sonolens.evaluation.participants.characteristics import names_age
from sonolens.tables.participants import ALL, PartitionCharacteristics
from sonolens.tables.vocabulary import LABELS, PARTITIONS

NAN = float("nan")


def study(**columns: object) -> pd.DataFrame:
    """Six scans: a lesion of two, a patient of a benign and a malignant lesion, a device nobody knows."""
    table = {
        "scan_id": ["a1", "a2", "b1", "c1", "d1", "e1"],
        "lesion_id": ["a", "a", "b", "c", "d", "e"],
        "patient_id": ["p", "p", "q", "q", "r", "s"],
        "view": None,
        "label": ["benign", "benign", "benign", "malignant", "malignant", "benign"],
        "birads": ["3", "3", "4a", None, "5", "2"],
        "spacing_row_mm": [0.1, 0.1, 0.1, 0.1, NAN, 0.2],
        "device": ["GE", "GE", "Toshiba", None, "GE", "GE"],
    }
    return pd.DataFrame(table | columns)


def described(scans: pd.DataFrame | None = None, *, folds: int = 1, sizes=(1, 2, 3, 4, NAN, 6)):
    known = study() if scans is None else scans
    partition = ["train", "train", "test", "test", "validation", "train"]
    splits = pd.concat(
        known[["scan_id", "lesion_id", "patient_id"]].assign(fold=fold, partition=partition)
        for fold in range(folds)
    )
    masses = known[["scan_id"]].assign(size_mm=list(sizes))
    properties = known[["scan_id"]].assign(rows_px=400)
    return PartitionCharacteristics.validate(describe_partitions(known, splits, masses, properties))


def row(table: pd.DataFrame, characteristic: str, category: str = ALL, **key: str) -> pd.Series:
    wanted = {"partition": ALL, "label": "both", "unit": "scan"} | key
    found = table[(table["characteristic"] == characteristic) & (table["category"] == category)]
    for name, value in wanted.items():
        found = found[found[name] == value]
    (only,) = found.to_dict("records")
    return only


def test_a_patient_of_two_labels_counts_under_both_and_once_together() -> None:
    table = described()

    assert row(table, "number", unit="patient")["n"] == 4
    assert row(table, "number", unit="lesion")["n"] == 5
    counts = [row(table, "label", label, unit="patient")["n"] for label in LABELS]
    assert counts == [3, 2]
    assert row(table, "label", "malignant")["share"] == pytest.approx(2 / 6)


def test_shares_are_of_the_known_and_the_unknown_are_counted() -> None:
    told = row(described(), "device", "GE")

    assert (told["n"], told["known"], told["unknown"], told["share"]) == (4, 5, 1, 0.8)


def test_a_category_that_a_partition_lacks_stands_as_zero() -> None:
    assert row(described(), "birads", "2", partition="test")["n"] == 0


def test_measures_have_their_median_and_quartiles() -> None:
    table = described()

    size = row(table, "size_mm")
    assert (size["q1"], size["median"], size["q3"]) == (2, 3, 4)
    assert (size["known"], size["unknown"]) == (5, 1)
    assert row(table, "depth_mm", partition="train")["median"] == pytest.approx(40)


def test_an_age_is_told_whatever_its_column_is_called() -> None:
    table = described(study(**{"Patient age (years)": ["40", "40", "50", "50", "unknown", "60"]}))

    told = row(table, "age")
    assert (told["median"], told["unknown"]) == (50, 1)
    assert not names_age("dosage")


def test_what_no_scan_tells_has_no_row() -> None:
    table = described(study(birads=None, device=None, spacing_row_mm=NAN), sizes=[NAN] * 6)

    assert set(table["characteristic"]) == {"number", "label"}


def test_ids_that_stand_in_for_unknown_ones_are_not_counted() -> None:
    told = row(described(study(filled_in="patient_id")), "number", unit="patient")

    assert np.isnan(told["n"])
    assert told["unknown"] == 6


def test_one_label_in_a_partition_and_none_in_another_are_told() -> None:
    table = described(study(label=["benign"] * 4 + ["malignant", "benign"]))

    assert row(table, "label", "malignant", partition="train")["n"] == 0
    assert row(table, "label", "malignant", partition="validation")["share"] == 1


@pytest.mark.parametrize("folds", [1, 3])
def test_partitions_add_up_to_the_whole_fold_and_labels_to_both(folds: int) -> None:
    table = described(folds=folds)
    counted = table[table["unit"] == "scan"]
    keys = ["fold", "characteristic", "category"]

    parts = counted[counted["partition"].isin(PARTITIONS) & (counted["label"] == "both")]
    whole = counted[(counted["partition"] == ALL) & (counted["label"] == "both")]
    assert parts.groupby(keys)["n"].sum().to_dict() == whole.groupby(keys)["n"].sum().to_dict()

    keys = [*keys, "partition"]
    labelled = counted[counted["characteristic"] != "label"]
    apart = labelled[labelled["label"] != "both"].groupby(keys)["n"].sum()
    both = labelled[labelled["label"] == "both"].groupby(keys)["n"].sum()
    assert apart.to_dict() == both.to_dict()

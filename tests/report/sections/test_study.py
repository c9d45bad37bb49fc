import pandas as pd
from tiny_run import scans_table, splits_table

from sonolens.report.sections.study import (
    count_birads,
    count_partitions,
    count_spaced,
    count_told,
)


def test_scans_lesions_and_patients_are_counted_per_partition_and_label() -> None:
    scans = scans_table(
        lesion_id=["l0", "l1", "l2", "l2", "l4", "l4", "l6", "l7"],
        patient_id=["p0", "p1", "p2", "p2", "p4", "p4", "p4", "p7"],
        label=["benign"] * 4 + ["malignant", "malignant", "benign", "malignant"],
    )

    counts = count_partitions(scans, splits_table(scans))

    found = {(c.partition, c.label): (c.scans, c.lesions, c.patients) for c in counts}
    assert found["train", "benign"] == (2, 2, 2)
    assert found["validation", "benign"] == (2, 1, 1)
    assert found["validation", "malignant"] == (0, 0, 0)
    assert found["test", "malignant"] == (3, 2, 2)
    # Patient p4 has lesions of both labels and is still one patient.
    assert found["test", "both"] == (4, 3, 2)
    assert len(counts) == 9


def test_folds_are_counted_apart() -> None:
    scans = scans_table()
    splits = pd.concat([splits_table(scans), splits_table(scans).assign(fold=1, partition="test")])

    counts = count_partitions(scans, splits)

    tested = {c.fold: c.scans for c in counts if (c.partition, c.label) == ("test", "both")}
    assert tested == {0: 4, 1: 8}
    assert {c.partition for c in counts if c.fold == 1} == {"test"}


def test_birads_are_counted_in_their_order_with_unknown_last() -> None:
    assert count_birads(scans_table()) == [
        {"category": "3", "benign": 3, "malignant": 0, "lesions": 3},
        {"category": "4c", "benign": 0, "malignant": 1, "lesions": 1},
        {"category": "5", "benign": 0, "malignant": 2, "lesions": 2},
        {"category": "unknown", "benign": 1, "malignant": 1, "lesions": 2},
    ]


def test_a_pixel_size_is_known_only_in_both_directions() -> None:
    assert count_spaced(scans_table()) == 7


def test_what_was_filled_in_is_not_counted_as_read() -> None:
    scans = scans_table(filled_in=["patient_id"] * 3 + [None] * 5)

    told = {
        row["column"]: (row["read"], row["filled"], row["unknown"]) for row in count_told(scans)
    }
    assert told["patient_id"] == (5, 3, 0)
    assert told["lesion_id"] == (8, 0, 0)
    assert told["birads"] == (6, 0, 2)
    counts = count_partitions(scans, splits_table(scans))
    assert all(count.lesions is not None for count in counts)
    assert any(count.patients is None for count in counts)
    assert any(count.patients is not None for count in counts)

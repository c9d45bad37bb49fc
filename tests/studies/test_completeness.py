"""Completeness: what was read, beside what was published."""

import numpy as np
import pandas as pd

from sonolens.studies import Study
from sonolens.studies.completeness import compare_with_published, count_study


def grey() -> np.ndarray:
    return np.zeros((4, 4), dtype=np.uint8)


def study(*, published: dict[str, int], left_out: dict[str, int] | None = None) -> Study:
    scans = pd.DataFrame(
        {
            "scan_id": ["a", "b", "c"],
            "lesion_id": ["1", "1", "2"],
            "patient_id": ["p", "p", "p"],
            "label": ["benign", "benign", "malignant"],
        }
    )
    readers = dict.fromkeys(scans["scan_id"], grey)
    return Study("toy", scans, readers, readers, "a toy", published, left_out or {})


def test_scans_lesions_patients_and_labels_are_counted() -> None:
    assert count_study(study(published={})) == {
        "scans": 3,
        "lesions": 2,
        "patients": 1,
        "benign": 2,
        "malignant": 1,
    }


def test_a_complete_study_has_no_difference() -> None:
    assert compare_with_published(study(published={"scans": 3, "malignant": 1})) == []


def test_every_difference_is_told() -> None:
    assert compare_with_published(study(published={"scans": 5, "benign": 4})) == [
        "3 scans of 5",
        "2 benign of 4",
    ]


def test_what_was_left_out_for_a_reason_is_not_missing() -> None:
    assert compare_with_published(study(published={"scans": 5}, left_out={"normal": 2})) == []


def test_a_study_without_a_publication_is_never_incomplete() -> None:
    assert compare_with_published(study(published={})) == []

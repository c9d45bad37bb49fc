import numpy as np
import pandas as pd
import pytest

from sonolens.tables.cohort import Scans
from sonolens.travel import MeasuredScan, describe_training_study

SCANS = pd.DataFrame(
    {
        "scan_id": ["secret-scan-1", "secret-scan-2", "secret-scan-3", "secret-scan-4"],
        "lesion_id": ["secret-lesion-1", "secret-lesion-1", "secret-lesion-2", "secret-lesion-3"],
        "patient_id": [f"secret-patient-{number}" for number in (1, 1, 2, 3)],
        "view": pd.Series([None] * 4, dtype="str"),
        "label": ["benign", "benign", "malignant", "benign"],
        "birads": pd.Series([None] * 4, dtype="str"),
        "spacing_row_mm": [0.1, np.nan, 0.2, 0.3],
        "spacing_col_mm": [0.1, np.nan, 0.2, 0.3],
        "device": ["A", None, "A", "B"],
        "source": "secret/folder",
    }
)
PROPERTIES = pd.DataFrame(
    {
        "scan_id": SCANS["scan_id"],
        "rows_px": 100,
        "cols_px": 100,
        "mean_grey": 90.0,
        "contrast": 9.0,
        "mass_row_px": 50.0,
        "mass_col_px": 50.0,
        "mass_area_px": 100,
        "mass_height_px": [10, 20, 30, 40],
        "mass_width_px": [20, 20, 20, 20],
        "annotation_share": [0.0, 0.1, 0.2, 0.3],
    }
)
MEASURED = {
    scan_id: MeasuredScan(facts={"rows_px": float(number)}, digest=bytes([number]) * 32)
    for number, scan_id in enumerate(SCANS["scan_id"], start=1)
}
FACTS = {"name": "made up", "description": "of nobody"}


def describe(partitions, scans=SCANS):
    told = SCANS[["scan_id", "lesion_id", "patient_id", "label"]]
    judged = {"logit": 1.0, "temperature": 1.0, "probability": 0.7, "threshold": 0.5}
    decided = told.assign(run="r", partition=partitions, called=True, correct=True, **judged)
    return describe_training_study(
        decided, scans, PROPERTIES, MEASURED, study_facts=FACTS, made_in="then"
    )


def ranges(study):
    return {each.name: each for each in study.ranges}


def test_scans_lesions_and_patients_are_counted_by_partition_and_label():
    study = describe(["train", "train", "validation", "test"])

    counted = {
        (each.partition, each.label): (each.scans, each.lesions, each.patients)
        for each in study.counts
    }
    assert counted == {
        ("train", "benign"): (2, 1, 1),
        ("train", "malignant"): (0, 0, 0),
        ("validation", "benign"): (0, 0, 0),
        ("validation", "malignant"): (1, 1, 1),
        ("test", "benign"): (1, 1, 1),
        ("test", "malignant"): (0, 0, 0),
    }


def test_ranges_and_devices_are_those_of_training_scans_and_tell_what_is_not_known():
    study = describe(["train", "train", "train", "test"])

    heights = ranges(study)["mass_height_mm"]
    assert (heights.known, heights.unknown) == (2, 1)
    assert (heights.minimum, heights.maximum) == pytest.approx((1, 6))
    assert ranges(study)["rows_px"].maximum == 3
    assert ranges(study)["annotation_share"].maximum == pytest.approx(0.2)
    assert [(each.device, each.scans) for each in study.devices] == [("A", 2), (None, 1)]


def test_scans_that_fitted_or_chose_are_hashed_and_test_scans_are_not():
    assert len(describe(["train", "train", "validation", "test"]).scans.hashes) == 3


def test_patients_that_were_filled_in_are_told():
    scans = SCANS.assign(filled_in="patient_id")
    assert "filled_in" in Scans.to_schema().columns

    assert describe(["train"] * 4, scans).units == "lesions (patients unknown)"


def test_one_training_scan_makes_a_study():
    study = describe(["train", "test", "test", "test"])

    assert ranges(study)["rows_px"].known == 1
    assert len(study.scans.hashes) == 1


def test_no_id_and_no_path_is_in_what_is_told():
    assert "secret" not in describe(["train", "train", "validation", "test"]).model_dump_json()

"""A list of scans keeps the contract, and what is not told stays empty."""

from sonolens.studies.listing import list_scans
from sonolens.tables import cohort


def test_a_scan_of_nobody_in_particular_is_a_patient_of_its_own() -> None:
    scans = list_scans(["a", "b"], ["benign", "malignant"], source="toy")

    assert scans["patient_id"].tolist() == scans["lesion_id"].tolist() == ["a", "b"]
    unknown = ["view", "birads", "spacing_row_mm", "spacing_col_mm", "device"]
    assert scans[unknown].isna().all(axis=None)
    cohort.Scans.validate(scans)


def test_what_is_told_is_listed() -> None:
    scans = list_scans(
        ["a", "b"],
        ["benign", "benign"],
        source="toy",
        patient_ids=["p", "p"],
        lesion_ids=["x", "y"],
        birads=["4a", "3"],
        spacing_mm=[0.1, 0.2],
    )

    assert scans["patient_id"].tolist() == ["p", "p"]
    assert scans["lesion_id"].tolist() == ["x", "y"]
    assert scans["birads"].tolist() == ["4a", "3"]
    assert scans["spacing_row_mm"].tolist() == scans["spacing_col_mm"].tolist() == [0.1, 0.2]
    cohort.Scans.validate(scans)

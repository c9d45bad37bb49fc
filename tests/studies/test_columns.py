"""Which columns are known ones under another name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.studies.columns import guess_column, name_columns, refuse_likely

KNOWN = ("patient_id", "lesion_id", "birads", "spacing_mm", "view", "device")


@given(
    name=st.sampled_from(KNOWN),
    joint=st.sampled_from(["", " ", "_", "-", ".", "\u00a0", "\u200b"]),
    change=st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_and_joints_make_no_other_column(name, joint, change) -> None:
    spelled = change(name).replace("_", joint)

    assert name_columns([spelled], required=(), optional=KNOWN, file="t.csv") == [name]


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (
            "patient_id",
            [
                *(
                    "patient",
                    "Patient",
                    "Patient No.",
                    "patientNumber",
                    "patient_code",
                    "PatientName",
                ),
                *(
                    "Case",
                    "case_id",
                    "CaseNo",
                    "subject_id",
                    "SubjectID",
                    "subject",
                    "participant-id",
                ),
                *(
                    "PID",
                    "MRN",
                    "pat_nr",
                    "Patienten-ID",
                    "Patientennummer",
                    "id_patient",
                    "patiend_id",
                ),
                *("anon_patient_id", "pt_id", "person", "patinet_id"),
            ],
        ),
        (
            "lesion_id",
            ["mass_id", "Tumor No", "nodule_number", "LesionNumber", "lesoin_id", "lesion"],
        ),
        (
            "birads",
            [
                "BI-RADS category",
                "BIRADS_score",
                "ACR BI-RADS",
                "bi_rads_class",
                "birad",
                "BIRADS-Kategorie",
            ],
        ),
        (
            "spacing_mm",
            [
                "Pixel spacing",
                "pixel_size_mm",
                "spacing",
                "spacing_cm",
                "PixelSize",
                "mm/px",
                "mm per px",
                "Resolution (mm)",
            ],
        ),
        ("view", ["plane", "Orientation"]),
        ("device", ["Scanner", "device_name"]),
    ],
)
def test_another_name_for_a_known_column_is_refused_with_the_remedy(known, names) -> None:
    for name in names:
        with pytest.raises(ValueError, match=rf"most likely {known}; rename it to {known}"):
            refuse_likely(["image", name], known=KNOWN, file="t.csv")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "age",
            "Age",
            "patient_age",
            "patient_sex",
            "PatientBMI",
            "case_notes",
            "notes",
            "ID",
            "id",
        ),
        *("histology", "side", "diagnosis", "tumor_type", "mass", "lesion_size_mm", "depth_mm"),
        *(
            "image_no",
            "reviewer",
            "viewer",
            "site",
            "hospital",
            "date",
            "my_case",
            "exam",
            "Resolution",
        ),
        *("n_lesions", "density", "margin", "shape", "x", "width", "subject_weight"),
    ],
)
def test_a_column_that_tells_something_else_is_the_users_own(name: str) -> None:
    assert guess_column(name) is None


def test_beside_the_known_column_another_name_is_the_users_own() -> None:
    refuse_likely(["patient_id", "Case"], known=KNOWN, file="t.csv")
    refuse_likely(["spacing_row_mm", "pixel_size"], known=(*KNOWN, "spacing_row_mm"), file="t.csv")


def test_the_renaming_that_a_refusal_offers_is_accepted() -> None:
    for name in ("Case", "patient", "pixel_size", "BIRADS_score"):
        refuse_likely([f"my_{name}"], known=KNOWN, file="t.csv")

"""The phantom study: two scans per mass, both labels, same seed same scans."""

import pickle

import numpy as np
import pandas as pd
import pytest

from sonolens.studies import Study, read_phantoms
from sonolens.tables import cohort


def study(**changes: object) -> Study:
    options = {
        "masses": 20,
        "malignant_share": 0.45,
        "cues": ["margin"],
        "least_look": 0.4,
        "foci_site": "mass",
        "seed": 0,
    }
    return read_phantoms(**(options | changes))


def test_every_mass_is_scanned_in_both_planes() -> None:
    scans = study().scans

    assert (
        scans.groupby("lesion_id")["view"].apply(list).tolist()
        == [["longitudinal", "transverse"]] * 20
    )
    cohort.Scans.validate(scans)


def test_the_malignant_share_is_met() -> None:
    lesions = study().scans.drop_duplicates("lesion_id")

    assert (lesions["label"] == "malignant").sum() == 9


def test_some_patients_have_a_second_mass_and_none_a_third() -> None:
    lesions = study(masses=100).scans.drop_duplicates("lesion_id")

    assert set(lesions["patient_id"].value_counts()) == {1, 2}


def test_the_mask_lies_on_the_scans_own_grid() -> None:
    phantoms = study()

    for scan_id in phantoms.scans["scan_id"][:4]:
        assert phantoms.image(scan_id).shape == phantoms.masks[scan_id]().shape


def test_the_same_seed_gives_the_same_scan_and_another_seed_another() -> None:
    first, again, other = study(), study(), study(seed=1)
    scan_id = first.scans["scan_id"][3]

    assert np.array_equal(first.image(scan_id), again.image(scan_id))
    assert not np.array_equal(first.image(scan_id), other.image(scan_id))


def test_a_lazy_scan_travels_to_other_processes() -> None:
    phantoms = study()
    scan_id = phantoms.scans["scan_id"][0]
    read = pickle.loads(pickle.dumps(phantoms.images[scan_id]))

    assert np.array_equal(read(), phantoms.image(scan_id))


def test_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match=r"drawn, not read.*set it to null"):
        read_phantoms(
            "somewhere",
            masses=4,
            malignant_share=0.5,
            cues=[],
            least_look=0.4,
            foci_site="mass",
            seed=0,
        )


@pytest.mark.parametrize("share", [0.0, 0.02, 1.0])
def test_one_label_only_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="a study needs both labels"):
        study(malignant_share=share)


def test_an_unknown_cue_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="cue 'halo' is unknown; choose from margin, posterior"):
        study(cues=["halo"])


def test_nothing_is_burnt_into_a_phantom_and_its_study_says_so() -> None:
    phantoms = study(masses=3, malignant_share=0.34)

    for scan_id in phantoms.scans["scan_id"]:
        marked = phantoms.annotations[scan_id]()
        assert marked.shape == phantoms.images[scan_id]().shape
        assert not marked.any()


def test_what_a_reader_would_note_follows_the_cue_and_not_the_label() -> None:
    def shadows(cues: list[str]) -> "pd.Series[float]":
        phantoms = study(masses=400, malignant_share=0.5, cues=cues)
        noted = phantoms.descriptors.query("descriptor == 'posterior'").set_index("scan_id")[
            "value"
        ]
        about = phantoms.scans.set_index("scan_id")
        assert set(noted.index) == set(about.index)
        return (noted == "shadowing").groupby(about["label"]).mean()

    carried, not_carried = shadows(["posterior"]), shadows(["margin"])

    # Benign masses have looks of at most 0.6, and a shadow is noted from 0.63 on.
    assert carried["benign"] == 0
    assert carried["malignant"] > 0.5
    assert not_carried["benign"] == pytest.approx(not_carried["malignant"], abs=0.1)

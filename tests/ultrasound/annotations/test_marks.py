"""Calliper marks that are burnt in on purpose."""

import numpy as np

from sonolens.studies.phantoms import read_phantoms
from sonolens.ultrasound import (
    ANNOTATION_KINDS,
    burn_marks,
    ends_of_mass,
    find_annotations,
    places_aside,
)


def test_a_cross_is_white_through_its_place_and_all_else_stays():
    scan = np.full((90, 60), 50, dtype=np.uint8)

    burnt, marked = burn_marks(scan, [(40, 20)])

    white = np.argwhere(burnt == 255)
    assert {tuple(each) for each in white.tolist()} == {
        *((row, 20) for row in range(38, 43)),
        *((40, col) for col in range(18, 23)),
    }
    assert (burnt[burnt != 255] == 50).all()
    assert (scan == 50).all()
    assert (np.argwhere(marked).min(axis=0) == (37, 17)).all()
    assert (np.argwhere(marked).max(axis=0) == (43, 23)).all()
    assert set(np.unique(marked)) == {0, ANNOTATION_KINDS["calliper"]}


def test_no_mark_changes_nothing_and_what_lies_beyond_the_scan_is_cut_off():
    scan = np.full((90, 60), 50, dtype=np.uint8)

    assert (burn_marks(scan, [])[0] == scan).all()
    corner, _ = burn_marks(scan, [(0, 0)])
    assert np.argwhere(corner == 255).tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [2, 0]]


def test_marks_lie_at_both_ends_of_the_width_of_the_mass():
    mask = np.zeros((20, 30), dtype=bool)
    mask[8:13, 5:21] = True
    mask[4:8, 10] = True

    assert ends_of_mass(mask) == [(10, 5), (10, 20)]


def test_marks_aside_lie_deepest_in_what_is_free_and_apart():
    free = np.zeros((90, 90), dtype=bool)
    free[10:41, 10:41] = True
    free[60:81, 60:81] = True

    first, second = places_aside(free)

    assert first == (25, 25)
    assert free[second]
    assert max(abs(first[0] - second[0]), abs(first[1] - second[1])) > 8


def test_marks_at_a_mass_are_what_this_project_finds_as_callipers():
    study = read_phantoms(
        masses=2,
        malignant_share=0.5,
        cues=["posterior"],
        least_look=0.4,
        foci_site="mass",
        seed=0,
    )
    scan_id = study.scans["scan_id"].iloc[0]
    burnt, marked = burn_marks(study.images[scan_id](), ends_of_mass(study.masks[scan_id]()))

    found = find_annotations(burnt) == ANNOTATION_KINDS["calliper"]

    assert (found & (marked > 0)).sum() > 0.5 * (marked > 0).sum()

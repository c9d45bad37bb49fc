"""Telling the label from some numbers: planted, absent, bent and clustered, with the label's names exchanged."""

import itertools

import numpy as np
import pytest

from sonolens.evaluation.shortcuts import cross_validation
from sonolens.evaluation.shortcuts.cross_validation import (
    Area,
    Folding,
    cross_validate,
    deal_patients,
    form_design,
    score_others,
)
from sonolens.evaluation.statistics import Bootstrap

FOLDING = Folding(folds=5, repeats=2, exchanges=100, seed=0)
BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def ask(values: np.ndarray, malignant: np.ndarray, patients: np.ndarray | None = None) -> Area:
    patients = np.arange(len(malignant)) if patients is None else patients
    values = values.reshape(len(malignant), -1).astype(float)
    deal = deal_patients(malignant, patients, folding=FOLDING)
    return cross_validate(form_design(values, patients), deal, bootstrap=BOOTSTRAP)


def labels(scans: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(scans) < 0.4 * scans


def test_what_parts_the_labels_has_an_auc_of_one_and_wilsons_interval() -> None:
    malignant = labels(60)
    area = ask(600 + 10 * malignant, malignant)

    assert area.value == 1
    assert area.ci_low == pytest.approx(24 / (24 + 1.96**2), abs=1e-3)
    assert area.ci_high == 1
    assert area.p_value == pytest.approx(2 / 101)


def test_a_cluster_of_each_label_in_every_size_is_told_apart() -> None:
    malignant = labels(60)
    sizes = np.array([400, 520, 640, 800])[np.arange(60) % 4]

    assert ask(sizes + 10 * malignant, malignant).value > 0.9


def test_both_ends_malignant_and_the_middle_benign_is_told_apart() -> None:
    malignant = labels(60)
    brightness = np.where(malignant, np.where(np.arange(60) % 2, 30, 90), 60)

    assert ask(brightness + np.arange(60) % 7, malignant).value > 0.9


def test_that_a_value_is_known_can_tell_the_label() -> None:
    malignant = labels(60)
    spacing = np.where(malignant, np.nan, 0.1 + 0.01 * (np.arange(60) % 3))

    assert ask(spacing, malignant).value == 1


def test_nothing_to_tell_is_half_on_average_and_seldom_seen() -> None:
    areas = [
        ask(np.random.default_rng(seed).normal(size=40), labels(40, seed=1000 + seed))
        for seed in range(20)
    ]

    assert np.mean([area.value for area in areas]) == pytest.approx(0.5, abs=0.05)
    assert sum(area.ci_low > 0.5 for area in areas) <= 3


def test_exchanging_the_names_of_the_labels_changes_nothing() -> None:
    malignant = labels(50)
    values = np.random.default_rng(3).normal(size=50) + malignant
    one, other = ask(values, malignant), ask(values, ~malignant)

    assert one.value > 0.6
    assert other.value == pytest.approx(one.value, abs=0.05)


def test_scores_follow_the_label_that_was_learnt() -> None:
    values = np.random.default_rng(4).normal(size=(40, 3))
    malignant = labels(40).astype(float)[:, None]
    scores = score_others(values, np.hstack([malignant, 1 - malignant]), values)

    assert scores[:, 0] == pytest.approx(1 - scores[:, 1], abs=1e-8)


def test_scans_of_one_patient_are_never_learnt_from_and_asked() -> None:
    # Every patient has a value and a label of its own: only its own scans could tell.
    patients = np.repeat(np.arange(30), 2)
    malignant = labels(30)[patients]
    deal = deal_patients(malignant, patients, folding=FOLDING)

    for tested in deal.tested:
        assert not set(patients[tested]) & set(patients[~tested])
    values = np.random.default_rng(1).permutation(30)[patients]
    assert ask(values, malignant, patients).value < 0.7


def test_labels_are_exchanged_between_whole_patients() -> None:
    patients = np.repeat(np.arange(12), [1] * 5 + [2] * 6 + [3])
    malignant = np.arange(12)[patients] % 2 == 0
    exchanged = deal_patients(malignant, patients, folding=FOLDING).exchanged

    assert (exchanged.sum(axis=0) == malignant.sum()).all()
    for patient in range(12):
        of_patient = exchanged[patients == patient]
        assert (of_patient == of_patient[0]).all()
    assert (exchanged[patients == 11] == malignant[patients == 11][:, None]).all()
    assert len(np.unique(exchanged, axis=1).T) > 50


def test_a_design_knows_no_column_that_is_equal_for_all() -> None:
    alike = np.column_stack([np.full(20, 3.0), np.full(20, np.nan)])

    assert form_design(alike, np.arange(20)).shape == (20, 0)


def test_a_level_is_what_several_patients_share() -> None:
    values = np.array([1.0, 1.0, 2.0, 3.0, 3.0, 4.0])[:, None]
    alone = form_design(values, np.array([0, 0, 1, 2, 3, 4]))
    shared = form_design(values, np.arange(6))

    assert shared.shape[1] == alone.shape[1] + 1


def test_fewer_patients_of_a_label_than_folds_make_fewer_folds() -> None:
    malignant = np.arange(20) < 3
    deal = deal_patients(malignant, np.arange(20), folding=FOLDING)

    assert len(deal.tested) == 3 * FOLDING.repeats
    assert all(malignant[tested].sum() == 1 for tested in deal.tested)


def test_resampled_areas_are_those_of_counting_every_pair_of_every_fit() -> None:
    rng = np.random.default_rng(5)
    patients = np.repeat(np.arange(12), 3)
    malignant = rng.random(36) < 0.5  # patients have scans of both labels, too
    design = form_design(rng.integers(4, size=(36, 1)).astype(float), patients)
    deal = deal_patients(malignant, patients, folding=Folding(3, 2, 1, 0))
    times = rng.integers(3, size=(20, 12))

    found = cross_validation._areas(
        [cross_validation._play(design, deal, tested) for tested in deal.tested], times
    )

    label = malignant[:, None].astype(float)
    for present, area in zip(times, found, strict=True):
        won = compared = 0.0
        for tested in deal.tested:
            scores = dict(
                zip(
                    np.flatnonzero(tested),
                    score_others(design[~tested], label[~tested], design[tested])[:, 0],
                    strict=True,
                )
            )
            for one, other in itertools.product(scores, scores):
                if malignant[one] and not malignant[other]:
                    pairs = present[patients[one]] * present[patients[other]]
                    compared += pairs
                    won += pairs * (
                        (scores[one] > scores[other]) + (scores[one] == scores[other]) / 2
                    )
        assert area == won / compared

"""Conformal sets keep their promise for exchangeable patients, whatever the network knows."""

import math

import numpy as np
import pandas as pd
import pytest
from calibrated import calibrate, form, mixed
from hypothesis import given
from hypothesis import strategies as st
from judged import judged, scans_of, study
from scipy.stats import betabinom

from sonolens.evaluation.classification import form_sets
from sonolens.evaluation.classification.conformal import conformal_threshold
from sonolens.tables.conformal import ConformalSets

DRAWS = 2000


@pytest.mark.parametrize(("n", "alpha"), [(19, 0.1), (43, 0.1), (40, 0.05)])
def test_coverage_over_many_draws_lies_in_the_band_of_its_exact_law(n: int, alpha: float) -> None:
    rng = np.random.default_rng(3)
    scores = rng.random((DRAWS, n + 50))
    held = [
        int((row[n:] <= conformal_threshold(row[:n], range(n), alpha=alpha)).sum())
        for row in scores
    ]

    rank = math.ceil((n + 1) * (1 - alpha) - 1e-9)
    law = betabinom(50, rank, n + 1 - rank)
    error = law.std() / math.sqrt(DRAWS)
    assert law.mean() / 50 >= 1 - alpha - 1e-12
    assert np.mean(held) == pytest.approx(law.mean(), abs=3 * error)
    for share in (0.05, 0.5, 0.95):
        at_most = np.mean(np.array(held) <= law.ppf(share))
        assert at_most == pytest.approx(law.cdf(law.ppf(share)), abs=0.03)


def test_patients_of_many_easy_scans_do_not_break_the_promise_of_a_new_patient() -> None:
    """Counted scan by scan, the many easy scans of a third of the patients would set a threshold that others miss."""
    rng, held, scan_by_scan = np.random.default_rng(0), 0, 0
    for _ in range(DRAWS):
        easy = rng.random(21) < 1 / 3
        score = rng.normal(size=21) - 5 * easy
        patients = np.repeat(np.arange(20), np.where(easy[:20], 30, 1))
        scores = score[patients]
        held += score[20] <= conformal_threshold(scores, patients, alpha=0.1)
        scan_by_scan += score[20] <= conformal_threshold(scores, range(len(scores)), alpha=0.1)

    assert held / DRAWS == pytest.approx(19 / 21, abs=0.02)
    assert scan_by_scan / DRAWS < 0.6


@given(
    st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.7]), min_size=1, max_size=60),
    st.sampled_from([0.02, 0.05, 0.1, 0.2, 0.5]),
)
def test_with_ties_the_threshold_is_the_rank_that_the_books_give(scores, alpha) -> None:
    rank = math.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)
    expected = sorted(scores)[rank - 1] if rank <= len(scores) else math.inf

    assert conformal_threshold(np.array(scores), range(len(scores)), alpha=alpha) == expected


@pytest.mark.parametrize(("n", "alpha"), [(8, 0.1), (18, 0.05), (1, 0.4), (0, 0.1)])
def test_too_few_patients_hold_everything(n: int, alpha: float) -> None:
    assert conformal_threshold(np.arange(n, dtype=float), range(n), alpha=alpha) == math.inf
    assert conformal_threshold(np.zeros(n + 1), range(n + 1), alpha=alpha) == (
        0.0 if (n + 2) * alpha >= 1 else math.inf
    )


def test_ten_scans_of_one_patient_are_one_patient() -> None:
    rows = [(f"v{place}", f"v{place}", "benign", 0.1) for place in range(10)]
    predictions = pd.concat([study(*rows, partition="validation"), judged([0], [0.2])])
    scans = scans_of(predictions).assign(patient_id="one")

    sets = form(predictions, scans, alphas=[0.1])

    assert (sets["holds_benign"] & sets["holds_malignant"]).all()
    assert set(calibrate(predictions, scans).query("group == 'all'")["n_patients"]) == {1}


def test_by_hand_nine_patients_each_and_one_in_ten_missed() -> None:
    benign = [0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7]
    malignant = [0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9]
    learnt = judged([0] * 9 + [1] * 9, benign + malignant, partition="validation", prefix="v")
    asked = judged([0, 1, 0, 1], [0.25, 0.3, 0.7, 0.75])

    sets = form(pd.concat([learnt, asked]), alphas=[0.1])
    by_label = sets[(sets["taxonomy"] == "label") & (sets["level"] == "scan")]

    assert by_label["holds_benign"].tolist() == [True, True, True, False]
    assert by_label["holds_malignant"].tolist() == [False, True, True, True]


def test_where_validation_has_one_class_the_other_label_stands_in_every_set() -> None:
    learnt = judged([0] * 30, np.linspace(0.1, 0.5, 30), partition="validation", prefix="v")

    sets = form(pd.concat([learnt, judged([0, 1], [0.01, 0.99])]))

    by_label = sets[sets["taxonomy"] == "label"]
    assert by_label["holds_malignant"].all()
    assert by_label["holds_benign"].tolist() == [True, False] * 2


def test_one_case_without_validation_has_both_labels() -> None:
    sets = form(judged([1], [0.999]))

    assert len(sets) == 2 * 3
    assert (sets["holds_benign"] & sets["holds_malignant"]).all()


def test_without_test_cases_there_are_thresholds_and_no_sets() -> None:
    predictions = judged([0, 1] * 10, [0.2, 0.8] * 10, partition="validation")

    assert len(calibrate(predictions))
    assert form(predictions).empty


def test_a_birads_category_of_too_few_patients_takes_the_threshold_of_all_and_says_so() -> None:
    rng = np.random.default_rng(1)
    predictions = mixed(rng, 40, 20)
    categories = np.where(np.arange(60) % 10 == 0, "5", "4a")
    scans = scans_of(predictions).assign(birads=categories)

    thresholds = calibrate(predictions, scans, least_patients=10).query("taxonomy == 'birads'")
    of_scans = thresholds[thresholds["level"] == "scan"].set_index("group")

    assert of_scans["fell_back"].to_dict() == {"all": False, "birads=4": False, "birads=5": True}
    assert of_scans.loc["birads=5", "threshold"] == of_scans.loc["all", "threshold"]
    assert of_scans.loc["birads=5", "n_patients"] == 4
    sets = form(predictions, scans, least_patients=10).query("taxonomy == 'birads'")
    assert set(sets.loc[sets["birads"] == "birads=5", "group"]) == {"all"}


def test_a_category_that_validation_never_saw_and_an_unknown_one_take_the_threshold_of_all() -> (
    None
):
    predictions = mixed(np.random.default_rng(2), 20, 4)
    scans = scans_of(predictions).assign(birads=["3"] * 20 + ["5", None, "3", "4c"])

    sets = form(predictions, scans).query("taxonomy == 'birads' and level == 'scan'")

    assert sets["birads"].tolist() == ["birads=5", "birads=unknown", "birads=3", "birads=4"]
    assert sets["fell_back"].tolist() == [True, True, False, True]


def test_a_lesion_has_the_highest_category_of_its_scans() -> None:
    predictions = study(("a", "one", "benign", 0.2), ("b", "one", "benign", 0.3))
    scans = scans_of(predictions).assign(birads=["3", "4b"])

    sets = form(predictions, scans).query("level == 'lesion'")

    assert set(sets["birads"]) == {"birads=4"}


def test_a_study_without_categories_has_one_unknown_group() -> None:
    sets = form(mixed(np.random.default_rng(4), 12, 3))

    assert set(sets["birads"]) == {"birads=unknown"}


def test_sets_formed_from_thresholds_on_disk_are_the_same(tmp_path) -> None:
    predictions = mixed(np.random.default_rng(5), 60, 60)
    scans, thresholds = scans_of(predictions), calibrate(predictions)
    thresholds.to_csv(tmp_path / "t.csv", index=False)

    again = form_sets(
        predictions, scans, pd.read_csv(tmp_path / "t.csv"), lesion_probability="mean"
    )

    pd.testing.assert_frame_equal(form(predictions), ConformalSets.validate(again))

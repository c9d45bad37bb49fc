"""What sets are worth: counts by hand, the promise where there is one, and nothing for a network that knows nothing."""

import numpy as np
import pandas as pd
import pytest
from calibrated import calibrate, form, mixed
from judged import scans_of

from sonolens.evaluation.classification import form_sets, score_sets
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.conformal import ConformalScores

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


def score(predictions, **calibration) -> pd.DataFrame:
    table = score_sets(
        form(predictions, **calibration), calibrate(predictions, **calibration), bootstrap=BOOTSTRAP
    )
    return ConformalScores.validate(table)


def sets_of(*rows: tuple[str, str, bool, bool]) -> pd.DataFrame:
    """Sets of one taxonomy from patient, label, and what is held."""
    table = pd.DataFrame(rows, columns=["patient_id", "label", "holds_benign", "holds_malignant"])
    return table.assign(
        run="net",
        level="scan",
        partition="test",
        taxonomy="marginal",
        alpha=0.1,
        case_id=[f"s{place}" for place in range(len(rows))],
        birads="birads=unknown",
        group="all",
        fell_back=False,
    )


THRESHOLD = pd.DataFrame(
    [
        {
            "run": "net",
            "level": "scan",
            "taxonomy": "marginal",
            "group": "all",
            "alpha": 0.1,
            "calibrated_on": "validation",
            "threshold": 0.6,
            "n": 30,
            "n_patients": 30,
            "fell_back": False,
        }
    ]
)


def by_hand(*rows) -> pd.DataFrame:
    table = ConformalScores.validate(score_sets(sets_of(*rows), THRESHOLD, bootstrap=BOOTSTRAP))
    return table.set_index(["stratum", "measure"])


def test_spared_biopsies_and_missed_cancers_are_counted_by_label() -> None:
    scores = by_hand(
        ("a", "benign", True, False),
        ("b", "benign", True, False),
        ("c", "benign", True, True),
        ("d", "benign", False, False),
        ("e", "malignant", True, False),
        ("f", "malignant", False, True),
    )

    assert scores.loc[("benign", "only_benign"), ["count", "n", "value"]].tolist() == [2, 4, 0.5]
    assert scores.loc[("malignant", "only_benign"), ["count", "n", "value"]].tolist() == [1, 2, 0.5]
    assert scores.loc[("benign", "only_benign"), "chance"] == 0.5
    assert scores.loc[("all", "spared_beyond_missed"), "value"] == 0
    assert scores.loc[("all", "both"), "count"] == 1
    assert scores.loc[("all", "empty"), "count"] == 1
    assert scores.loc[("all", "coverage"), "value"] == pytest.approx(4 / 6)


def test_in_coverage_every_patient_counts_once() -> None:
    scores = by_hand(*[("a", "benign", True, True)] * 9, ("b", "benign", False, True))

    assert scores.loc[("all", "coverage"), "value"] == 0.5
    assert scores.loc[("all", "both"), "value"] == 0.9


def test_one_case_and_one_class_leave_out_what_nobody_can_know() -> None:
    scores = by_hand(("a", "benign", True, False))

    assert scores.loc[("all", "coverage"), "value"] == 1
    assert scores.loc[("malignant", "coverage"), "n"] == 0
    assert np.isnan(scores.loc[("malignant", "coverage"), "value"])
    assert np.isnan(scores.loc[("all", "spared_beyond_missed"), "value"])


def test_a_promise_stands_where_cases_were_calibrated_apart_and_nowhere_else() -> None:
    scores = score(mixed(np.random.default_rng(0), 60, 60)).query("level == 'scan'")
    promised = scores[(scores["measure"] == "coverage") & scores["chance"].notna()]

    assert set(zip(promised["taxonomy"], promised["stratum"], strict=True)) == {
        ("marginal", "all"),
        ("label", "all"),
        ("label", "benign"),
        ("label", "malignant"),
        ("birads", "all"),
        ("birads", "birads=unknown"),
        ("marginal", "birads=unknown"),
    } - {("marginal", "birads=unknown")}


def test_coverage_far_below_the_promise_is_found_out() -> None:
    good, bad = mixed(np.random.default_rng(0), 60, 60), mixed(np.random.default_rng(0), 60, 60)
    tested = bad["partition"] == "test"
    bad.loc[tested, "label"] = np.where(bad.loc[tested, "label"] == "benign", "malignant", "benign")
    bad.loc[tested, "logit"] *= 4
    bad["probability"] = 1 / (1 + np.exp(-bad["logit"]))

    p_values = [
        score(each)
        .query("measure == 'coverage' and stratum == 'all' and level == 'scan'")["p_value"]
        .max()
        for each in (good, bad)
    ]

    assert p_values[0] > 0.01 > p_values[1]


def test_scores_that_know_nothing_spare_no_more_than_they_miss() -> None:
    """Random probabilities, many times over: the promise holds, and p values below 5 % are rare."""
    found = []
    for seed in range(12):
        predictions = mixed(np.random.default_rng(seed), 60, 100, skill=0.0)
        thresholds = calibrate(predictions, alphas=[0.3]).query(
            "level == 'scan' and taxonomy == 'label'"
        )
        sets = form_sets(predictions, scans_of(predictions), thresholds, lesion_probability="mean")
        found.append(score_sets(sets, thresholds, bootstrap=BOOTSTRAP).query("stratum == 'all'"))
    table = pd.concat(found).set_index("measure")

    assert table.loc["coverage", "value"].mean() == pytest.approx(0.7, abs=0.04)
    assert abs(table.loc["spared_beyond_missed", "value"].mean()) < 0.06
    assert (table.loc["spared_beyond_missed", "p_value"] < 0.05).sum() <= 3


def test_a_network_that_knows_spares_more_than_it_misses() -> None:
    table = score(mixed(np.random.default_rng(1), 80, 120, skill=4.0), alphas=[0.1])
    row = table.query(
        "level == 'lesion' and taxonomy == 'label' and measure == 'spared_beyond_missed'"
    ).iloc[0]

    assert row["ci_low"] > 0.3
    assert row["p_value"] < 0.05


def test_no_sets_no_scores() -> None:
    predictions = mixed(np.random.default_rng(0), 20, 0)

    assert score(predictions).empty

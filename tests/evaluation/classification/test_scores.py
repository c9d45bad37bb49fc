"""Every metric of every run, level and partition, and of the strata of the test cases."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from judged import decide, judged, scans_of, study, thresholds
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from sonolens.evaluation.classification import (
    calibration_error,
    delong_interval,
    fit_temperature,
    score_classification,
)
from sonolens.evaluation.classification.case_scores import score_ranking, score_ranking_delong
from sonolens.evaluation.classification.cases import as_arrays, form_cases
from sonolens.evaluation.statistics import Bootstrap, wilson_interval
from sonolens.tables.classification import ClassificationMetrics
from sonolens.tables.vocabulary import CALIBRATION_METRICS, CALL_METRICS, METRICS, OPERATING_RULES

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
CALLED = "closest_to_corner"


def scored(predictions, operating_points, *, scans=None, forming="mean", **changes):
    known = scans_of(predictions) if scans is None else scans
    settings = {"size_bounds_mm": (10.0, 20.0), "bins": 4, "bootstrap": BOOTSTRAP} | changes
    decisions = decide(predictions, operating_points)
    table = score_classification(
        decisions, known, operating_points, lesion_probability=forming, **settings
    )
    return ClassificationMetrics.validate(table)


def metrics(
    predictions, operating_points, *, level="scan", partition="test", rule=CALLED, **changes
) -> pd.DataFrame:
    """All metrics of one level and partition, calls by one rule."""
    table = scored(predictions, operating_points, **changes)
    return table[
        (table["level"] == level)
        & (table["partition"] == partition)
        & (table["stratum"] == "all")
        & table["rule"].isin(["none", rule])
    ].set_index("metric")


SIX = study(
    ("a1", "a", "malignant", 0.9),
    ("a2", "a", "malignant", 0.3),
    ("b1", "b", "malignant", 0.6),
    ("c1", "c", "benign", 0.7),
    ("c2", "c", "benign", 0.1),
    ("d1", "d", "benign", 0.2),
)


def many(seed: int, n: int = 200, **told) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, size=n)
    return judged(rng.random(n) < expit(logits), expit(logits), **told)


def test_scans_are_scored_at_the_frozen_threshold():
    found = metrics(SIX, thresholds(scan=0.5, lesion=0.5))

    # Called: a1, b1, c1. Right: a1, b1, c2, d1.
    assert found.loc[list(CALL_METRICS), "value"].to_dict() == pytest.approx(
        {
            "accuracy": 4 / 6,
            "sensitivity": 2 / 3,
            "specificity": 2 / 3,
            "ppv": 2 / 3,
            "npv": 2 / 3,
        }
    )
    assert found.loc["auc", "value"] == pytest.approx(7 / 9)


def test_every_rule_has_its_own_threshold():
    points = thresholds(scan=0.5, lesion=0.5, youden=0.65, sensitivity_95=0.1)

    sensitivity = {
        rule: metrics(SIX, points, rule=rule).loc["sensitivity", "value"]
        for rule in OPERATING_RULES
    }

    assert sensitivity == pytest.approx(
        {"closest_to_corner": 2 / 3, "youden": 1 / 3, "sensitivity_90": 2 / 3, "sensitivity_95": 1}
    )


def test_a_metric_counts_what_it_is_a_share_of():
    found = metrics(SIX, thresholds(scan=0.65, lesion=0.5))

    assert found.loc[[*CALL_METRICS, "auc", "brier"], "n"].to_dict() == {
        "accuracy": 6,
        "sensitivity": 3,
        "specificity": 3,
        "ppv": 2,
        "npv": 4,
        "auc": 6,
        "brier": 6,
    }


def test_every_metric_stands_once_per_rule_it_needs():
    table = scored(SIX, thresholds(scan=0.5, lesion=0.5))

    one = table[(table["level"] == "scan") & (table["partition"] == "test")]
    assert set(one["metric"]) == set(METRICS)
    assert set(one.loc[one["metric"].isin(CALL_METRICS), "rule"]) == set(OPERATING_RULES)
    assert set(one.loc[~one["metric"].isin(CALL_METRICS), "rule"]) == {"none"}
    assert len(table) == 2 * 3 * (2 + 4 * 5 + 8)


def test_a_lesion_has_the_mean_probability_of_its_scans():
    # Lesion means: a 0.6, b 0.6, c 0.4, d 0.2.
    found = metrics(SIX, thresholds(scan=0.5, lesion=0.4), level="lesion")

    assert found.loc["sensitivity", "value"] == 1
    assert found.loc["specificity", "value"] == 0.5
    assert found.loc["auc", "value"] == 1
    assert found.loc[["auc", "accuracy", "sensitivity"], "n"].tolist() == [4, 4, 2]


def test_a_lesion_may_have_the_largest_probability_of_its_scans():
    # Largest: a 0.9, b 0.6, c 0.7, d 0.2.
    found = metrics(SIX, thresholds(scan=0.5, lesion=0.65), level="lesion", forming="max")

    assert found.loc["sensitivity", "value"] == 0.5
    assert found.loc["auc", "value"] == 0.75


def test_chance_is_what_blind_calls_at_the_same_rate_score():
    found = metrics(SIX.iloc[:5], thresholds(scan=0.65, lesion=0.5))

    # Two of five scans are called malignant; three of five are.
    assert found["chance"].dropna().to_dict() == pytest.approx(
        {
            "auc": 0.5,
            "auc_delong": 0.5,
            "sensitivity": 0.4,
            "specificity": 0.6,
            "accuracy": 0.4 * 0.6 + 0.6 * 0.4,
            "ppv": 0.6,
            "npv": 0.4,
            "brier": 0.24,
            "brier_unscaled": 0.24,
        }
    )


def test_swapped_labels_swap_sensitivity_and_specificity():
    other = {"benign": "malignant", "malignant": "benign"}
    swapped = SIX.assign(
        label=SIX["label"].map(other), probability=1 - SIX["probability"], logit=-SIX["logit"]
    )
    before = metrics(SIX, thresholds(scan=0.5, lesion=0.5), bins=3)
    after = metrics(swapped, thresholds(scan=0.5, lesion=0.5), bins=3)

    columns = ["value", "ci_low", "ci_high", "chance", "n"]
    mirrored = {"sensitivity": "specificity", "accuracy": "accuracy", "ppv": "npv", "ece": "ece"}
    for metric, mirror in mirrored.items():
        np.testing.assert_allclose(
            before.loc[metric, columns].astype(float), after.loc[mirror, columns].astype(float)
        )
    for metric in ("auc", "auc_delong", "brier", "calibration_slope"):
        assert after.loc[metric, "value"] == pytest.approx(before.loc[metric, "value"])


def test_metrics_equal_scikit_learns():
    predictions = many(0)
    malignant = (predictions["label"] == "malignant").to_numpy()

    found = metrics(predictions, thresholds(scan=0.5, lesion=0.5))["value"]

    assert found["auc"] == pytest.approx(roc_auc_score(malignant, predictions["probability"]))
    assert found["brier"] == pytest.approx(brier_score_loss(malignant, predictions["probability"]))
    line = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
    line.fit(predictions[["logit"]].to_numpy(), malignant)
    assert found["calibration_slope"] == pytest.approx(line.coef_[0, 0], abs=1e-6)
    assert found["ece"] == pytest.approx(
        calibration_error(malignant, predictions["probability"].to_numpy(), bins=4)
    )


def test_the_same_area_has_delongs_interval_too():
    predictions = many(1)
    malignant = (predictions["label"] == "malignant").to_numpy()

    found = metrics(predictions, thresholds(scan=0.5, lesion=0.5))

    area, delong = found.loc["auc"], found.loc["auc_delong"]
    assert delong["value"] == area["value"]
    assert (delong["ci_low"], delong["ci_high"]) == delong_interval(
        malignant, predictions["probability"].to_numpy(), confidence=0.95
    )
    assert delong["ci_low"] == pytest.approx(area["ci_low"], abs=0.02)


def test_unscaled_metrics_are_those_of_the_raw_logits():
    raw = many(2)
    halved = raw.assign(temperature=2.0, probability=expit(raw["logit"] / 2))

    before = metrics(raw, thresholds(scan=0.5, lesion=0.5))
    after = metrics(halved, thresholds(scan=0.5, lesion=0.5))

    for metric in CALIBRATION_METRICS:
        assert after.loc[f"{metric}_unscaled", "value"] == pytest.approx(
            before.loc[metric, "value"]
        )
    slopes = after["value"]
    assert slopes["calibration_slope"] == pytest.approx(2 * slopes["calibration_slope_unscaled"])
    assert slopes["brier"] > slopes["brier_unscaled"]


def test_a_temperature_moves_thresholds_along_and_changes_no_call():
    raw = many(3)
    malignant = (raw["label"] == "malignant").to_numpy()
    temperature = fit_temperature(2 * raw["logit"].to_numpy(), malignant)
    stretched = raw.assign(
        logit=2 * raw["logit"],
        temperature=temperature,
        probability=expit(2 * raw["logit"] / temperature),
    )
    moved = expit(2 * 0.3 / temperature)

    before = metrics(raw, thresholds(scan=expit(0.3), lesion=0.5))
    after = metrics(stretched, thresholds(scan=float(moved), lesion=0.5))

    unmoved = ["auc", "auc_delong", *CALL_METRICS]
    columns = ["value", "ci_low", "ci_high", "chance", "n"]
    pd.testing.assert_frame_equal(before.loc[unmoved, columns], after.loc[unmoved, columns])


def test_a_perfect_proportion_has_wilsons_interval_over_its_patients():
    found = metrics(SIX, thresholds(scan=0.3, lesion=0.5))

    sensitivity = found.loc["sensitivity"]
    assert sensitivity["value"] == 1
    # Three malignant scans, but two patients.
    assert (sensitivity["ci_low"], sensitivity["ci_high"]) == wilson_interval(2, 2, confidence=0.95)


def test_a_perfect_auc_has_wilsons_interval_over_the_rarer_class():
    predictions = judged([True] * 3 + [False] * 9, [0.9] * 3 + [0.1] * 9)

    found = metrics(predictions, thresholds(scan=0.5, lesion=0.5))

    assert found.loc["auc", "value"] == 1
    for metric in ("auc", "auc_delong"):
        limits = found.loc[metric, ["ci_low", "ci_high"]]
        assert tuple(limits) == wilson_interval(3, 3, confidence=0.95)
    # Separated classes have no calibration slope.
    assert found.loc[["calibration_slope", "calibration_slope_unscaled"], "value"].isna().all()


def test_the_interval_of_an_auc_encloses_it_and_narrows_with_patients():
    def width(patients: int) -> float:
        area = metrics(many(4, patients), thresholds(scan=0.5, lesion=0.5)).loc["auc"]
        assert area["ci_low"] < area["value"] < area["ci_high"]
        return area["ci_high"] - area["ci_low"]

    assert width(400) == pytest.approx(width(100) / 2, rel=0.35)


def test_shuffled_labels_have_an_even_area_in_their_interval():
    rng = np.random.default_rng(0)
    predictions = many(7, 80).assign(patient_id=range(80))
    cases = as_arrays(form_cases(predictions, lesion_probability="mean").iloc[:80])
    held = np.zeros(2)
    for _ in range(60):
        shuffled = replace(cases, malignant=rng.permutation(cases.malignant))
        both = (
            score_ranking(shuffled, bootstrap=BOOTSTRAP),
            score_ranking_delong(shuffled, confidence=0.95),
        )
        held += [score.ci_low <= 0.5 <= score.ci_high for score in both]

    assert (held >= 53).all()


def test_a_partition_without_scans_is_listed_without_values():
    found = metrics(SIX, thresholds(scan=0.5, lesion=0.5), partition="train")

    assert set(found.index) == set(METRICS)
    assert (found["n"] == 0).all()
    assert found[["value", "ci_low", "ci_high", "chance"]].isna().all(axis=None)


def test_without_malignant_scans_only_what_they_decide_is_unknown():
    found = metrics(SIX[SIX["label"] == "benign"], thresholds(scan=0.5, lesion=0.5))

    known = set(found.index[found["value"].notna()])
    assert known == {
        *("accuracy", "specificity", "ppv", "npv", "brier", "ece"),
        *("brier_unscaled", "ece_unscaled"),
    }
    assert found.loc["sensitivity", "n"] == 0


def test_calls_that_are_never_made_have_no_predictive_value():
    found = metrics(SIX, thresholds(scan=0.95, lesion=0.5))

    assert np.isnan(found.loc["ppv", "value"])
    assert found.loc["ppv", "n"] == 0
    assert found.loc["npv", "value"] == 0.5


def test_every_run_needs_an_operating_point_of_every_level():
    points = thresholds(scan=0.5, lesion=0.5)
    with pytest.raises(ValueError, match="run 'net' has no operating point for lesions"):
        scored(SIX, points[points["level"] == "scan"])


def test_two_runs_are_scored_as_each_alone():
    runs = [many(5), many(6, run="other").assign(label=many(5)["label"])]
    points = [thresholds(0.5, 0.5), thresholds(0.3, 0.6, run="other")]
    scans = scans_of(runs[0])

    together = scored(pd.concat(runs), pd.concat(points), scans=scans)

    for run, point in zip(runs, points, strict=True):
        alone = scored(run, point, scans=scans)
        found = together[together["run"] == run["run"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, alone)


def test_no_input_is_changed():
    points = thresholds(0.5, 0.5)
    inputs = [decide(SIX, points), scans_of(SIX), points]
    before = [table.copy() for table in inputs]

    score_classification(
        *inputs, lesion_probability="mean", size_bounds_mm=(10.0,), bins=4, bootstrap=BOOTSTRAP
    )

    for table, copy in zip(inputs, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


SCANS = scans_of(SIX).assign(
    birads=["4a", "5", "4a", "3", "3", None],
    device="GE",
    view=["transverse", "longitudinal", "transverse", "transverse", None, None],
    size_mm=[9.0, 12.0, 8.0, 25.0, 9.0, np.nan],
)


def strata(level="scan", predictions=SIX, **changes) -> pd.DataFrame:
    # Only the paper's rule judges strata; by the others everything would be called.
    rest = dict.fromkeys(("youden", "sensitivity_90", "sensitivity_95"), 0.01)
    points = thresholds(scan=0.5, lesion=0.5, **rest)
    table = scored(predictions, points, scans=SCANS, **changes)
    inside = table[(table["stratum"] != "all") & (table["level"] == level)]
    assert (inside["partition"] == "test").all()
    return inside.set_index(["stratum", "metric"])


def test_strata_of_scans_are_scored_apart():
    found = strata()

    assert list(found.index.unique("stratum")) == [
        *("birads=3", "birads=4a", "birads=5", "birads=unknown"),
        *("size=<=10 mm", "size=10-20 mm", "size=>20 mm", "size=unknown"),
        *("view=longitudinal", "view=transverse", "view=unknown"),
    ]
    # a1 0.9 and b1 0.6 malignant, c2 0.1 benign.
    small = found.loc["size=<=10 mm"]
    assert small["value"].to_dict() == {
        "auc": 1,
        "accuracy": 1,
        "sensitivity": 1,
        "specificity": 1,
    }
    assert small["n"].to_dict() == {"auc": 3, "accuracy": 3, "sensitivity": 2, "specificity": 1}
    assert small["rule"].to_dict() == {
        "auc": "none",
        "accuracy": CALLED,
        "sensitivity": CALLED,
        "specificity": CALLED,
    }


def test_a_stratum_of_one_class_has_no_area():
    found = strata().loc["birads=3"]

    assert np.isnan(found.loc["auc", "value"])
    assert found.loc["specificity", "value"] == 0.5
    assert found.loc["sensitivity", "n"] == 0


def test_strata_of_lesions_take_the_lesions_properties():
    found = strata("lesion")

    # Lesion a has scans of 9 and 12 mm, 4a and 5.
    assert found.loc[("size=10-20 mm", "auc"), "n"] == 1
    assert found.loc[("birads=5", "auc"), "n"] == 1
    assert not [name for name in found.index.unique("stratum") if name.startswith("view")]


def test_the_strata_of_a_property_hold_every_case_once():
    counts = strata()["n"].xs("accuracy", level="metric")

    for name in ("birads", "size", "view"):
        assert counts[counts.index.str.startswith(name)].sum() == 6


def test_runs_that_lack_a_stratum_have_no_row_of_it():
    both = pd.concat([SIX, SIX[SIX["scan_id"] != "a2"].assign(run="other")])
    points = pd.concat([thresholds(0.5, 0.5), thresholds(0.5, 0.5, run="other")])

    table = scored(both, points, scans=SCANS)

    runs = table[(table["stratum"] == "birads=5") & (table["level"] == "scan")]["run"]
    assert set(runs) == {"net"}


def test_what_only_other_partitions_tell_apart_gives_no_strata():
    trained = SIX.assign(partition="train", scan_id="t" + SIX["scan_id"])
    known = pd.concat([SCANS, SCANS.assign(scan_id="t" + SCANS["scan_id"], device="Toshiba")])

    table = scored(pd.concat([SIX, trained]), thresholds(0.5, 0.5), scans=known)

    assert not table["stratum"].str.startswith("device").any()

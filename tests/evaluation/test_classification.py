import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation import (
    auc,
    choose_operating_points,
    roc_points,
    score_classification,
    trace_roc,
    wilson_interval,
)
from sonolens.tables import ClassificationMetrics, RocCurve

SETTINGS = {"resamples": 200, "confidence": 0.95, "seed": 0}


def study(*rows: tuple[str, str, str, float], partition: str = "test") -> pd.DataFrame:
    """Predictions of one run from (scan, lesion, label, probability)."""
    table = pd.DataFrame(rows, columns=["scan_id", "lesion_id", "label", "probability"])
    return table.assign(run="net", partition=partition, logit=0.0)


def scans_of(predictions: pd.DataFrame) -> pd.DataFrame:
    """Scans in which every lesion is a patient of its own."""
    scans = predictions[["scan_id", "lesion_id", "label"]].drop_duplicates()
    return scans.assign(patient_id="patient of " + scans["lesion_id"])


def thresholds(scan: float, lesion: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run": "net",
            "level": ["scan", "lesion"],
            "rule": "closest_to_corner",
            "chosen_on": "validation",
            "threshold": [scan, lesion],
        }
    )


def metrics(predictions, operating_points, level="scan", partition="test") -> pd.DataFrame:
    table = score_classification(predictions, scans_of(predictions), operating_points, **SETTINGS)
    ClassificationMetrics.validate(table)
    chosen = table[(table["level"] == level) & (table["partition"] == partition)]
    return chosen.set_index("metric")


SIX = study(
    ("a1", "a", "malignant", 0.9),
    ("a2", "a", "malignant", 0.3),
    ("b1", "b", "malignant", 0.6),
    ("c1", "c", "benign", 0.7),
    ("c2", "c", "benign", 0.1),
    ("d1", "d", "benign", 0.2),
)


def test_scans_are_scored_at_the_frozen_threshold():
    scored = metrics(SIX, thresholds(scan=0.5, lesion=0.5))

    assert scored.loc["sensitivity", "value"] == pytest.approx(2 / 3)
    assert scored.loc["specificity", "value"] == pytest.approx(2 / 3)
    assert scored.loc["accuracy", "value"] == pytest.approx(4 / 6)
    assert scored.loc["auc", "value"] == pytest.approx(7 / 9)
    assert scored["n"].to_dict() == {"auc": 6, "accuracy": 6, "sensitivity": 3, "specificity": 3}


def test_a_lesion_has_the_mean_probability_of_its_scans():
    # Lesion means: a 0.6, b 0.6, c 0.4, d 0.2.
    scored = metrics(SIX, thresholds(scan=0.5, lesion=0.4), level="lesion")

    assert scored.loc["sensitivity", "value"] == 1
    assert scored.loc["specificity", "value"] == 0.5
    assert scored.loc["auc", "value"] == 1
    assert scored["n"].to_dict() == {"auc": 4, "accuracy": 4, "sensitivity": 2, "specificity": 2}


def test_chance_is_what_blind_calls_at_the_same_rate_score():
    scored = metrics(SIX.iloc[:5], thresholds(scan=0.65, lesion=0.5))

    # Two of five scans are called malignant; three of five are.
    assert scored["chance"].to_dict() == pytest.approx(
        {"auc": 0.5, "sensitivity": 0.4, "specificity": 0.6, "accuracy": 0.4 * 0.6 + 0.6 * 0.4}
    )


def test_swapped_labels_swap_sensitivity_and_specificity():
    other = {"benign": "malignant", "malignant": "benign"}
    swapped = SIX.assign(
        label=SIX["label"].map(other), probability=1 - SIX["probability"], logit=-SIX["logit"]
    )
    before = metrics(SIX, thresholds(scan=0.5, lesion=0.5))
    after = metrics(swapped, thresholds(scan=0.5, lesion=0.5))

    columns = ["value", "ci_low", "ci_high", "chance", "n"]
    for metric, mirrored in [("sensitivity", "specificity"), ("accuracy", "accuracy")]:
        np.testing.assert_allclose(
            before.loc[metric, columns].astype(float), after.loc[mirrored, columns].astype(float)
        )
    assert after.loc["auc", "value"] == pytest.approx(before.loc["auc", "value"])


def test_a_perfect_proportion_has_wilsons_interval_over_its_patients():
    scored = metrics(SIX, thresholds(scan=0.3, lesion=0.5))

    sensitivity = scored.loc["sensitivity"]
    assert sensitivity["value"] == 1
    # Three malignant scans, but two patients.
    assert (sensitivity["ci_low"], sensitivity["ci_high"]) == wilson_interval(2, 2, confidence=0.95)


def test_a_perfect_auc_has_wilsons_interval_over_the_rarer_class():
    predictions = study(
        *[(f"m{i}", f"m{i}", "malignant", 0.9) for i in range(3)],
        *[(f"b{i}", f"b{i}", "benign", 0.1) for i in range(9)],
    )

    area = metrics(predictions, thresholds(scan=0.5, lesion=0.5)).loc["auc"]

    assert area["value"] == 1
    assert (area["ci_low"], area["ci_high"]) == wilson_interval(3, 3, confidence=0.95)


def test_the_interval_of_an_auc_encloses_it_and_narrows_with_patients():
    rng = np.random.default_rng(4)

    def width(patients: int) -> float:
        rows = [
            (f"s{i}", f"l{i}", "malignant" if i % 2 else "benign", (i % 2 + rng.random() * 3) / 4)
            for i in range(patients)
        ]
        area = metrics(study(*rows), thresholds(scan=0.5, lesion=0.5)).loc["auc"]
        assert area["ci_low"] < area["value"] < area["ci_high"]
        return area["ci_high"] - area["ci_low"]

    assert width(400) == pytest.approx(width(100) / 2, rel=0.35)


def test_a_partition_without_scans_is_listed_without_values():
    scored = metrics(SIX, thresholds(scan=0.5, lesion=0.5), partition="train")

    assert list(scored.index) == ["auc", "accuracy", "sensitivity", "specificity"]
    assert (scored["n"] == 0).all()
    assert scored[["value", "ci_low", "ci_high", "chance"]].isna().all(axis=None)


def test_without_malignant_scans_only_what_they_decide_is_unknown():
    scored = metrics(SIX[SIX["label"] == "benign"], thresholds(scan=0.5, lesion=0.5))

    assert scored["value"].isna().to_dict() == {
        "auc": True,
        "accuracy": False,
        "sensitivity": True,
        "specificity": False,
    }
    assert scored.loc["sensitivity", "n"] == 0


def test_operating_points_come_from_the_partition_named():
    validation = SIX.assign(partition="validation", scan_id="v" + SIX["scan_id"])
    both = pd.concat([validation, SIX.assign(probability=1 - SIX["probability"])])

    chosen = choose_operating_points(both, chosen_on="validation").set_index("level")

    # Scans: 0.6 finds two of three with one false call, as 0.3 finds three of three with one.
    assert chosen["threshold"].to_dict() == {"scan": 0.3, "lesion": pytest.approx(0.6)}
    assert set(chosen["chosen_on"]) == {"validation"}
    assert set(chosen["rule"]) == {"closest_to_corner"}


def test_a_partition_of_one_class_chooses_no_operating_point():
    with pytest.raises(ValueError, match=r"run 'net' has 0 malignant of 3 scans in test"):
        choose_operating_points(SIX[SIX["label"] == "benign"], chosen_on="test")


def test_a_run_without_validation_scans_chooses_no_operating_point():
    with pytest.raises(ValueError, match=r"0 malignant of 0 scans in validation"):
        choose_operating_points(SIX, chosen_on="validation")


def test_every_run_needs_its_own_operating_point():
    other = SIX.assign(run="other")
    with pytest.raises(ValueError, match="run 'other' has no operating point for scans"):
        metrics(other, thresholds(scan=0.5, lesion=0.5))


def test_a_scan_whose_patient_is_unknown_is_refused():
    with pytest.raises(ValueError, match=r"scan 'd1'.*not in the scans table"):
        score_classification(SIX, scans_of(SIX.iloc[:5]), thresholds(0.5, 0.5), **SETTINGS)


def test_a_lesion_with_two_labels_is_refused():
    contradicted = SIX.assign(lesion_id="a")
    with pytest.raises(ValueError, match="lesion 'a' has benign and malignant scans"):
        choose_operating_points(contradicted, chosen_on="test")


def test_a_curve_is_traced_per_level_and_partition():
    table = trace_roc(SIX)

    RocCurve.validate(table)
    lesions = table[table["level"] == "lesion"]
    # Lesion means a and b tie at 0.6 above both benign ones: up, then right.
    np.testing.assert_allclose(lesions["false_positive_rate"], [0, 0, 1])
    np.testing.assert_allclose(lesions["true_positive_rate"], [0, 1, 1])
    np.testing.assert_allclose(lesions["threshold"], [np.inf, 0.6, 0.2])


def test_leaving_out_points_on_straight_pieces_leaves_the_area():
    rng = np.random.default_rng(8)
    probability = np.round(rng.random(300), 2)
    label = np.where(rng.random(300) < probability, "malignant", "benign")
    rows = [(f"s{i}", f"l{i}", label[i], probability[i]) for i in range(300)]

    scan = trace_roc(study(*rows)).query("level == 'scan'")

    area = np.trapezoid(scan["true_positive_rate"], scan["false_positive_rate"])
    assert area == pytest.approx(auc(label == "malignant", probability))
    assert len(scan) < len(roc_points(label == "malignant", probability).thresholds)


def test_a_partition_of_one_class_has_no_curve():
    assert trace_roc(SIX[SIX["label"] == "benign"]).empty

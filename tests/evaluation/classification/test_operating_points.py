"""Thresholds come from the partition that the protocol names, by four rules."""

import numpy as np
import pandas as pd
import pytest
from judged import judged, runs_of, study, thresholds

from sonolens.evaluation.classification import choose_operating_points, threshold_of
from sonolens.tables.classification import OperatingPoints
from sonolens.tables.vocabulary import OPERATING_RULES

SIX = study(
    ("a1", "a", "malignant", 0.9),
    ("a2", "a", "malignant", 0.3),
    ("b1", "b", "malignant", 0.6),
    ("c1", "c", "benign", 0.7),
    ("c2", "c", "benign", 0.1),
    ("d1", "d", "benign", 0.2),
)
VALIDATED = pd.concat(
    [
        SIX.assign(partition="validation", scan_id="v" + SIX["scan_id"]),
        SIX.assign(probability=1 - SIX["probability"]),
    ]
)


def chosen(predictions: pd.DataFrame, runs: pd.DataFrame, rule="closest_to_corner", forming="mean"):
    points = choose_operating_points(predictions, runs, lesion_probability=forming)
    OperatingPoints.validate(points)
    return points[points["rule"] == rule].set_index("level")


def test_a_rigorous_run_chooses_on_validation() -> None:
    points = chosen(VALIDATED, runs_of({}))

    # Scans: 0.6 finds two of three with one false call, as 0.3 finds three of three with one.
    assert points["threshold"].to_dict() == {"scan": 0.3, "lesion": pytest.approx(0.6)}
    assert set(points["chosen_on"]) == {"validation"}


def test_a_run_of_the_papers_protocol_chooses_on_test() -> None:
    points = chosen(VALIDATED, runs_of({"protocol": "paper"}))

    # Test probabilities are mirrored: 0.1, 0.7, 0.4 malignant and 0.3, 0.9, 0.8 benign. At 0.4 two
    # malignant of three are found with two false calls of three; at 0.7 only one is.
    assert points.loc["scan", "threshold"] == pytest.approx(0.4)
    assert set(points["chosen_on"]) == {"test"}


def test_a_lesion_may_have_the_largest_probability_of_its_scans() -> None:
    # Means: a 0.6 and b 0.8 malignant, c 0.4 and d 0.2 benign. Largest: 0.9, 0.8 and 0.7, 0.2.
    sure = VALIDATED["scan_id"].isin(["vb1"])
    both = VALIDATED.assign(probability=VALIDATED["probability"].mask(sure, 0.8))

    assert chosen(both, runs_of({})).loc["lesion", "threshold"] == pytest.approx(0.6)
    assert chosen(both, runs_of({}), forming="max").loc["lesion", "threshold"] == 0.8


def test_every_run_and_level_has_a_threshold_by_every_rule() -> None:
    both = pd.concat([VALIDATED, VALIDATED.assign(run="other")])
    points = choose_operating_points(
        both, runs_of({}, {"run": "other", "protocol": "paper"}), lesion_probability="mean"
    )

    assert len(points) == 2 * 2 * len(OPERATING_RULES)
    assert points.groupby("run")["chosen_on"].first().to_dict() == {
        "net": "validation",
        "other": "test",
    }


def test_rules_differ_where_sensitivity_costs_specificity() -> None:
    malignant = [True] * 20 + [False] * 20
    # Malignant at 0.99 ... 0.80; benign share the range of the two lowest malignant ones.
    probability = [*np.linspace(0.99, 0.80, 20), *np.linspace(0.815, 0.05, 20)]
    both = judged(malignant, probability, partition="validation")

    found = {
        rule: chosen(both, runs_of({}), rule).loc["scan", "threshold"] for rule in OPERATING_RULES
    }

    assert found["sensitivity_90"] == pytest.approx(0.82)  # 18 of 20
    assert found["sensitivity_95"] == pytest.approx(0.81)  # 19 of 20
    # One false call of twenty against one miss of twenty: 0.81 costs as much as 0.82 saves.
    assert found["youden"] == pytest.approx(0.80)
    assert found["closest_to_corner"] == pytest.approx(0.80)


def test_a_partition_of_one_class_chooses_no_operating_point() -> None:
    with pytest.raises(ValueError, match=r"run 'net' has 0 malignant of 3 scans in test"):
        chosen(SIX[SIX["label"] == "benign"], runs_of({"protocol": "paper"}))


def test_a_run_without_validation_scans_chooses_no_operating_point() -> None:
    with pytest.raises(ValueError, match=r"0 malignant of 0 scans in validation"):
        chosen(SIX, runs_of({}))


def test_a_run_of_unknown_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match=r"run 'net' has predictions but is not among the 1"):
        chosen(SIX, runs_of({"run": "other"}))


def test_the_rule_looked_up_is_the_papers_unless_another_is_named() -> None:
    points = thresholds(0.5, 0.4, youden=0.7)

    assert threshold_of(points, run="net", level="scan") == 0.5
    assert threshold_of(points, run="net", level="lesion") == 0.4
    assert threshold_of(points, run="net", level="lesion", rule="youden") == 0.7


def test_a_rule_that_was_not_chosen_is_named() -> None:
    points = thresholds(0.5, 0.4)
    with pytest.raises(ValueError, match="'net' has no operating point for scans by the rule youd"):
        threshold_of(points[points["rule"] != "youden"], run="net", level="scan", rule="youden")

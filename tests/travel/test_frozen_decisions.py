import numpy as np
import pandas as pd
import pytest

from sonolens.travel import freeze_decisions

POINTS = pd.DataFrame(
    {
        "run": "r",
        "level": ["scan", "lesion"],
        "rule": "youden",
        "chosen_on": "validation",
        "threshold": [0.5, np.inf],
    }
)
METRICS = pd.DataFrame(
    {
        "run": "r",
        "level": "scan",
        "partition": ["test", "validation", "test", "test"],
        "stratum": ["all", "all", "birads=4", "all"],
        "rule": ["none", "none", "none", "youden"],
        "metric": ["auc", "auc", "auc", "ppv"],
        "value": [0.9, 0.95, 0.8, np.nan],
        "ci_low": [0.8, 0.9, 0.7, np.nan],
        "ci_high": [0.95, 0.99, 0.9, np.nan],
        "chance": 0.5,
        "n": [60, 30, 20, 0],
        "confidence": 0.95,
    }
)


SETS = pd.DataFrame(
    {
        "run": "r",
        "level": "scan",
        "taxonomy": "label",
        "group": ["benign", "malignant"],
        "alpha": 0.1,
        "calibrated_on": "validation",
        "threshold": [0.6, np.inf],
        "n": [20, 4],
        "n_patients": [18, 4],
        "fell_back": False,
    }
)


def freeze(temperatures=(0.8, 0.8)):
    ids = {name: ["s1", "s2"] for name in ("scan_id", "lesion_id", "patient_id")}
    judged = {"logit": 1.0, "probability": 0.7, "threshold": 0.5, "called": True, "correct": True}
    decided = pd.DataFrame(
        {**ids, "run": "r", "partition": "test", "label": "malignant", "temperature": temperatures}
    ).assign(**judged)
    return freeze_decisions(decided, POINTS, METRICS, SETS, lesion_probability="max")


def test_temperature_thresholds_and_what_chose_them_are_frozen():
    frozen = freeze()

    assert (frozen.temperature, frozen.lesion_probability) == (0.8, "max")
    assert [(each.level, each.chosen_on, each.threshold) for each in frozen.operating_points] == [
        ("scan", "validation", 0.5),
        ("lesion", "validation", np.inf),
    ]


def test_the_rule_for_leaving_a_case_open_travels_infinite_limits_too():
    rules = freeze().sets

    assert [(each.group, each.threshold, each.n_patients) for each in rules] == [
        ("benign", 0.6, 18),
        ("malignant", np.inf, 4),
    ]
    again = type(freeze()).model_validate_json(freeze().model_dump_json())
    assert again.sets == rules


def test_performance_is_that_of_all_test_scans_and_what_is_not_known_is_none():
    told = [(each.metric, each.value, each.ci_low, each.n) for each in freeze().performance]

    assert told == [("auc", 0.9, 0.8, 60), ("ppv", None, None, 0)]


def test_decisions_of_two_runs_are_refused():
    with pytest.raises(ValueError, match="run 'r' has 2 temperatures"):
        freeze((0.8, 0.9))

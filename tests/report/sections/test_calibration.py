import pandas as pd
from tiny_scores import RUN, metrics_table, predictions_table

from sonolens.report.scores import read_test_scores
from sonolens.report.sections.calibration import list_calibrations


def test_scores_before_scaling_are_not_those_after() -> None:
    before, after = list_calibrations(read_test_scores(metrics_table()), predictions_table())[:2]

    assert (before.level, before.scaling, before.temperature) == ("scan", "before", "1")
    assert (after.level, after.scaling, after.temperature) == ("scan", "after", "1.37")
    assert {name: score.text.split()[0] for name, score in before.scores.items()} == {
        "brier": "0.16",
        "calibration_slope": "0.44",
        "calibration_intercept": "−0.51",
        "ece": "0.16",
    }
    assert {name: score.text.split()[0] for name, score in after.scores.items()} == {
        "brier": "0.12",
        "calibration_slope": "0.94",
        "calibration_intercept": "−0.21",
        "ece": "0.06",
    }


def test_every_run_has_its_own_temperature() -> None:
    predictions = pd.concat([predictions_table(run="b", temperature=2.5), predictions_table()])

    found = list_calibrations(read_test_scores(metrics_table(runs=(RUN, "b", "c"))), predictions)

    assert {row.run: row.temperature for row in found if row.scaling == "after"} == {
        RUN: "1.37",
        "b": "2.5",
        "c": "–",
    }


def test_runs_without_calibration_scores_are_left_out() -> None:
    metrics = metrics_table()
    ranked = metrics[metrics["metric"] == "auc"]

    assert list_calibrations(read_test_scores(ranked), predictions_table()) == []

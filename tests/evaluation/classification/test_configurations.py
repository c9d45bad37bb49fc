"""A configuration is scored over its runs, and with the test cases of all folds together."""

import numpy as np
import pandas as pd
import pytest
from judged import decide, judged, runs_of, scans_of, study, thresholds

from sonolens.evaluation.classification import (
    auc,
    score_classification,
    score_configurations,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.classification import ConfigurationMetrics
from sonolens.tables.vocabulary import CALL_METRICS, OPERATING_RULES

SETTINGS = {
    "lesion_probability": "mean",
    "bootstrap": Bootstrap(resamples=200, confidence=0.95, seed=0),
}


def scored(predictions, runs, points, *, level="scan", **changes) -> pd.DataFrame:
    table = score_configurations(decide(predictions, points), runs, points, **SETTINGS | changes)
    ConfigurationMetrics.validate(table)
    return table[table["level"] == level]


def by_metric(table: pd.DataFrame, rule="closest_to_corner") -> pd.DataFrame:
    return table[table["rule"].isin(["none", rule])].set_index("metric")


# Two folds of one seed; fold 1 is called at another threshold.
FOLDS = pd.concat(
    [
        study(
            ("a", "a", "malignant", 0.9),
            ("b", "b", "malignant", 0.4),
            ("c", "c", "benign", 0.1),
            run="fold0",
        ),
        study(
            ("d", "d", "malignant", 0.3),
            ("e", "e", "benign", 0.2),
            ("f", "f", "benign", 0.25),
            run="fold1",
        ),
    ]
)
RUNS = runs_of({"run": "fold0", "fold": 0}, {"run": "fold1", "fold": 1})
POINTS = pd.concat(
    [thresholds(0.5, 0.5, run="fold0"), thresholds(0.21, 0.21, run="fold1", youden=0.28)]
)


def test_mean_and_spread_are_over_runs():
    found = by_metric(scored(FOLDS, RUNS, POINTS))

    # Sensitivity 1/2 and 1/1, specificity 1/1 and 1/2; both AUCs are 1.
    assert found.loc["sensitivity", "mean"] == pytest.approx(0.75)
    assert found.loc["sensitivity", "sd"] == pytest.approx(np.sqrt(2 * 0.25**2))
    assert found.loc["specificity", "mean"] == pytest.approx(0.75)
    assert (found.loc["auc", "mean"], found.loc["auc", "sd"]) == (1, 0)
    assert (found["runs"] == 2).all()


def test_pooled_cases_are_called_at_the_threshold_of_their_own_run():
    found = by_metric(scored(FOLDS, RUNS, POINTS))
    youden = by_metric(scored(FOLDS, RUNS, POINTS), "youden")

    # a called, b missed; d called, f called wrongly.
    assert found.loc["sensitivity", "pooled"] == pytest.approx(2 / 3)
    assert found.loc["specificity", "pooled"] == pytest.approx(2 / 3)
    assert found.loc["ppv", "pooled"] == pytest.approx(2 / 3)
    assert youden.loc["specificity", "pooled"] == 1
    assert (found["n"] == 6).all()


def test_the_pooled_area_compares_scans_of_different_folds():
    other = FOLDS.assign(probability=FOLDS["probability"].replace(0.3, 0.15))

    found = by_metric(scored(other, RUNS, POINTS))

    # d at 0.15 now ranks below e and f of its fold, and above c of the other.
    labels = np.array([True, True, False, True, False, False])
    assert found.loc["auc", "pooled"] == auc(labels, other["probability"].to_numpy())
    assert found.loc["auc", "pooled"] == pytest.approx(7 / 9)
    assert found.loc["auc", "mean"] == 0.5


def test_chance_is_that_of_the_pooled_calls():
    found = by_metric(scored(FOLDS, RUNS, POINTS))

    # Three of six are called, three are malignant.
    assert found.loc[["auc", *CALL_METRICS, "brier"], "chance"].tolist() == pytest.approx(
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]
    )


def seeds(count: int, n: int = 60) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    malignant = np.arange(n) % 3 == 0
    tables, runs, points = [], [], []
    for seed in range(count):
        probability = np.clip(0.4 + 0.2 * malignant + rng.normal(0, 0.2, size=n), 0.01, 0.99)
        tables.append(judged(malignant, probability, run=f"seed{seed}"))
        runs.append({"run": f"seed{seed}", "seed": seed})
        points.append(thresholds(0.5, 0.5, run=f"seed{seed}"))
    return pd.concat(tables), runs_of(*runs), pd.concat(points)


def test_seeds_are_pooled_apart_and_averaged():
    predictions, runs, points = seeds(3)

    found = by_metric(scored(predictions, runs, points))

    np.testing.assert_allclose(found["pooled"], found["mean"])
    assert (found["n"] == 60).all()


def test_a_single_run_has_the_scores_and_intervals_of_that_run():
    predictions, runs, points = seeds(1)

    found = scored(predictions, runs, points).set_index(["rule", "metric"])

    alone = score_classification(
        decide(predictions, points),
        scans_of(predictions),
        points,
        size_bounds_mm=(),
        bins=4,
        **SETTINGS,
    )
    alone = alone[(alone["level"] == "scan") & (alone["partition"] == "test")]
    alone = alone.set_index(["rule", "metric"]).loc[found.index]
    for column in ("ci_low", "ci_high", "chance"):
        np.testing.assert_allclose(found[column], alone[column])
    np.testing.assert_allclose(found["pooled"], alone["value"])
    assert found["sd"].isna().all()


def test_the_same_run_several_times_gains_no_certainty():
    predictions, runs, points = seeds(1)
    copies = [predictions.assign(run=f"copy{seed}") for seed in range(3)]
    copied_runs = runs_of(*({"run": f"copy{seed}", "seed": seed} for seed in range(3)))
    copied_points = pd.concat([points.assign(run=f"copy{seed}") for seed in range(3)])

    once = by_metric(scored(predictions, runs, points))
    thrice = by_metric(scored(pd.concat(copies), copied_runs, copied_points))

    np.testing.assert_allclose(once[["ci_low", "ci_high"]], thrice[["ci_low", "ci_high"]])
    assert thrice["sd"].abs().max() < 1e-12


def test_a_metric_that_one_run_lacks_has_no_mean_but_may_be_pooled():
    points = pd.concat([thresholds(0.95, 0.95, run="fold0"), thresholds(0.21, 0.21, run="fold1")])

    found = by_metric(scored(FOLDS, RUNS, points))

    assert found.loc["ppv", ["mean", "sd"]].isna().all()
    assert found.loc["ppv", "pooled"] == pytest.approx(0.5)


def test_every_configuration_has_every_metric_at_both_levels():
    predictions, runs, points = seeds(2)
    runs["configuration"] = ["one", "two"]

    table = score_configurations(decide(predictions, points), runs, points, **SETTINGS)

    assert len(table) == 2 * 2 * (2 + len(OPERATING_RULES) * len(CALL_METRICS))
    assert list(table["configuration"].unique()) == ["one", "two"]


def test_only_test_cases_count():
    trained = FOLDS.assign(partition="train", scan_id="t" + FOLDS["scan_id"], probability=0.5)

    pd.testing.assert_frame_equal(
        scored(pd.concat([FOLDS, trained]), RUNS, POINTS), scored(FOLDS, RUNS, POINTS)
    )


def test_lesions_are_formed_as_asked():
    predictions = study(
        ("a1", "a", "malignant", 0.9), ("a2", "a", "malignant", 0.1), ("c", "c", "benign", 0.6)
    )

    def area(forming: str) -> float:
        table = scored(
            predictions,
            runs_of({}),
            thresholds(0.5, 0.5),
            level="lesion",
            lesion_probability=forming,
        )
        return by_metric(table).loc["auc", "pooled"]

    assert (area("mean"), area("max")) == (0, 1)


def test_a_configuration_of_two_protocols_is_refused():
    with pytest.raises(ValueError, match="configuration 'small-full' has runs of both protocols"):
        scored(FOLDS, RUNS.assign(protocol=["rigorous", "paper"]), POINTS)

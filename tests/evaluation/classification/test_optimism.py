"""What a test score gains when the test scans themselves choose."""

import numpy as np
import pandas as pd
import pytest
from judged import decide, judged, runs_of, study, thresholds
from scipy.special import expit

from sonolens.evaluation.classification import auc, measure_optimism
from sonolens.evaluation.statistics import Bootstrap, resampled_interval
from sonolens.evaluation.statistics.intervals import resampled_sums
from sonolens.tables.classification import ProtocolOptimism

SETTINGS = {
    "lesion_probability": "mean",
    "bootstrap": Bootstrap(resamples=200, confidence=0.95, seed=0),
}
PAPER = {"run": "net-paper", "configuration": "small-full-paper", "protocol": "paper"}

# At the frozen 0.5 one malignant scan of four is found; at 0.3, closest to the corner on test,
# all are, with one false call of four.
TESTED = study(
    ("a", "a", "malignant", 0.9),
    ("b", "b", "malignant", 0.4),
    ("c", "c", "malignant", 0.35),
    ("d", "d", "malignant", 0.3),
    ("e", "e", "benign", 0.32),
    ("f", "f", "benign", 0.2),
    ("g", "g", "benign", 0.1),
    ("h", "h", "benign", 0.15),
)


def measured(predictions, runs, points, *, level="scan", source="threshold", **changes):
    table = measure_optimism(decide(predictions, points), runs, points, **SETTINGS | changes)
    ProtocolOptimism.validate(table)
    return table[(table["level"] == level) & (table["source"] == source)].set_index("metric")


def test_a_threshold_chosen_on_test_gains_what_it_finds_more():
    found = measured(TESTED, runs_of({}), thresholds(0.5, 0.5))

    assert found["rigorous"].to_dict() == {
        "accuracy": 5 / 8,
        "sensitivity": 1 / 4,
        "specificity": 1,
    }
    assert found["paper"].to_dict() == {"accuracy": 7 / 8, "sensitivity": 1, "specificity": 3 / 4}
    assert found["optimism"].to_dict() == {
        "accuracy": 1 / 4,
        "sensitivity": 3 / 4,
        "specificity": -1 / 4,
    }
    assert found["n"].to_dict() == {"accuracy": 8, "sensitivity": 4, "specificity": 4}


def test_the_area_needs_no_threshold_and_is_left_out():
    assert "auc" not in measured(TESTED, runs_of({}), thresholds(0.5, 0.5)).index


def test_a_frozen_threshold_that_calls_the_same_is_no_optimism():
    found = measured(TESTED, runs_of({}), thresholds(0.3, 0.3))

    assert (found[["optimism", "ci_low", "ci_high"]] == 0).all(axis=None)


def test_validation_scans_do_not_count():
    validated = TESTED.assign(partition="validation", scan_id="v" + TESTED["scan_id"])

    pd.testing.assert_frame_equal(
        measured(pd.concat([validated, TESTED]), runs_of({}), thresholds(0.5, 0.5)),
        measured(TESTED, runs_of({}), thresholds(0.5, 0.5)),
    )


def test_differences_are_resampled_as_pairs():
    rng = np.random.default_rng(0)
    malignant = np.arange(100) % 2 == 0
    probability = expit(rng.normal(malignant, 1.0))
    predictions = judged(malignant, probability)

    found = measured(predictions, runs_of({}), thresholds(0.8, 0.8)).loc["sensitivity"]

    threshold = probability[probability < 0.8].max()
    assert found["paper"] > found["rigorous"]
    chosen = probability[malignant]
    # What is found more at the lower threshold, scan by scan.
    called = (chosen >= _closest(malignant, probability)).astype(float)
    gained = np.zeros(100)
    gained[malignant] = called - (chosen >= 0.8)
    sums = resampled_sums(
        np.column_stack([gained, malignant]),
        range(100),
        bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0),
    )
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(
        resampled_interval(sums[:, 0] / sums[:, 1], patients=50, confidence=0.95)
    )
    assert threshold < 0.8


def _closest(malignant: np.ndarray, probability: np.ndarray) -> float:
    def distance(threshold: float) -> float:
        return np.hypot(
            1 - (probability[malignant] >= threshold).mean(),
            (probability[~malignant] >= threshold).mean(),
        )

    return min(sorted(probability), key=distance)


def both_protocols() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    better = TESTED.assign(run="net-paper", probability=TESTED["probability"].replace(0.32, 0.25))
    points = pd.concat([thresholds(0.5, 0.5), thresholds(0.3, 0.3, run="net-paper")])
    return pd.concat([TESTED, better]), runs_of({}, PAPER), points


def test_the_papers_run_of_the_same_fit_is_the_counterpart():
    found = measured(*both_protocols(), source="epoch_and_threshold")

    assert found["rigorous"].to_dict() == {
        "auc": 15 / 16,
        "accuracy": 5 / 8,
        "sensitivity": 1 / 4,
        "specificity": 1,
    }
    assert found["paper"].to_dict() == {
        "auc": 1,
        "accuracy": 1,
        "sensitivity": 1,
        "specificity": 1,
    }
    assert found.loc["auc", "optimism"] == pytest.approx(1 / 16)
    assert found.loc["auc", "ci_low"] <= 1 / 16 <= found.loc["auc", "ci_high"]
    assert found.loc["specificity", ["ci_low", "ci_high"]].tolist() == [0, 0]


def test_rows_belong_to_the_rigorous_run_alone():
    predictions, runs, points = both_protocols()

    table = measure_optimism(decide(predictions, points), runs, points, **SETTINGS)

    assert set(table["run"]) == {"net"}
    assert len(table) == 2 * (3 + 4)


@pytest.mark.parametrize(
    "other",
    [
        {"network": "large"},
        {"adaptation": "drs"},
        {"seed": 1},
        {"fold": 1},
        {"start": "imagenet"},
        {"output_stride": 8},
    ],
)
def test_the_papers_run_of_another_fit_is_no_counterpart(other):
    predictions, _, points = both_protocols()

    assert measured(
        predictions, runs_of({}, PAPER | other), points, source="epoch_and_threshold"
    ).empty


def test_the_papers_run_alone_has_no_rigorous_score_to_beat():
    points = thresholds(0.3, 0.3, run="net-paper")
    decisions = decide(TESTED.assign(run="net-paper"), points)

    table = measure_optimism(decisions, runs_of(PAPER), points, **SETTINGS)

    assert table.empty
    ProtocolOptimism.validate(table)


def test_scans_are_matched_by_name_and_not_by_row():
    predictions, runs, points = both_protocols()
    shuffled = predictions.sample(frac=1, random_state=0)

    for source in ("threshold", "epoch_and_threshold"):
        pd.testing.assert_frame_equal(
            measured(shuffled, runs, points, source=source).sort_index(),
            measured(predictions, runs, points, source=source).sort_index(),
            check_exact=False,
        )


def test_other_test_scans_make_no_pair():
    predictions, runs, points = both_protocols()

    with pytest.raises(ValueError, match=r"run 'net' and its counterpart.*tested different cases"):
        measured(predictions.iloc[1:], runs, points)


def test_two_papers_runs_of_one_fit_are_refused():
    predictions, _, points = both_protocols()
    third = predictions[predictions["run"] == "net-paper"].assign(run="again")
    points = pd.concat([points, thresholds(0.3, 0.3, run="again")])

    with pytest.raises(ValueError, match="run 'again' shares network"):
        measured(
            pd.concat([predictions, third]), runs_of({}, PAPER, PAPER | {"run": "again"}), points
        )


def test_a_test_set_of_one_class_chooses_no_threshold():
    found = measured(TESTED[TESTED["label"] == "benign"], runs_of({}), thresholds(0.15, 0.15))

    assert found.loc["specificity", "rigorous"] == pytest.approx(1 / 4)
    assert found[["paper", "optimism", "ci_low", "ci_high"]].isna().all(axis=None)
    assert found.loc["sensitivity", "n"] == 0


def test_an_area_that_nothing_moves_is_not_taken_for_certain():
    predictions = judged([True] * 3 + [False] * 3, [0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    other = predictions.assign(run="net-paper", probability=predictions["probability"].iloc[::-1].to_numpy())  # fmt: skip
    points = pd.concat([thresholds(0.5, 0.5), thresholds(0.5, 0.5, run="net-paper")])

    found = measured(
        pd.concat([predictions, other]), runs_of({}, PAPER), points, source="epoch_and_threshold"
    ).loc["auc"]

    assert auc(np.repeat([True, False], 3), other["probability"].to_numpy()) == 0
    assert found["optimism"] == -1
    assert -1 == found["ci_low"] < found["ci_high"] < 0

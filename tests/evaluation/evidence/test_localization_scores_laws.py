"""Laws of the localization scores: exchanging names on any axis exchanges rows and changes no number."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.evidence import summarise_localization
from sonolens.evaluation.statistics import Bootstrap

KEY = ["method", "run", "score", "region", "evidence", "subset", "label"]
SCANS = 40


@pytest.fixture(scope="module")
def map_scores() -> pd.DataFrame:
    """Scores drawn at random, each axis with a level of its own; some maps have no such evidence."""
    axes = {
        "method": ["cam", "drs"],
        "run": ["r1", "r2"],
        "scan_id": [f"s{scan:02d}" for scan in range(SCANS)],
        "score": ["energy", "iou"],
        "region": ["mass", "below"],
        "evidence": ["positive", "negative", "absolute"],
    }
    index = pd.MultiIndex.from_product(list(axes.values()), names=list(axes))
    table = index.to_frame(index=False)
    rng = np.random.default_rng(3)
    value = rng.random(len(table))
    value[rng.random(len(table)) < 0.1] = np.nan
    others = {name: rng.random(len(table)) for name in ("chance", "ceiling", "mean_mask")}
    return table.assign(value=value, **others)


@pytest.fixture(scope="module")
def judged() -> dict[str, np.ndarray]:
    """Whether each scan is malignant, and whether each run calls it so."""
    rng = np.random.default_rng(4)
    malignant = rng.random(SCANS) < 0.6
    return {"malignant": malignant} | {
        run: malignant ^ (rng.random(SCANS) < wrong) for run, wrong in (("r1", 0.35), ("r2", 0.5))
    }


def summarise(map_scores: pd.DataFrame, judged: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Summarise the study and index the table by its names; all that knows the signature."""
    scan_ids = [f"s{scan:02d}" for scan in range(SCANS)]
    runs = [name for name in judged if name != "malignant"]
    label = np.where(judged["malignant"], "malignant", "benign")
    told = {"scan_id": scan_ids, "label": label, "partition": "test"}
    predictions = pd.concat(
        pd.DataFrame(told | {"run": run, "probability": np.where(judged[run], 0.7, 0.3)})
        for run in runs
    )
    patients = [f"p{scan // 2 if scan < 10 else scan}" for scan in range(SCANS)]
    rule = {"rule": "closest_to_corner", "level": "scan", "threshold": 0.5}
    decisions = decide_scans(
        predictions,
        pd.DataFrame({"scan_id": scan_ids, "patient_id": patients}),
        pd.DataFrame({"run": runs} | rule),
    )
    table = summarise_localization(
        map_scores,
        decisions,
        partition="test",
        unsigned_methods=(),
        bootstrap=Bootstrap(resamples=100, confidence=0.95, seed=0),
    )
    return table.set_index(KEY).sort_index()


@pytest.fixture(scope="module")
def summary(map_scores: pd.DataFrame, judged: dict[str, np.ndarray]) -> pd.DataFrame:
    return summarise(map_scores, judged)


def renamed(table: pd.DataFrame, **swapped: tuple[str, str]) -> pd.DataFrame:
    """Exchange two names on some columns of a table."""
    told = table.copy()
    for axis, (one, other) in swapped.items():
        told[axis] = told[axis].replace({one: other, other: one})
    return told


def assert_renamed(table: pd.DataFrame, summary: pd.DataFrame, **swapped: tuple[str, str]) -> None:
    expected = renamed(summary.reset_index(), **swapped).set_index(KEY).sort_index()
    assert not np.allclose(expected["mean"], summary["mean"], equal_nan=True)
    pd.testing.assert_frame_equal(table, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("axis", "names"),
    [("method", ("cam", "drs")), ("score", ("energy", "iou")), ("region", ("mass", "below"))],
)
def test_renaming_on_an_axis_of_the_scores_renames_rows(
    map_scores: pd.DataFrame,
    judged: dict[str, np.ndarray],
    summary: pd.DataFrame,
    axis: str,
    names: tuple[str, str],
) -> None:
    assert_renamed(
        summarise(renamed(map_scores, **{axis: names}), judged), summary, **{axis: names}
    )


def test_renaming_runs_with_their_calls_renames_rows(
    map_scores: pd.DataFrame, judged: dict[str, np.ndarray], summary: pd.DataFrame
) -> None:
    handed = judged | {"r1": judged["r2"], "r2": judged["r1"]}

    table = summarise(renamed(map_scores, run=("r1", "r2")), handed)

    assert_renamed(table, summary, run=("r1", "r2"))


def test_turning_signs_labels_and_calls_swaps_labels_and_signs_and_keeps_what_argues_for_the_call(
    map_scores: pd.DataFrame, judged: dict[str, np.ndarray], summary: pd.DataFrame
) -> None:
    signs = ("positive", "negative")

    table = summarise(
        renamed(map_scores, evidence=signs), {name: ~marked for name, marked in judged.items()}
    )

    assert_renamed(table, summary, evidence=signs, label=("benign", "malignant"))


def test_turning_signs_and_calls_swaps_correct_and_wrong(
    map_scores: pd.DataFrame, judged: dict[str, np.ndarray], summary: pd.DataFrame
) -> None:
    signs = ("positive", "negative")
    turned = judged | {run: ~judged[run] for run in ("r1", "r2")}

    table = summarise(renamed(map_scores, evidence=signs), turned)

    assert_renamed(table, summary, evidence=signs, subset=("correct", "wrong"))

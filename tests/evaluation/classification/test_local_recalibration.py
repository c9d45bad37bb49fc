"""Recalibration on local patients: what it would buy on the others."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from sonolens.evaluation.classification import score_recalibration
from sonolens.evaluation.classification.local_recalibration import fit_line
from sonolens.evaluation.statistics import Bootstrap


def decided(true: np.ndarray, told: np.ndarray, *, partition: str, seed: int) -> pd.DataFrame:
    """Lesions whose labels are drawn from true log-odds, and which are told others."""
    malignant = np.random.default_rng(seed).random(len(true)) < expit(true)
    ids = [f"{partition}{number}" for number in range(len(true))]
    return pd.DataFrame(
        {
            "run": "r",
            "scan_id": ids,
            "lesion_id": ids,
            "patient_id": ids,
            "partition": partition,
            "label": np.where(malignant, "malignant", "benign"),
            "logit": told,
            "temperature": 1.0,
            "probability": expit(told),
            "threshold": 0.5,
            "called": told > 0,
            "correct": True,
        }
    )


def score(decisions: pd.DataFrame) -> pd.DataFrame:
    return score_recalibration(
        decisions,
        local="train",
        partition="test",
        lesion_probability="mean",
        bootstrap=Bootstrap(resamples=200, confidence=0.95, seed=0),
    ).set_index("adjustment")


def study(*, shift: float, stretch: float) -> pd.DataFrame:
    true = np.linspace(-3, 3, 400)
    told = shift + stretch * true
    return pd.concat(
        decided(true, told, partition=partition, seed=seed)
        for seed, partition in enumerate(("train", "test"))
    )


def test_what_is_right_already_gains_nothing() -> None:
    table = score(study(shift=0, stretch=1))

    for adjustment in ("intercept", "line"):
        row = table.loc[adjustment]
        assert row["gained_low"] < 0.002
        assert abs(row["gained"]) < 0.003


def test_a_shift_is_mended_by_one_number_and_a_stretch_by_a_line() -> None:
    shifted, stretched = (
        score(study(shift=shift, stretch=stretch)) for shift, stretch in ((2, 1), (0, 4))
    )

    assert shifted.loc["intercept", "gained_low"] > 0
    assert shifted.loc["intercept", "foretold"] == pytest.approx(
        shifted.loc["intercept", "seen"], abs=0.06
    )
    assert shifted.loc["as it came", "foretold"] > shifted.loc["as it came", "seen"] + 0.15
    assert stretched.loc["line", "gained_low"] > 0
    assert stretched.loc["intercept", "gained_high"] < stretched.loc["line", "gained"]


def test_the_line_is_the_one_that_made_the_labels() -> None:
    true = np.linspace(-3, 3, 20_000)
    malignant = np.random.default_rng(0).random(len(true)) < expit(true)

    intercept, slope = fit_line(malignant, 1 + 2 * true)

    assert (intercept, slope) == (pytest.approx(-0.5, abs=0.05), pytest.approx(0.5, abs=0.02))


def test_without_local_cases_of_both_labels_there_is_no_adjustment() -> None:
    whole = study(shift=1, stretch=1)
    one_label = whole[(whole["partition"] == "test") | (whole["label"] == "benign")]

    for lacking in (one_label, whole[whole["partition"] == "test"]):
        table = score(lacking)
        assert table.loc["as it came", "brier"] > 0
        assert table.loc[["intercept", "line"], ["brier", "gained"]].isna().all(axis=None)

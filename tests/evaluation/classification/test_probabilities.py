"""Logits become probabilities by the temperature that validation scans ask for."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from sonolens.evaluation.classification import scale_probabilities


def judged(validation_share_malignant: float) -> pd.DataFrame:
    """Twenty validation scans, all with logit 2 or -2, and one test scan with logit 3.

    Of the ten with logit 2 the given share is malignant, and as many of the others are benign.
    """
    right = round(10 * validation_share_malignant)
    labels = ["malignant"] * right + ["benign"] * (10 - right)
    mirrored = ["benign"] * right + ["malignant"] * (10 - right)
    return pd.DataFrame(
        {
            "logit": [2.0] * 10 + [-2.0] * 10 + [3.0],
            "label": [*labels, *mirrored, "malignant"],
            "partition": ["validation"] * 20 + ["test"],
        }
    )


def test_the_temperature_makes_what_is_foretold_what_is_seen() -> None:
    # Logits of 2 foretell 88 %, but 70 % are right: the likelihood peaks where 2 / T is logit(0.7).
    scaled = scale_probabilities(judged(0.7), protocol="rigorous")

    expected = 2 / logit(0.7)
    assert scaled["temperature"].to_numpy() == pytest.approx(expected, rel=1e-4)
    assert scaled["probability"].iloc[0] == pytest.approx(0.7, abs=1e-4)
    assert scaled["probability"].iloc[-1] == pytest.approx(expit(3 / expected), abs=1e-4)


def test_test_scans_do_not_move_the_temperature() -> None:
    wrong = judged(0.7)
    wrong.loc[20, "label"] = "benign"

    assert scale_probabilities(wrong, protocol="rigorous")["temperature"].iloc[0] == pytest.approx(
        2 / logit(0.7), rel=1e-4
    )


def test_the_papers_protocol_scales_nothing() -> None:
    scaled = scale_probabilities(judged(0.7), protocol="paper")

    assert (scaled["temperature"] == 1).all()
    assert np.allclose(scaled["probability"], expit(judged(0.7)["logit"]))

"""Lesions are formed from their scans, and their log-odds are exact."""

import numpy as np
import pandas as pd
import pytest
from judged import study
from scipy.special import expit, logit

from sonolens.evaluation.classification.cases import form_cases

PAIR = study(
    ("a1", "a", "malignant", 0.9), ("a2", "a", "malignant", 0.3), ("c1", "c", "benign", 0.7)
)


def lesions(predictions: pd.DataFrame, lesion_probability="mean") -> pd.DataFrame:
    cases = form_cases(predictions, lesion_probability=lesion_probability)
    return cases[cases["level"] == "lesion"].set_index("case_id")


def test_a_lesion_has_the_mean_probability_of_its_scans() -> None:
    assert lesions(PAIR)["probability"].to_dict() == pytest.approx({"a": 0.6, "c": 0.7})
    assert lesions(PAIR)["malignant"].to_dict() == {"a": True, "c": False}


def test_a_lesion_may_have_the_largest() -> None:
    assert lesions(PAIR, "max")["probability"].to_dict() == {"a": 0.9, "c": 0.7}


@pytest.mark.parametrize("forming", ["mean", "max"])
def test_log_odds_are_those_of_the_probability(forming) -> None:
    formed = lesions(PAIR, forming)

    np.testing.assert_allclose(formed["log_odds"], logit(formed["probability"]))


def test_unscaled_probabilities_come_from_the_raw_logits() -> None:
    scaled = PAIR.assign(temperature=2.0, probability=expit(PAIR["logit"] / 2))

    formed = lesions(scaled)

    np.testing.assert_allclose(formed["unscaled"], [0.6, 0.7])
    np.testing.assert_allclose(formed["unscaled_log_odds"], logit([0.6, 0.7]))
    mean = (expit(logit(0.9) / 2) + expit(logit(0.3) / 2)) / 2
    np.testing.assert_allclose(formed["probability"], [mean, expit(logit(0.7) / 2)])
    np.testing.assert_allclose(formed["log_odds"], [logit(mean), logit(0.7) / 2])


def test_log_odds_survive_probabilities_that_round_to_one() -> None:
    sure = PAIR.assign(logit=[60.0, 60.0, -5000.0], probability=[1.0, 1.0, 0.0])

    formed = lesions(sure)

    assert formed.loc["a", "log_odds"] == pytest.approx(60)
    assert np.isfinite(formed["log_odds"]).all()


def test_a_lesion_seen_by_two_runs_is_formed_in_each() -> None:
    other = PAIR.assign(run="other", probability=0.5, logit=0.0)

    formed = lesions(pd.concat([PAIR, other]))

    assert formed.loc["a", "probability"].tolist() == pytest.approx([0.6, 0.5])


def test_a_lesion_with_two_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="lesion 'a' has benign and malignant scans"):
        form_cases(PAIR.assign(lesion_id="a"), lesion_probability="mean")

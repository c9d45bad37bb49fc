"""The temperature is the one under which the labels are most likely."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from sonolens.evaluation.classification import auc, fit_temperature


def overlapping(seed: int, *, true_temperature: float, n: int = 400):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, size=n)
    labels = rng.random(n) < expit(logits / true_temperature)
    labels[:2] = [True, False]
    return logits, labels


def loss(temperature: float, logits: np.ndarray, labels: np.ndarray) -> float:
    z = logits / temperature
    return float(np.mean(np.logaddexp(0, z) - labels * z))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), true_temperature=st.floats(0.5, 5))
def test_no_other_temperature_makes_the_labels_likelier(seed, true_temperature):
    logits, labels = overlapping(seed, true_temperature=true_temperature)

    found = fit_temperature(logits, labels)

    best = minimize_scalar(
        lambda log_t: loss(np.exp(log_t), logits, labels),
        bounds=(np.log(0.2), np.log(20)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert found == pytest.approx(np.exp(best.x), rel=1e-5)


def test_logits_that_say_too_much_are_halved():
    # Logits of 4 foretell 98 %, but 88 % = expit(2) are right.
    right = np.append(np.ones(88, dtype=bool), np.zeros(12, dtype=bool))
    logits, labels = np.repeat([4.0, -4.0], 100), np.append(right, ~right)

    assert fit_temperature(logits, labels) == pytest.approx(4 / logit(0.88), rel=1e-9)


def test_logits_scaled_by_two_have_twice_the_temperature():
    logits, labels = overlapping(1, true_temperature=2.0)

    assert fit_temperature(2 * logits, labels) == pytest.approx(2 * fit_temperature(logits, labels))


def test_single_precision_logits_give_the_same():
    logits, labels = overlapping(2, true_temperature=1.5)

    assert fit_temperature(logits.astype(np.float32), labels) == pytest.approx(
        fit_temperature(logits, labels), rel=1e-5
    )


def test_a_temperature_changes_no_order():
    logits, labels = overlapping(3, true_temperature=3.0)
    temperature = fit_temperature(logits, labels)

    assert auc(labels, expit(logits / temperature)) == auc(labels, expit(logits))


def test_logits_without_an_error_stay_as_they_are(caplog):
    with caplog.at_level(logging.WARNING):
        assert fit_temperature(np.array([2.0, 1.0, -3.0]), np.array([True, True, False])) == 1

    assert "all 3 logits have the right sign" in caplog.text


def test_logits_that_say_the_opposite_end_at_the_upper_bound(caplog):
    with caplog.at_level(logging.WARNING):
        assert fit_temperature(np.array([-2.0, 1.0]), np.array([True, False])) == 20

    assert "ends at its bound 20" in caplog.text


def test_timid_logits_end_at_the_lower_bound(caplog):
    logits = np.append(np.linspace(0.001, 0.1, 500), -np.linspace(0.001, 0.1, 500))
    labels = np.repeat([True, False], 500)
    labels[0] = False  # the timidest of all is wrong

    with caplog.at_level(logging.WARNING):
        assert fit_temperature(logits, labels) == 0.05

    assert "ends at its bound 0.05" in caplog.text


def test_large_logits_are_not_sharpened_into_ties(caplog):
    logits = np.append(np.linspace(0.01, 10, 500), -np.linspace(0.01, 10, 500))
    labels = np.repeat([True, False], 500)
    labels[0] = False

    with caplog.at_level(logging.WARNING):
        temperature = fit_temperature(logits, labels)

    # The likeliest is lower, but three times as sharp is as sharp as log-odds may get.
    assert temperature == pytest.approx(1 / 3)
    assert len(np.unique(expit(logits / temperature))) == 1000


def test_one_is_always_allowed():
    logits = np.append(np.linspace(0.01, 60, 500), -np.linspace(0.01, 60, 500))
    labels = np.repeat([True, False], 500)
    labels[0] = False

    assert fit_temperature(logits, labels) == 1


def test_logits_that_say_nothing_stay_as_they_are():
    assert fit_temperature(np.zeros(4), np.array([True, False, True, False])) == 1


def test_labels_of_one_class_are_refused():
    with pytest.raises(ValueError, match="both classes, but 2 of 2 scans are malignant"):
        fit_temperature(np.array([1.0, 2.0]), np.array([True, True]))

"""The calibration line: the slope and intercept that would bring log-odds into agreement with labels."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit

from sonolens.arrays import Labels

LogOdds = Float[np.ndarray, " scans"]

BEYOND_ALL_ODDS = 40.0  # sigmoid(40) is 1 to the last digit
STEPS = 100
CONVERGED = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; all NaN where it does not exist."""

    value: float
    ci_low: float
    ci_high: float


UNKNOWN = Estimate(math.nan, math.nan, math.nan)


def calibration_intercept(
    labels: Labels, log_odds: LogOdds, patient_ids: ArrayLike, *, confidence: float
) -> Estimate:
    """Return what must be added to all log-odds so that as many are malignant as foretold.

    It is `a` in `log-odds(malignant) = a + log_odds`, the slope being held at 1: calibration in the
    large. 0 is right; below 0 malignancy is foretold too often.

    Args:
        log_odds: Log-odds of the probabilities.
        patient_ids: The patient of every case; cases of one patient are not taken as independent.
        confidence: Coverage of the interval; see `calibration_slope`.

    Returns:
        Empty when a class is missing.

    References:
        Cox (1958), Biometrika 45:562-565; Van Calster et al. (2019), BMC Med 17:230.
    """
    if labels.all() or not labels.any():
        return UNKNOWN

    def surplus(added: float) -> float:
        return float(np.sum(expit(added + log_odds) - labels))

    low, high = -float(log_odds.max()) - BEYOND_ALL_ODDS, -float(log_odds.min()) + BEYOND_ALL_ODDS
    intercept = float(brentq(surplus, low, high, xtol=CONVERGED))
    constant = np.ones((len(labels), 1))
    variance = _clustered_covariance(constant, labels, intercept + log_odds, patient_ids)
    return _wald(intercept, float(variance[0, 0]), confidence=confidence)


def calibration_slope(
    labels: Labels, log_odds: LogOdds, patient_ids: ArrayLike, *, confidence: float
) -> Estimate:
    """Return what log-odds must be multiplied by to agree with the labels.

    It is `b` in `log-odds(malignant) = a + b log_odds`, by maximum likelihood. 1 is right; below 1
    probabilities are too extreme, above 1 too timid, below 0 the wrong way round.

    The interval is Wald's, with the sandwich variance of patients as clusters, times `g / (g - 1)` for
    `g` patients.

    Args:
        log_odds: Log-odds of the probabilities.
        patient_ids: The patient of every case.
        confidence: Coverage of the interval, between 0 and 1; empty with a single patient.

    Returns:
        Empty where no finite slope is most likely: a class is missing, all log-odds are equal, or a
        threshold parts the classes without overlap.

    References:
        Cox (1958), Biometrika 45:562-565; existence: Albert and Anderson (1984), Biometrika 71:1-10;
        variance: Liang and Zeger (1986), Biometrika 73:13-22.
    """
    if not _overlap(labels, log_odds):
        return UNKNOWN
    # Standardised log-odds keep the two unknowns on one scale.
    centre, spread = float(log_odds.mean()), float(log_odds.std())
    design = np.column_stack([np.ones(len(labels)), (log_odds - centre) / spread])
    line = _most_likely_line(design, labels)
    covariance = _clustered_covariance(design, labels, design @ line, patient_ids)
    return _wald(
        float(line[1]) / spread, float(covariance[1, 1]) / spread**2, confidence=confidence
    )


def _overlap(labels: Labels, log_odds: LogOdds) -> bool:
    """Say whether each class has a case that is outranked by one of the other."""
    if labels.all() or not labels.any():
        return False
    malignant, benign = log_odds[labels], log_odds[~labels]
    return bool(benign.max() > malignant.min() and malignant.max() > benign.min())


def _most_likely_line(
    design: Float[np.ndarray, "scans 2"], labels: Labels
) -> Float[np.ndarray, " 2"]:
    """Climb the likelihood by Newton's steps, each halved until it climbs."""
    line = np.zeros(2)
    loss = _loss(design @ line, labels)
    for _ in range(STEPS):
        expected = expit(design @ line)
        step = np.linalg.lstsq(
            _information(design, expected), design.T @ (labels - expected), rcond=None
        )[0]
        while _loss(design @ (line + step), labels) > loss and np.abs(step).max() > CONVERGED:
            step = step / 2
        line = line + step
        loss = _loss(design @ line, labels)
        if np.abs(step).max() <= CONVERGED * max(1.0, np.abs(line).max()):
            break
    return line


def _loss(log_odds: LogOdds, labels: Labels) -> float:
    return float(np.sum(np.logaddexp(0, log_odds) - labels * log_odds))


def _information(
    design: Float[np.ndarray, "scans unknowns"], expected: Float[np.ndarray, " scans"]
) -> Float[np.ndarray, "unknowns unknowns"]:
    return (design * (expected * (1 - expected))[:, None]).T @ design


def _clustered_covariance(
    design: Float[np.ndarray, "scans unknowns"],
    labels: Labels,
    log_odds: LogOdds,
    patient_ids: ArrayLike,
) -> Float[np.ndarray, "unknowns unknowns"]:
    """Return the sandwich covariance with patients as clusters, NaN for a single patient."""
    codes, names = pd.factorize(np.asarray(patient_ids))
    patients = len(names)
    expected = expit(log_odds)
    pulls = np.zeros((patients, design.shape[1]))
    np.add.at(pulls, codes, design * (labels - expected)[:, None])
    inverse = np.linalg.pinv(_information(design, expected))
    if patients < 2:  # noqa: PLR2004 - one patient has no spread
        return np.full_like(inverse, np.nan)
    covariance: Float[np.ndarray, "unknowns unknowns"] = (
        inverse @ (pulls.T @ pulls) @ inverse * patients / (patients - 1)
    )
    return covariance


def _wald(value: float, variance: float, *, confidence: float) -> Estimate:
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance)
    return Estimate(value, value - half, value + half)

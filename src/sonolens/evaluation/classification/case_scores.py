"""The metrics of one set of cases, each with its interval and what chance would score."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sonolens.arrays import Labels
from sonolens.evaluation.classification.calibration import estimate_calibration_error
from sonolens.evaluation.classification.cases import Cases
from sonolens.evaluation.classification.confusion import blind_chances, tally_calls
from sonolens.evaluation.classification.delong import delong_interval
from sonolens.evaluation.classification.recalibration import (
    Estimate,
    calibration_intercept,
    calibration_slope,
)
from sonolens.evaluation.classification.roc import (
    EVEN,
    Scores,
    auc,
    bootstrap_aucs,
    call_malignant,
)
from sonolens.evaluation.statistics.intervals import Bootstrap, bootstrap_rates, limits_of
from sonolens.tables.vocabulary import CALL_METRICS

NO_RULE = "none"
"""The rule of a metric that needs no threshold."""


@dataclass(frozen=True)
class CaseScore:
    """One metric of some cases; `n` is what it is a share of."""

    rule: str
    metric: str
    value: float
    ci_low: float
    ci_high: float
    chance: float
    n: int


def score_ranking(cases: Cases, *, bootstrap: Bootstrap) -> CaseScore:
    """Score the AUC, its interval from resampled patients; see `auc_limits`."""
    area = auc(cases.malignant, cases.probability)
    low, high = auc_limits(
        cases.malignant, cases.probability, cases.patient_ids, bootstrap=bootstrap
    )
    return CaseScore(NO_RULE, "auc", area, low, high, _even_chance(cases), len(cases.malignant))


def auc_limits(
    labels: Labels, scores: Scores, patient_ids: np.ndarray, *, bootstrap: Bootstrap
) -> tuple[float, float]:
    """Return the interval of an AUC from resampled patients.

    Where resampling does not move it, the interval is Wilson's with the patients of the rarer class,
    because the AUC's variance is at most `auc (1 - auc) / min(malignant, benign)` (van Dantzig 1951,
    cited by Birnbaum and Klose 1957, Ann Math Stat 28:933-945).

    Args:
        scores: Probabilities or logits.
        patient_ids: The patient of every score.

    Returns:
        Lower and upper limit; NaN for both when a class is missing.
    """
    resampled = bootstrap_aucs(labels, scores, patient_ids, bootstrap=bootstrap)
    rarer = min(len(set(patient_ids[labels])), len(set(patient_ids[~labels])))
    return limits_of(
        auc(labels, scores), resampled, patients=rarer, confidence=bootstrap.confidence
    )


def score_ranking_delong(cases: Cases, *, confidence: float) -> CaseScore:
    """Score the AUC, its interval by `delong_interval`."""
    area = auc(cases.malignant, cases.probability)
    low, high = delong_interval(cases.malignant, cases.probability, confidence=confidence)
    chance, n = _even_chance(cases), len(cases.malignant)
    return CaseScore(NO_RULE, "auc_delong", area, low, high, chance, n)


def score_calls(
    cases: Cases, thresholds: Mapping[str, float], *, bootstrap: Bootstrap
) -> list[CaseScore]:
    """Score `CALL_METRICS` at the threshold of every rule; intervals as in `bootstrap_rates`."""
    malignant = cases.malignant
    called = {
        rule: call_malignant(cases.probability, threshold) for rule, threshold in thresholds.items()
    }
    tallies = [tally_calls(malignant, calls) for calls in called.values()]
    counts = np.column_stack([tally.counts for tally in tallies])
    rates = bootstrap_rates(
        np.column_stack([tally.hits for tally in tallies]),
        counts,
        cases.patient_ids,
        bootstrap=bootstrap,
    )
    chances = np.concatenate([blind_chances(malignant, calls) for calls in called.values()])
    names = [(rule, metric) for rule in thresholds for metric in CALL_METRICS]
    return [
        CaseScore(
            rule,
            metric,
            float(rates.value[column]),
            float(rates.ci_low[column]),
            float(rates.ci_high[column]),
            float(chances[column]),
            int(counts[:, column].sum()),
        )
        for column, (rule, metric) in enumerate(names)
    ]


def score_calibration(cases: Cases, *, bins: int, bootstrap: Bootstrap) -> list[CaseScore]:
    """Score calibration after temperature scaling, then before it (`..._unscaled`).

    The Brier score is the mean squared distance of probability and label; blindly, always telling
    the prevalence `p` scores `p (1 - p)`. The others have no chance level. Error:
    `estimate_calibration_error`; slope and intercept: the functions of those names.
    """
    foretold = (
        (cases.probability, cases.log_odds, ""),
        (cases.unscaled, cases.unscaled_log_odds, "_unscaled"),
    )
    return [
        score
        for each in foretold
        for score in _score_probabilities(cases, *each, bins=bins, bootstrap=bootstrap)
    ]


def _score_probabilities(
    cases: Cases,
    probability: np.ndarray,
    log_odds: np.ndarray,
    ending: str,
    *,
    bins: int,
    bootstrap: Bootstrap,
) -> list[CaseScore]:
    malignant, patients = cases.malignant, cases.patient_ids
    confidence = bootstrap.confidence
    prevalence = float(malignant.mean()) if len(malignant) else math.nan
    estimates = {
        "brier": _estimate_brier(cases, probability, bootstrap=bootstrap),
        "calibration_slope": calibration_slope(
            malignant, log_odds, patients, confidence=confidence
        ),
        "calibration_intercept": calibration_intercept(
            malignant, log_odds, patients, confidence=confidence
        ),
        "ece": estimate_calibration_error(
            malignant, probability, patients, bins=bins, bootstrap=bootstrap
        ),
    }
    chances = {"brier": prevalence * (1 - prevalence)}
    return [
        CaseScore(
            NO_RULE,
            f"{metric}{ending}",
            estimate.value,
            estimate.ci_low,
            estimate.ci_high,
            chances.get(metric, math.nan),
            len(malignant),
        )
        for metric, estimate in estimates.items()
    ]


def _estimate_brier(cases: Cases, probability: np.ndarray, *, bootstrap: Bootstrap) -> Estimate:
    rates = bootstrap_rates(
        squared_errors(cases.malignant, probability)[:, None],
        np.ones((len(probability), 1)),
        cases.patient_ids,
        bootstrap=bootstrap,
    )
    return Estimate(float(rates.value[0]), float(rates.ci_low[0]), float(rates.ci_high[0]))


def squared_errors(malignant: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Return the squared distance of every probability and its label, whose mean is the Brier score."""
    errors: np.ndarray = (probability - malignant) ** 2
    return errors


def _even_chance(cases: Cases) -> float:
    return EVEN if len(cases.malignant) else math.nan

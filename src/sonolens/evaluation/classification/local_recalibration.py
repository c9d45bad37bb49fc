"""What recalibrating on a share of the new study's own patients would buy."""

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import (
    Cases,
    LesionProbability,
    as_arrays,
    form_cases,
    group_cases,
)
from sonolens.evaluation.classification.recalibration import calibration_intercept
from sonolens.evaluation.statistics.intervals import Bootstrap, count_patients, resampled_sums
from sonolens.evaluation.statistics.percentiles import resampled_interval
from sonolens.tables.training import DecisionsTable

ADJUSTMENTS = ("as it came", "intercept", "line")
"""Nothing; one number added to all log-odds; a line laid through them."""

LogOdds = Float[np.ndarray, " cases"]


def score_recalibration(
    decisions: DecisionsTable,
    *,
    local: str,
    partition: str,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score probabilities as they came, and adjusted on other patients of the same study.

    Args:
        decisions: Probabilities that were frozen before; the partitions hold different patients.
        local: The partition that adjusts.
        partition: The partition that is scored.

    Returns:
        Rows per run and adjustment, of lesions: the mean squared error of the probabilities (`brier`), and how much
        lower it is than as it came (`gained`, above 0 is better) with its interval over resampled patients; `foretold` and
        `seen` share of malignant; `n` and `n_local`. An adjustment that the local cases do not settle - a class is
        missing - is empty.

    References:
        Van Calster et al. (2019), BMC Med 17:230; Steyerberg (2019), Clinical Prediction Models, section 20.
    """
    groups = group_cases(form_cases(decisions, lesion_probability=lesion_probability))
    rows: list[dict[str, object]] = []
    for run in decisions["run"].unique():
        tested, known = (groups.get((run, "lesion", part)) for part in (partition, local))
        if tested is None:
            continue
        cases, adjusting = as_arrays(tested), None if known is None else as_arrays(known)
        for adjustment in ADJUSTMENTS:
            adjusted = _adjust(cases.log_odds, adjusting, adjustment)
            rows.append(
                {"run": run, "adjustment": adjustment}
                | _score(cases, adjusted, bootstrap=bootstrap)
                | {"n": len(cases.malignant), "n_local": 0 if known is None else len(known)}
            )
    return pd.DataFrame(rows).assign(partition=partition, confidence=bootstrap.confidence)


def fit_line(labels: Labels, log_odds: LogOdds) -> tuple[float, float]:
    """Return intercept and slope by maximum likelihood, held back by a faint ridge where classes part without overlap.

    References:
        Platt (1999), in Advances in Large Margin Classifiers; the ridge is scikit-learn's, of weight 1 against the
        sum over cases.
    """
    fit = LogisticRegression(tol=1e-8).fit(log_odds[:, None], labels)
    return float(fit.intercept_[0]), float(fit.coef_[0, 0])


def _adjust(log_odds: LogOdds, local: Cases | None, adjustment: str) -> LogOdds | None:
    if adjustment == "as it came":
        return log_odds
    if local is None or local.malignant.all() or not local.malignant.any():
        return None
    if adjustment == "intercept":
        added = calibration_intercept(
            local.malignant, local.log_odds, local.patient_ids, confidence=0.95
        )
        return log_odds + added.value
    intercept, slope = fit_line(local.malignant, local.log_odds)
    return intercept + slope * log_odds


def _score(cases: Cases, adjusted: LogOdds | None, *, bootstrap: Bootstrap) -> dict[str, float]:
    empty = dict.fromkeys(("brier", "gained", "gained_low", "gained_high", "foretold"), np.nan)
    seen = {"seen": float(cases.malignant.mean())}
    if adjusted is None:
        return empty | seen
    probability = expit(adjusted)
    before, after = (np.square(each - cases.malignant) for each in (cases.probability, probability))
    columns = np.column_stack([before - after, np.ones(len(before))])
    sums = resampled_sums(columns, cases.patient_ids, bootstrap=bootstrap)
    gained, drawn = float((before - after).mean()), sums[:, 0] / sums[:, 1]
    patients = count_patients(cases.patient_ids)
    low, high = resampled_interval(drawn, patients=patients, confidence=bootstrap.confidence)
    found = {
        "brier": float(after.mean()),
        "gained": gained,
        "gained_low": low,
        "gained_high": high,
        "foretold": float(probability.mean()),
    }
    return found | seen

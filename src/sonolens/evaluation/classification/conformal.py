"""Conformal sets: which of benign and malignant a case may be, so that the set misses as seldom as asked for.

A promise of this kind holds if calibration and test cases are exchangeable. Scans of one patient are not exchangeable with
those of others, patients are: so every patient weighs one, shared among the patient's cases, and the
promise is of one case of a new patient.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import ArrayLike
from scipy.special import expit

from sonolens.evaluation.classification.cases import (
    LesionProbability,
    form_cases,
    highest_by_case,
    patients_of,
)
from sonolens.evaluation.classification.roc import ROUNDING
from sonolens.tables.cohort import ScansTable
from sonolens.tables.conformal import ConformalSets, ConformalThresholdsTable
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import LABELS

CALIBRATED_ON, SET_FOR = "validation", "test"
WHOLE, UNKNOWN = "all", "birads=unknown"

Scores = Float[np.ndarray, " cases"]


def conformal_threshold(scores: Scores, patient_ids: ArrayLike, *, alpha: float) -> float:
    """Return the score that one case of a new patient exceeds with probability `alpha` at most.

    With one case a patient it is the `ceil((n + 1)(1 - alpha))`-th smallest of `n` scores. With more, each
    weighs one over the number of its patient's, and the sum of the weights is held to `(n + 1)(1 - alpha)`.

    Args:
        scores: How little each case conforms; equal scores are allowed.
        patient_ids: The patient of every score.
        alpha: Share of new patients whose case may exceed it, between 0 and 1.

    Returns:
        One of the scores; infinite where fewer than `1 / alpha - 1` patients are there, none included.

    References:
        Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World; Angelopoulos and Bates (2023),
        Found Trends Mach Learn 16:494-591, for the rank; Lee, Barber and Willett (2023), arXiv:2306.06342, for
        the weights.

    Examples:
        >>> scores = np.array([0.1, 0.2, 0.3, 0.4])
        >>> conformal_threshold(scores, list("abcd"), alpha=0.4)
        0.3
        >>> conformal_threshold(scores, list("abcd"), alpha=0.1)
        inf
    """
    codes, patients = pd.factorize(np.asarray(patient_ids))
    weights = 1 / np.bincount(codes)[codes]
    order = np.argsort(scores, kind="stable")
    asked = (len(patients) + 1) * (1 - alpha) - ROUNDING
    place = int(np.searchsorted(np.cumsum(weights[order]), asked))
    return float(scores[order[place]]) if place < len(order) else math.inf


def calibrate_sets(
    predictions: PredictionsTable,
    scans: ScansTable,
    *,
    lesion_probability: LesionProbability,
    alphas: Sequence[float],
    least_patients: int,
) -> pd.DataFrame:
    """Calibrate on validation cases how improbable a label may be and still stand in a case's set.

    By three taxonomies: ``marginal``, one threshold for all; ``label``, one for each label, so that as few sets of
    malignant cases miss as of benign ones (Mondrian); ``birads``, one for each BI-RADS category, 4a to 4c as one.

    Args:
        scans: The `Scans` table that names patients and BI-RADS categories.
        alphas: Shares of sets that may miss.
        least_patients: A BI-RADS category of fewer patients takes the threshold of all.

    Returns:
        A `ConformalThresholds` table. Without validation cases all thresholds are infinite.
    """
    cases = _form_cases(predictions, scans, lesion_probability=lesion_probability)
    calibrating = cases[cases["partition"] == CALIBRATED_ON]
    rows = [
        {"run": run, "level": level} | row
        for run, level in cases[["run", "level"]].drop_duplicates().itertuples(index=False)
        for row in _calibrate(
            calibrating[(calibrating["run"] == run) & (calibrating["level"] == level)],
            alphas=alphas,
            least_patients=least_patients,
        )
    ]
    return pd.DataFrame(rows).assign(calibrated_on=CALIBRATED_ON)


def form_sets(
    predictions: PredictionsTable,
    scans: ScansTable,
    conformal_thresholds: ConformalThresholdsTable,
    *,
    lesion_probability: LesionProbability,
) -> pd.DataFrame:
    """Form the set of every test case by frozen thresholds.

    A case of a BI-RADS category that was not calibrated takes the threshold of all.

    Args:
        scans: The `Scans` table that names patients and BI-RADS categories.
        conformal_thresholds: From `calibrate_sets`.

    Returns:
        A `ConformalSets` table; empty where there is no test case.
    """
    cases = _form_cases(predictions, scans, lesion_probability=lesion_probability)
    tested = dict(list(cases[cases["partition"] == SET_FOR].groupby(["run", "level"], sort=False)))
    formed = [
        _form(tested[run, level], str(taxonomy), rule)
        for (run, level, taxonomy, _), rule in conformal_thresholds.groupby(
            ["run", "level", "taxonomy", "alpha"], sort=False
        )
        if (run, level) in tested
    ]
    columns = list(ConformalSets.to_schema().columns)
    if not formed:
        return ConformalSets.empty()
    return pd.concat(formed, ignore_index=True)[columns]


def improbability(cases: pd.DataFrame, label: ArrayLike) -> Scores:
    """Return the probability of the other label: how little a case conforms to `label`, its own or one for all."""
    sign = np.where(np.asarray(label) == "malignant", -1.0, 1.0)
    score: Scores = expit(sign * cases["log_odds"].to_numpy(dtype=float))
    return score


def _form_cases(
    predictions: PredictionsTable, scans: ScansTable, *, lesion_probability: LesionProbability
) -> pd.DataFrame:
    """Form cases with patient, label and BI-RADS group; a lesion has the highest category of its scans."""
    known = predictions.assign(patient_id=patients_of(predictions["scan_id"], scans))
    cases = form_cases(known, lesion_probability=lesion_probability)
    category = scans.get("birads", pd.Series(pd.NA, scans.index)).astype("string").str[0]
    by_case = pd.concat(highest_by_case(category, scans))
    found = by_case.reindex(pd.MultiIndex.from_frame(cases[["level", "case_id"]]))
    return cases.assign(
        birads=("birads=" + found).fillna(UNKNOWN).to_numpy(dtype=object),
        label=np.where(cases["malignant"], "malignant", "benign"),
    )


def _group(cases: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield taxonomy, group and cases of all that is calibrated apart."""
    yield "marginal", WHOLE, cases
    for label in LABELS:
        yield "label", label, cases[cases["label"] == label]
    yield "birads", WHOLE, cases
    for group in sorted(set(cases["birads"])):
        yield "birads", group, cases[cases["birads"] == group]


def _calibrate(
    cases: pd.DataFrame, *, alphas: Sequence[float], least_patients: int
) -> Iterator[dict[str, object]]:
    """Yield the threshold of every group of some validation cases, by every alpha."""
    for taxonomy, group, members in _group(cases):
        patients = members["patient_id"].nunique()
        fell_back = group.startswith("birads") and patients < least_patients
        used = cases if fell_back else members
        scores = improbability(used, used["label"])
        for alpha in alphas:
            yield {
                "taxonomy": taxonomy,
                "group": group,
                "alpha": alpha,
                "threshold": conformal_threshold(scores, used["patient_id"], alpha=alpha),
                "n": len(members),
                "n_patients": patients,
                "fell_back": fell_back,
            }


def _form(cases: pd.DataFrame, taxonomy: str, rule: pd.DataFrame) -> pd.DataFrame:
    """Form the sets of cases by the thresholds of one taxonomy and alpha."""
    threshold = rule.set_index("group")["threshold"]
    own_group = rule.loc[~rule["fell_back"], "group"]
    if taxonomy == "label":
        group, of_label = cases["label"], {label: threshold[label] for label in LABELS}
        fell_back = pd.Series(False, cases.index)
    else:
        asked = cases["birads"] if taxonomy == "birads" else pd.Series(WHOLE, cases.index)
        fell_back = ~asked.isin(own_group)
        group = asked.mask(fell_back, WHOLE)
        of_label = dict.fromkeys(LABELS, group.map(threshold).to_numpy(dtype=float))
    held = {
        # A table read back from text may differ from the one written in the last digit.
        f"holds_{label}": improbability(cases, label) <= of_label[label] * (1 + ROUNDING)
        for label in LABELS
    }
    about = {"taxonomy": taxonomy, "alpha": rule["alpha"].iloc[0]}
    return cases.assign(group=group, fell_back=fell_back, **about, **held)

"""The cases that are scored: scans as they are, and lesions formed from their scans."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.special import expit

from sonolens.arrays import Labels
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import PredictionsTable
from sonolens.tables.vocabulary import LEVELS

LesionProbability: TypeAlias = Literal["mean", "max"]
"""How a lesion's probability comes from its scans: ``mean`` (Byra et al. 2018) or ``max``."""

LARGEST_LOG_ODDS = 500.0  # keeps odds finite; no float differs from 0 or 1 that far out

_PROBABILITIES = ("probability", "unscaled")
_LOG_ODDS = ("log_odds", "unscaled_log_odds")


@dataclass(frozen=True)
class Cases:
    """Cases of one kind, one element per case.

    Attributes:
        malignant: True where malignant.
        probability: Probability of malignancy, temperature applied.
        log_odds: Log-odds of that probability, exact also where the probability rounds to 0 or 1.
        unscaled: Probability of malignancy from the raw logit.
        unscaled_log_odds: Log-odds of the latter.
        patient_ids: The patient of every case.
    """

    malignant: Labels
    probability: Float[np.ndarray, " scans"]
    log_odds: Float[np.ndarray, " scans"]
    unscaled: Float[np.ndarray, " scans"]
    unscaled_log_odds: Float[np.ndarray, " scans"]
    patient_ids: np.ndarray


def form_cases(
    predictions: PredictionsTable, *, lesion_probability: LesionProbability
) -> pd.DataFrame:
    """List scans and lesions as cases.

    Args:
        predictions: A `Predictions` table; a column `patient_id` is kept.
        lesion_probability: Whether a lesion has the mean or the largest probability of its scans.

    Returns:
        One row per run, level, partition and case: `case_id`, `malignant` (bool), and probabilities
        and log-odds as in `Cases`. Scans stand before lesions.

    Raises:
        ValueError: If a lesion has two labels.
    """
    scans = _scan_cases(predictions)
    columns = ["run", "level", "partition", "case_id", "malignant", *_PROBABILITIES, *_LOG_ODDS]
    kept = [name for name in ("lesion_id", "patient_id") if name in scans]
    scans = scans[[*columns, *kept]]
    lesions = _lesion_cases(scans, lesion_probability=lesion_probability)
    return pd.concat([scans.drop(columns="lesion_id"), lesions], ignore_index=True)


def group_cases(cases: pd.DataFrame) -> dict[tuple[str, str, str], pd.DataFrame]:
    """Return the cases of every run, level and partition that has any."""
    groups = cases.groupby(["run", "level", "partition"], sort=False)
    return {(str(run), str(level), str(part)): found for (run, level, part), found in groups}


def as_arrays(cases: pd.DataFrame) -> Cases:
    """Read the columns of cases that know their patients."""
    return Cases(
        malignant=cases["malignant"].to_numpy(dtype=bool),
        **{name: cases[name].to_numpy(dtype=float) for name in (*_PROBABILITIES, *_LOG_ODDS)},
        patient_ids=cases["patient_id"].to_numpy(),
    )


def highest_by_case(values: pd.Series, scans: ScansTable) -> dict[str, pd.Series]:
    """Give every scan its own value, and every lesion the highest of its scans that is known.

    Args:
        values: One per scan, in the order of `scans`.

    Returns:
        By level, the values indexed by case.
    """
    cases = (
        values.set_axis(scans["scan_id"]),
        values.groupby(scans["lesion_id"], sort=False).max(),
    )
    return dict(zip(LEVELS, cases, strict=True))


def patients_of(scan_ids: "pd.Series[str]", scans: ScansTable) -> "pd.Series[str]":
    """Look up the patient of every scan.

    Raises:
        ValueError: If a scan is not in the `Scans` table.
    """
    known = scans.set_index("scan_id")["patient_id"]
    unknown = scan_ids[~scan_ids.isin(known.index)]
    if len(unknown):
        raise ValueError(
            f"scan {unknown.iloc[0]!r} and {len(unknown) - 1} more rows are not in the scans table, "
            "so their patients are unknown; use the scans table that the predictions were made from"
        )
    return scan_ids.map(known)


def _scan_cases(predictions: PredictionsTable) -> pd.DataFrame:
    logit = predictions["logit"].clip(-LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    scaled = (predictions["logit"] / predictions["temperature"]).clip(
        -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS
    )
    return predictions.assign(
        level="scan",
        case_id=predictions["scan_id"],
        malignant=predictions["label"] == "malignant",
        log_odds=scaled,
        unscaled=expit(logit.to_numpy(dtype=float)),
        unscaled_log_odds=logit,
    )


def _lesion_cases(
    scan_cases: pd.DataFrame, *, lesion_probability: LesionProbability
) -> pd.DataFrame:
    """Form every lesion from its scans of one run and partition."""
    labels = scan_cases[["lesion_id", "malignant"]].drop_duplicates()
    contradicted = labels.loc[labels["lesion_id"].duplicated(), "lesion_id"]
    if len(contradicted):
        raise ValueError(
            f"lesion {contradicted.iloc[0]!r} has benign and malignant scans, so it has no label; "
            "correct its label in the study"
        )
    rules: dict[str, str] = dict.fromkeys((*_PROBABILITIES, *_LOG_ODDS), lesion_probability)
    rules |= {name: "first" for name in ("malignant", "patient_id") if name in scan_cases}
    by_lesion = ["run", "partition", "lesion_id"]
    lesions = scan_cases.groupby(by_lesion, sort=False).agg(rules).reset_index()
    if lesion_probability == "mean":
        lesions = lesions.assign(**_log_odds_of_means(scan_cases, by_lesion))
    return lesions.rename(columns={"lesion_id": "case_id"}).assign(level="lesion")


def _log_odds_of_means(scan_cases: pd.DataFrame, by_lesion: list[str]) -> dict[str, np.ndarray]:
    """Return the log-odds of mean probabilities from means of `p` and of `1 - p`, each exact."""
    log_odds = {}
    for name in _LOG_ODDS:
        both = scan_cases[by_lesion].assign(
            p=expit(scan_cases[name]), not_p=expit(-scan_cases[name])
        )
        means = both.groupby(by_lesion, sort=False)[["p", "not_p"]].mean()
        log_odds[name] = np.log(means["p"].to_numpy()) - np.log(means["not_p"].to_numpy())
    return log_odds

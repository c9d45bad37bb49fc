"""What conformal sets are worth: whether they keep their promise, and what they spare and miss."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.auc_bootstrap import difference_of_drawn
from sonolens.evaluation.classification.coverage_law import coverage_law
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    bootstrap_rates,
    ratio,
    resampled_sums,
)
from sonolens.tables.conformal import (
    ConformalScores,
    ConformalSetsTable,
    ConformalThresholdsTable,
)
from sonolens.tables.vocabulary import LABELS

WHOLE = "all"
KEY = ["run", "level", "partition", "taxonomy", "alpha"]
GROUP = ["run", "level", "taxonomy", "alpha", "group"]
VALUE = ("value", "ci_low", "ci_high")
UNTOLD = dict.fromkeys(("chance", "chance_low", "chance_high", "p_value"), math.nan)


def score_sets(
    conformal_sets: ConformalSetsTable,
    conformal_thresholds: ConformalThresholdsTable,
    *,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score the sets of every run, level, taxonomy and alpha: all cases, by label and by BI-RADS group.

    ``only_benign`` among benign cases is the share of biopsies that could be spared had all of them been biopsied, among
    malignant ones the share of cancers that this would miss. Sets that know nothing spare as large a share as they miss,
    so ``spared_beyond_missed`` is 0 for them, whatever their coverage.

    Args:
        conformal_sets: From `form_sets`.
        conformal_thresholds: From `calibrate_sets`, for how many patients calibrated.

    Returns:
        A `ConformalScores` table; empty where there are no sets.
    """
    behind = conformal_thresholds.rename(columns={"n_patients": "calibrated"})
    known = conformal_sets.merge(behind[[*GROUP, "calibrated"]], on=GROUP, validate="many_to_one")
    rows = [
        dict(zip(KEY, names, strict=True)) | row
        for names, sets in known.groupby(KEY, sort=False)
        for row in _score(sets, bootstrap=bootstrap)
    ]
    if not rows:
        return ConformalScores.empty()
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _score(sets: pd.DataFrame, *, bootstrap: Bootstrap) -> Iterator[dict[str, object]]:
    """Score the sets of one run, level, taxonomy and alpha in every stratum."""
    held, strata = _describe(sets), dict(_strata(sets))
    names = [(stratum, measure) for stratum in strata for measure in held]
    hits, counts = (
        np.column_stack(columns)
        for columns in zip(
            *(_count(sets, strata[stratum], held[name], name) for stratum, name in names),
            strict=True,
        )
    )
    rates = bootstrap_rates(hits, counts, sets["patient_id"], bootstrap=bootstrap)
    limits = zip(rates.value.tolist(), rates.ci_low.tolist(), rates.ci_high.tolist(), strict=True)
    for (stratum, measure), found in zip(names, limits, strict=True):
        inside = strata[stratum]
        row = _about(sets[inside], stratum, measure) | dict(zip(VALUE, found, strict=True))
        row |= UNTOLD
        row["count"] = int((held[measure] & inside).sum())
        if measure == "coverage":
            row |= _promise(sets[inside], stratum, found[0], confidence=bootstrap.confidence)
        elif measure.startswith("only_") and stratum in LABELS:
            row |= {"chance": float(held[measure].mean())}
        yield row
    yield _compare_spared(sets, held["only_benign"], bootstrap=bootstrap)


def _describe(sets: pd.DataFrame) -> dict[str, np.ndarray]:
    """Tell of every case whether each measure but the last holds of its set."""
    benign, malignant = (sets[f"holds_{label}"].to_numpy(dtype=bool) for label in LABELS)
    return {
        "coverage": np.where(sets["label"] == "malignant", malignant, benign),
        "singleton": benign ^ malignant,
        "both": benign & malignant,
        "empty": ~(benign | malignant),
        "only_benign": benign & ~malignant,
        "only_malignant": malignant & ~benign,
    }


def _strata(sets: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    yield WHOLE, np.ones(len(sets), dtype=bool)
    for column, names in (("label", LABELS), ("birads", sorted(set(sets["birads"])))):
        for name in names:
            yield name, (sets[column] == name).to_numpy(dtype=bool)


def _count(
    sets: pd.DataFrame, inside: np.ndarray, held: np.ndarray, measure: str
) -> tuple[np.ndarray, np.ndarray]:
    """Count the cases of a stratum, and of which the measure holds; for coverage its patients, each by the share of its cases."""
    if measure != "coverage":
        return (held & inside).astype(float), inside.astype(float)
    cases = pd.Series(held[inside].astype(float), sets.index[inside])
    patients = sets.loc[inside, "patient_id"]
    shares = cases.groupby(patients).transform("mean").mask(patients.duplicated())
    by_case = shares.reindex(sets.index)
    return by_case.fillna(0.0).to_numpy(), by_case.notna().to_numpy(dtype=float)


def _promise(
    sets: pd.DataFrame, stratum: str, seen: float, *, confidence: float
) -> dict[str, float]:
    """Tell what coverage is promised in a stratum; nothing where its cases were not calibrated apart."""
    kept_apart = stratum == WHOLE or (sets["group"] == stratum).all()
    # Where every case takes the threshold of all, that is one group again.
    partly = sets["fell_back"].any() and not (stratum == WHOLE and sets["fell_back"].all())
    if sets.empty or partly or not kept_apart:
        return UNTOLD
    groups = sets.groupby("group").agg(n=("calibrated", "first"), m=("patient_id", "nunique"))
    law = coverage_law(
        [(int(n), int(m)) for n, m in groups.itertuples(index=False)],
        alpha=float(sets["alpha"].iloc[0]),
        seen=seen,
        confidence=confidence,
    )
    limits = {"chance_low": law.low, "chance_high": law.high}
    return {"chance": law.mean, **limits, "p_value": law.p_value}


def _compare_spared(
    sets: pd.DataFrame, only_benign: np.ndarray, *, bootstrap: Bootstrap
) -> dict[str, object]:
    """Subtract the share of malignant cases that are called benign for sure from that of benign ones."""
    of_label = np.column_stack([(sets["label"] == label) for label in LABELS]).astype(float)
    hits = of_label * only_benign[:, None]
    patients = sets["patient_id"]
    sums = resampled_sums(np.hstack([hits, of_label]), patients, bootstrap=bootstrap)
    shares = ratio(sums[:, :2], sums[:, 2:])
    spared, missed = ratio(hits.sum(axis=0), of_label.sum(axis=0)).tolist()
    row = _about(sets, WHOLE, "spared_beyond_missed") | UNTOLD
    row |= {"value": spared - missed, "chance": 0.0, "count": int(only_benign.sum())}
    if math.isnan(spared - missed):
        return row | {"ci_low": math.nan, "ci_high": math.nan, "chance": math.nan}
    compared = difference_of_drawn(
        spared,
        missed,
        shares[:, 0] - shares[:, 1],
        patients=min(patients[sets["label"] == label].nunique() for label in LABELS),
        confidence=bootstrap.confidence,
    )
    limits = {"ci_low": compared.ci_low, "ci_high": compared.ci_high}
    return row | limits | {"p_value": compared.p_value}


def _about(sets: pd.DataFrame, stratum: str, measure: str) -> dict[str, object]:
    return {
        "stratum": stratum,
        "measure": measure,
        "n": len(sets),
        "n_patients": int(sets["patient_id"].nunique()),
        "n_calibrated": int(sets.groupby("group")["calibrated"].first().sum()),
        "n_fell_back": int(sets["fell_back"].sum()),
    }

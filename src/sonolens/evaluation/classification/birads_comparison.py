"""BI-RADS alone as the AUC to beat: the category that a radiologist gave, beside the network, on the same cases."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.auc_bootstrap import compare_aucs_bootstrap
from sonolens.evaluation.classification.case_scores import auc_limits
from sonolens.evaluation.classification.cases import (
    LesionProbability,
    form_cases,
    group_cases,
    highest_by_case,
)
from sonolens.evaluation.classification.delong import compare_aucs_delong
from sonolens.evaluation.classification.roc import auc
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.classification import BiradsComparison
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable

SUSPICION = {"2": 2.0, "3": 3.0, "4a": 4.0, "4b": 4.5, "4": 4.5, "4c": 4.75, "5": 5.0}
"""Order of the categories; of 4 without a letter nothing more is known than of its middle. 6 is no suspicion: a biopsy has told."""

ASKED = "test"


def compare_with_birads(
    decisions: DecisionsTable,
    scans: ScansTable,
    *,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare the AUC of every run with that of the BI-RADS category alone, on the same test cases.

    Left out are cases without a category, and of category 6, whose truth was known. A lesion has the highest category of
    its scans. Both AUCs share the resamples of the patients; DeLong's test takes cases as independent.

    Args:
        scans: The `Scans` table, for its `birads`.

    Returns:
        A `BiradsComparison` table; without rows where no test case has a category. AUCs are empty where a class is missing.
    """
    suspicion = scans.get("birads", pd.Series(pd.NA, scans.index)).map(SUSPICION).astype(float)
    by_case = highest_by_case(suspicion, scans)
    cases = form_cases(decisions, lesion_probability=lesion_probability)
    rows = []
    for (run, level, partition), found in group_cases(cases).items():
        read = by_case[level].reindex(found["case_id"]).to_numpy(dtype=float)
        known = ~np.isnan(read)
        if partition != ASKED or not known.any():
            continue
        key = {
            "run": run,
            "level": level,
            "partition": partition,
            "n_left_out": int((~known).sum()),
        }
        compared = dict(_compare(found[known], read[known], bootstrap=bootstrap))
        rows.append(key | compared)
    if not rows:
        return BiradsComparison.empty()
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _compare(
    cases: pd.DataFrame, read: np.ndarray, *, bootstrap: Bootstrap
) -> Iterator[tuple[str, float | int]]:
    """Yield name and number of all that is told of the network's AUC beside that of the categories."""
    labels = cases["malignant"].to_numpy(dtype=bool)
    patients = cases["patient_id"].to_numpy()
    probability = cases["probability"].to_numpy(dtype=float)
    yield from {"n": len(labels), "n_malignant": int(labels.sum())}.items()
    for names, scores in (
        (("auc", "ci_low", "ci_high"), probability),
        (("birads_auc", "birads_low", "birads_high"), read),
    ):
        limits = auc_limits(labels, scores, patients, bootstrap=bootstrap)
        yield from zip(names, (auc(labels, scores), *limits), strict=True)
    differences = ("difference", "difference_low", "difference_high", "p_value", "p_delong")
    if labels.all() or not labels.any():
        yield from dict.fromkeys(differences, np.nan).items()
        return
    resampled = compare_aucs_bootstrap(labels, probability, read, patients, bootstrap=bootstrap)
    delong = compare_aucs_delong(labels, probability, read, confidence=bootstrap.confidence)
    found = (resampled.difference, resampled.ci_low, resampled.ci_high, resampled.p_value)
    yield from zip(differences, (*found, delong.p_value), strict=True)

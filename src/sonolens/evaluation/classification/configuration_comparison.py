"""Configurations side by side: the differences of their AUCs on the same test cases."""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.arrays import Labels
from sonolens.evaluation.classification.auc_bootstrap import difference_of_resampled
from sonolens.evaluation.classification.cases import LesionProbability
from sonolens.evaluation.classification.configurations import list_tested_cases
from sonolens.evaluation.classification.delong import compare_aucs_delong
from sonolens.evaluation.classification.roc import Scores, bootstrap_aucs
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.evaluation.statistics.multiple_tests import holm_adjust
from sonolens.tables.classification import ConfigurationComparison
from sonolens.tables.training import DecisionsTable, TrainingRunsTable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AveragedCases:
    """The test cases of one configuration, sorted by name, each with its mean probability.

    Attributes:
        configuration: Whose they are.
        case_ids: Names of scans or lesions.
        malignant: The truth.
        probability: Mean over the seeds, and over the folds where a case is tested in several.
        patient_ids: The patient of every case.
        resampled_aucs: The AUC in every resample of the patients.
    """

    configuration: str
    case_ids: tuple[str, ...]
    malignant: Labels
    probability: Scores
    patient_ids: np.ndarray
    resampled_aucs: Float[np.ndarray, " resamples"]


def compare_configurations(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    *,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare all pairs of configurations of equal protocol that judged the same test cases.

    A case's probability is the mean over the seeds, and over the folds where it is tested more than
    once, so that every case counts once. Pairs that judged different cases, or cases of one class,
    are left out and logged. DeLong's test takes cases as independent; the bootstrap resamples
    patients and does not. P-values are adjusted by `holm_adjust` over all pairs of a level and test.

    Args:
        lesion_probability: How a lesion's probability comes from its scans, before seeds are averaged.

    Returns:
        A `ConfigurationComparison` table, by level and test; empty without pairs.

    Raises:
        ValueError: If a run is missing, or a configuration has two protocols.
    """
    cases = list_tested_cases(decisions, training_runs, lesion_probability=lesion_probability)
    rows = []
    for (level, _), found in cases.groupby(["level", "protocol"], sort=False):
        averaged = [
            _average(of_one, str(configuration), bootstrap=bootstrap)
            for configuration, of_one in found.groupby("configuration", sort=False)
        ]
        for first, second in itertools.combinations(averaged, 2):
            rows += [
                {"level": level} | row
                for row in _compare(first, second, confidence=bootstrap.confidence)
            ]
    if not rows:
        return ConfigurationComparison.empty()
    table = pd.DataFrame(rows).sort_values(
        ["level", "test"], ascending=[False, True], kind="stable"
    )
    adjusted = table.groupby(["level", "test"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy(dtype=float))
    )
    return table.assign(p_adjusted=adjusted, confidence=bootstrap.confidence).reset_index(drop=True)


def _average(cases: pd.DataFrame, configuration: str, *, bootstrap: Bootstrap) -> AveragedCases:
    once = (
        cases.groupby("case_id")
        .agg({"malignant": "first", "probability": "mean", "patient_id": "first"})
        .sort_index()
    )
    malignant = once["malignant"].to_numpy(dtype=bool)
    probability = once["probability"].to_numpy(dtype=float)
    patient_ids = once["patient_id"].to_numpy()
    return AveragedCases(
        configuration,
        tuple(once.index),
        malignant,
        probability,
        patient_ids,
        bootstrap_aucs(malignant, probability, patient_ids, bootstrap=bootstrap),
    )


def _compare(
    first: AveragedCases, second: AveragedCases, *, confidence: float
) -> Iterator[dict[str, object]]:
    """Compare two configurations by both tests, or log why they cannot be."""
    pair = f"{first.configuration} and {second.configuration}"
    if first.case_ids != second.case_ids:
        log.warning("%s are not compared: they judged different test cases", pair)
        return
    malignant = first.malignant
    if malignant.all() or not malignant.any():
        log.warning("%s are not compared: their test cases have one class only", pair)
        return
    delong = compare_aucs_delong(
        malignant, first.probability, second.probability, confidence=confidence
    )
    bootstrapped = difference_of_resampled(
        malignant,
        first.probability,
        second.probability,
        first.patient_ids,
        resampled_first=first.resampled_aucs,
        resampled_second=second.resampled_aucs,
        confidence=confidence,
    )
    names = {"first": first.configuration, "second": second.configuration, "n": len(malignant)}
    for test, difference in (("delong", delong), ("bootstrap", bootstrapped)):
        yield names | {"test": test} | vars(difference)

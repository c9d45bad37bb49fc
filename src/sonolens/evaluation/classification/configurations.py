"""How well a configuration does: over its runs, and with the test cases of all folds pooled."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.arrays import Labels
from sonolens.evaluation.classification.case_scores import NO_RULE, squared_errors
from sonolens.evaluation.classification.cases import LesionProbability, form_cases
from sonolens.evaluation.classification.confusion import blind_chances, tally_calls
from sonolens.evaluation.classification.operating_points import protocols_of, threshold_of
from sonolens.evaluation.classification.roc import RankedCases, Scores, call_malignant
from sonolens.evaluation.statistics.intervals import Bootstrap, limits_of, patient_resamples, ratio
from sonolens.tables.classification import ConfigurationMetrics, OperatingPointsTable
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import CALL_METRICS, OPERATING_RULES

MEASURED = (
    (NO_RULE, "auc"),
    *((rule, metric) for rule in OPERATING_RULES for metric in CALL_METRICS),
    (NO_RULE, "brier"),
)
"""Rule and metric of every value, in the order of `Pool.measure`."""


@dataclass(frozen=True)
class Pool:
    """Test cases that are scored together, each called at the thresholds of its own run.

    Attributes:
        malignant: The truth.
        probability: Probability of malignancy.
        called: Whether each case is called malignant by each of `OPERATING_RULES`.
        patients: The number of every case's patient.
    """

    malignant: Labels
    probability: Scores
    called: Bool[np.ndarray, "scans rules"]
    patients: Int[np.ndarray, " scans"]

    @cached_property
    def ranked(self) -> RankedCases:
        """The cases by their probability, for as many resamples as are asked for."""
        return RankedCases.of(self.malignant, self.probability)

    def select(self, rows: Int[np.ndarray, " chosen"]) -> "Pool":
        """Return some of the cases."""
        return Pool(
            self.malignant[rows], self.probability[rows], self.called[rows], self.patients[rows]
        )

    def measure(
        self, weights: Int[np.ndarray, "resamples scans"]
    ) -> Float[np.ndarray, "resamples metrics"]:
        """Return every metric of `MEASURED` for each row of weights, NaN where nothing is counted."""
        hits, counts = self.tallied
        rates = ratio(weights @ hits, weights @ counts)
        return np.column_stack([self.ranked.areas(weights), rates])

    @cached_property
    def tallied(self) -> tuple[Float[np.ndarray, "scans rates"], Float[np.ndarray, "scans rates"]]:
        """Return what every case adds above and below the line of every metric but the AUC."""
        tallies = [tally_calls(self.malignant, called) for called in self.called.T]
        errors = squared_errors(self.malignant, self.probability)
        return (
            np.column_stack([*(tally.hits for tally in tallies), errors]),
            np.column_stack([*(tally.counts for tally in tallies), np.ones(len(errors))]),
        )

    def blind(self) -> Float[np.ndarray, " metrics"]:
        """Return what chance scores in every metric of `MEASURED`."""
        prevalence = float(self.malignant.mean())
        chances = [blind_chances(self.malignant, called) for called in self.called.T]
        return np.concatenate([[0.5], *chances, [prevalence * (1 - prevalence)]])


def score_configurations(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    operating_points: OperatingPointsTable,
    *,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Score every configuration on test cases, over its runs and pooled.

    `mean` and `sd` (with `runs - 1` below the line) are over runs; a metric that one run lacks has
    neither, as those that have it would not speak for all. `pooled` throws the test cases of all folds of a
    seed together, each called at its own run's threshold, and averages the metrics of the seeds. Pooled AUCs
    compare probabilities of different networks, and so also ask whether these share a scale.

    Intervals are expanded percentiles of the pooled metric over resamples of all tested patients; one resample
    serves all folds and seeds. Where resampling moves nothing they are as in `limits_of`.

    Args:
        operating_points: The thresholds, from `choose_operating_points`.

    Returns:
        A `ConfigurationMetrics` table; `n` counts distinct cases.

    Raises:
        ValueError: If a run or operating point is missing, or a configuration has two protocols.
    """
    cases = list_tested_cases(decisions, training_runs, lesion_probability=lesion_probability)
    scored = [
        _score_configuration(found, operating_points, level=str(level), bootstrap=bootstrap).assign(
            configuration=str(configuration), protocol=found["protocol"].iloc[0], level=str(level)
        )
        for (configuration, level), found in cases.groupby(["configuration", "level"], sort=False)
    ]
    if not scored:
        return ConfigurationMetrics.empty()
    return pd.concat(scored, ignore_index=True).assign(confidence=bootstrap.confidence)


def list_tested_cases(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    *,
    lesion_probability: LesionProbability,
) -> pd.DataFrame:
    """List the test cases of all runs with their patients and what the runs are.

    Returns:
        The columns of `form_cases`, `patient_id`, `configuration`, `protocol`, `seed` and `fold`.

    Raises:
        ValueError: If a run is missing, or a configuration has two protocols.
    """
    protocols_of(decisions, training_runs)
    protocols = training_runs.groupby("configuration")["protocol"].nunique()
    if (protocols > 1).any():
        raise ValueError(
            f"configuration {protocols[protocols > 1].index[0]!r} has runs of both protocols, which "
            "cannot share a score; name them apart"
        )
    tested = decisions[decisions["partition"] == "test"]
    about = training_runs[["run", "configuration", "protocol", "seed", "fold"]]
    return form_cases(tested, lesion_probability=lesion_probability).merge(
        about, on="run", how="left", validate="many_to_one"
    )


def _score_configuration(
    cases: pd.DataFrame, operating_points: OperatingPointsTable, *, level: str, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Score the cases of one configuration and level; one row per rule and metric."""
    runs = _rows_by(cases, "run")
    whole = _pool(cases, runs, operating_points, level=level)
    of_runs = np.concatenate([_measure_once(whole.select(rows)) for rows in runs.values()])
    seeds = [whole.select(rows) for rows in _rows_by(cases, "seed").values()]
    pooled = np.mean([_measure_once(pool)[0] for pool in seeds], axis=0)
    limits = np.array(_limits(whole, seeds, pooled, bootstrap=bootstrap))
    return pd.DataFrame(
        {
            "rule": [rule for rule, _ in MEASURED],
            "metric": [metric for _, metric in MEASURED],
            "runs": len(runs),
            "mean": of_runs.mean(axis=0),
            "sd": of_runs.std(axis=0, ddof=1) if len(runs) > 1 else np.nan,
            "pooled": pooled,
            "ci_low": limits[:, 0],
            "ci_high": limits[:, 1],
            "chance": np.mean([pool.blind() for pool in seeds], axis=0),
            "n": cases["case_id"].nunique(),
        }
    )


def _rows_by(cases: pd.DataFrame, column: str) -> Mapping[str | int, Int[np.ndarray, " rows"]]:
    """Return the row numbers of every value of a column, in the order of first appearance."""
    codes, values = pd.factorize(cases[column])
    return {value: np.flatnonzero(codes == code) for code, value in enumerate(values)}


def _pool(
    cases: pd.DataFrame,
    runs: Mapping[str | int, Int[np.ndarray, " rows"]],
    operating_points: OperatingPointsTable,
    *,
    level: str,
) -> Pool:
    probability = cases["probability"].to_numpy(dtype=float)
    called = np.zeros((len(cases), len(OPERATING_RULES)), dtype=bool)
    for run, rows in runs.items():
        for place, rule in enumerate(OPERATING_RULES):
            threshold = threshold_of(operating_points, run=str(run), level=level, rule=rule)
            called[rows, place] = call_malignant(probability[rows], threshold)
    return Pool(
        malignant=cases["malignant"].to_numpy(dtype=bool),
        probability=probability,
        called=called,
        patients=pd.factorize(cases["patient_id"], sort=True)[0],
    )


def _measure_once(pool: Pool) -> Float[np.ndarray, "1 metrics"]:
    return pool.measure(np.ones((1, len(pool.malignant)), dtype=np.int64))


def _limits(
    whole: Pool,
    seeds: list[Pool],
    pooled: Float[np.ndarray, " metrics"],
    *,
    bootstrap: Bootstrap,
) -> list[tuple[float, float]]:
    """Return the interval of every pooled metric; seeds share every resample of the patients."""
    patients = int(whole.patients.max()) + 1
    blocks = patient_resamples(range(patients), bootstrap=bootstrap)
    drawn = np.concatenate(
        [
            np.mean([pool.measure(block[:, pool.patients]) for pool in seeds], axis=0)
            for block in blocks
        ]
    )
    carriers = _carriers(whole)
    return [
        limits_of(
            float(value), drawn[:, place], patients=carriers[place], confidence=bootstrap.confidence
        )
        for place, value in enumerate(pooled)
    ]


def _carriers(pool: Pool) -> list[int]:
    """Count the patients that carry each metric: for the AUC those of the rarer class."""
    malignant = len(set(pool.patients[pool.malignant]))
    benign = len(set(pool.patients[~pool.malignant]))
    counted = [len(set(pool.patients[column > 0])) for column in pool.tallied[1].T]
    return [min(malignant, benign), *counted]

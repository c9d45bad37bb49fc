"""What a run's test scores gain when the test scans themselves choose: its optimism."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from sonolens.arrays import Labels
from sonolens.evaluation.classification.cases import (
    Cases,
    LesionProbability,
    as_arrays,
    form_cases,
    group_cases,
)
from sonolens.evaluation.classification.confusion import tally_calls
from sonolens.evaluation.classification.delong import rank_alike
from sonolens.evaluation.classification.operating_points import protocols_of, threshold_of
from sonolens.evaluation.classification.roc import (
    auc,
    bootstrap_aucs,
    call_malignant,
    closest_to_corner,
)
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    limits_of_difference,
    ratio,
    resampled_sums,
)
from sonolens.tables.classification import OperatingPointsTable, ProtocolOptimism
from sonolens.tables.training import DecisionsTable, TrainingRunsTable
from sonolens.tables.vocabulary import CALL_METRICS, LEVELS, PROTOCOLS

SAME_FIT = [
    "network",
    "adaptation",
    "seed",
    "fold",
    "start",
    "output_stride",
    "labels",
    "annotations",
    "guidance",
]
"""What the two runs of one fit share, whichever scans chose their epoch."""

COMPARED_CALLS = ("accuracy", "sensitivity", "specificity")

Calls = Bool[np.ndarray, " scans"]


@dataclass(frozen=True)
class Gain:
    """One metric by both protocols; `optimism` is the paper's minus the rigorous one."""

    metric: str
    rigorous: float
    paper: float
    optimism: float
    ci_low: float
    ci_high: float
    n: int


def measure_optimism(
    decisions: DecisionsTable,
    training_runs: TrainingRunsTable,
    operating_points: OperatingPointsTable,
    *,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Measure what every rigorous run's test scores would gain if test scans chose.

    Source ``threshold``: the same network, its threshold closest to the corner on the test ROC against
    the one frozen on validation. ``epoch_and_threshold``: the paper's run of the same fit, at its own
    threshold, against the rigorous run at its own; there also the AUC, which no threshold changes.

    Intervals are expanded percentiles of the difference over resamples of the patients, the same for both
    sides. Both thresholds are held, so an interval speaks of other patients and not of another choice;
    where calls, or for the AUC ranks, agree throughout it is 0 to 0, and where resampling moves nothing
    else it is Newcombe's (`limits_of_difference`).

    Args:
        operating_points: The thresholds, from `choose_operating_points`.

    Returns:
        A `ProtocolOptimism` table; `n` as in `ClassificationMetrics`. A test set that lacks a class
        chooses no threshold, so that its rows of source ``threshold`` are empty. No rows without
        rigorous runs.

    Raises:
        ValueError: If a run or operating point is missing, or the runs of one fit are more than two
            or tested different cases.
    """
    protocols = protocols_of(decisions, training_runs)
    partners = _partners(training_runs[training_runs["run"].isin(protocols)])
    tested = decisions[decisions["partition"] == "test"]
    cases = form_cases(tested, lesion_probability=lesion_probability).sort_values("case_id")
    groups = group_cases(cases)
    rows: list[dict[str, object]] = []
    for run in (name for name, protocol in protocols.items() if protocol == "rigorous"):
        for level in LEVELS:
            key = {"run": run, "level": level}
            threshold = threshold_of(operating_points, run=run, level=level)
            rigorous = groups.get((run, level, "test"), cases.iloc[:0])
            gains = _gain_by_threshold(as_arrays(rigorous), threshold, bootstrap=bootstrap)
            rows += [key | {"source": "threshold"} | vars(gain) for gain in gains]
            if run in partners:
                other = partners[run]
                paper = groups.get((other, level, "test"), cases.iloc[:0])
                _require_same_cases(run, rigorous, paper)
                thresholds = threshold, threshold_of(operating_points, run=other, level=level)
                gains = _gain_by_run(
                    as_arrays(rigorous), as_arrays(paper), thresholds, bootstrap=bootstrap
                )
                rows += [key | {"source": "epoch_and_threshold"} | vars(gain) for gain in gains]
    if not rows:
        return ProtocolOptimism.empty()
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def _partners(training_runs: TrainingRunsTable) -> dict[str, str]:
    """Name the paper's run of every rigorous run that has one."""
    same_fit = [name for name in SAME_FIT if name in training_runs]
    repeated = training_runs.duplicated([*same_fit, "protocol"])
    if repeated.any():
        raise ValueError(
            f"run {training_runs.loc[repeated, 'run'].iloc[0]!r} shares network, adaptation, seed, "
            "fold, start, stride, guidance and protocol with another, so its counterpart is unclear; leave one out"
        )
    by_protocol = {
        protocol: training_runs.loc[training_runs["protocol"] == protocol, ["run", *same_fit]]
        for protocol in PROTOCOLS
    }
    pairs = by_protocol["rigorous"].merge(
        by_protocol["paper"], on=same_fit, suffixes=("_rigorous", "_paper")
    )
    return dict(zip(pairs["run_rigorous"], pairs["run_paper"], strict=True))


def _require_same_cases(run: str, rigorous: pd.DataFrame, paper: pd.DataFrame) -> None:
    if list(rigorous["case_id"]) != list(paper["case_id"]):
        raise ValueError(
            f"run {run!r} and its counterpart in the paper's protocol tested "
            "different cases, so their difference means nothing; predict both on one split"
        )


def _gain_by_threshold(cases: Cases, threshold: float, *, bootstrap: Bootstrap) -> list[Gain]:
    malignant = cases.malignant
    rigorous = call_malignant(cases.probability, threshold)
    if malignant.all() or not malignant.any():
        return [_unknown_gain(metric, malignant, rigorous) for metric in COMPARED_CALLS]
    paper = call_malignant(cases.probability, closest_to_corner(malignant, cases.probability))
    return [
        _gain_of_calls(metric, cases, rigorous=rigorous, paper=paper, bootstrap=bootstrap)
        for metric in COMPARED_CALLS
    ]


def _gain_by_run(
    rigorous: Cases, paper: Cases, thresholds: tuple[float, float], *, bootstrap: Bootstrap
) -> list[Gain]:
    frozen = call_malignant(rigorous.probability, thresholds[0])
    chosen = call_malignant(paper.probability, thresholds[1])
    return [
        _gain_of_ranking(rigorous, paper, bootstrap=bootstrap),
        *(
            _gain_of_calls(metric, rigorous, rigorous=frozen, paper=chosen, bootstrap=bootstrap)
            for metric in COMPARED_CALLS
        ),
    ]


def _unknown_gain(metric: str, malignant: Labels, rigorous: Calls) -> Gain:
    """Score the rigorous calls of a test set that chooses no threshold."""
    hits, counts = _column(metric, malignant, rigorous)
    return Gain(
        metric, _share(hits, counts), math.nan, math.nan, math.nan, math.nan, n=int(counts.sum())
    )


def _gain_of_ranking(rigorous: Cases, paper: Cases, *, bootstrap: Bootstrap) -> Gain:
    malignant, patients = rigorous.malignant, rigorous.patient_ids
    before, after = (auc(malignant, cases.probability) for cases in (rigorous, paper))
    if rank_alike(rigorous.probability, paper.probability):
        low = high = after - before
    else:
        drawn = [
            bootstrap_aucs(malignant, cases.probability, patients, bootstrap=bootstrap)
            for cases in (rigorous, paper)
        ]
        low, high = limits_of_difference(
            after,
            before,
            drawn[1] - drawn[0],
            patients=min(len(set(patients[malignant])), len(set(patients[~malignant]))),
            confidence=bootstrap.confidence,
        )
    return Gain("auc", before, after, after - before, low, high, len(malignant))


def _gain_of_calls(
    metric: str, cases: Cases, *, rigorous: Calls, paper: Calls, bootstrap: Bootstrap
) -> Gain:
    """Compare two calls of the same cases; what is counted does not depend on the calls."""
    old, counts = _column(metric, cases.malignant, rigorous)
    new, _ = _column(metric, cases.malignant, paper)
    before, after = (_share(hits, counts) for hits in (old, new))
    if np.array_equal(old, new):
        low = high = after - before
    else:
        sums = resampled_sums(
            np.column_stack([new - old, counts]), cases.patient_ids, bootstrap=bootstrap
        )
        low, high = limits_of_difference(
            after,
            before,
            ratio(sums[:, 0], sums[:, 1]),
            patients=len(set(cases.patient_ids[counts > 0])),
            confidence=bootstrap.confidence,
        )
    return Gain(metric, before, after, after - before, low, high, n=int(counts.sum()))


def _column(
    metric: str, malignant: Labels, called: Calls
) -> tuple[Float[np.ndarray, " scans"], Float[np.ndarray, " scans"]]:
    """Return what every case adds above and below the line of one metric."""
    tally, place = tally_calls(malignant, called), CALL_METRICS.index(metric)
    return tally.hits[:, place], tally.counts[:, place]


def _share(hits: Float[np.ndarray, " scans"], counts: Float[np.ndarray, " scans"]) -> float:
    return float(ratio(hits.sum(keepdims=True), counts.sum(keepdims=True))[0])

"""Decisions suspended when their map points at nothing relevant: how often the kept ones are wrong."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from sonolens.evaluation.evidence.explained_decisions import ExplainedDecisions
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    limits_of,
    limits_of_difference,
    patient_resamples,
    ratio,
)

DIFFERENCE = ("difference", "difference_low", "difference_high")

Weights = Float[np.ndarray, "resamples scans"]
Risks = dict[tuple[str, str], Float[np.ndarray, " resamples"]]
"""Values by measure and strategy."""


def trace_abstention(
    decisions: Iterable[ExplainedDecisions], *, steps: int, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Trace how the risk falls as decisions are suspended, by three strategies.

    ``map`` suspends first the decisions whose map points at no relevant region, ``certainty`` those
    whose probability lies nearest to the threshold, ``random`` any. Decisions that a strategy
    cannot tell apart are suspended in random order, and the risk is the mean over such orders.

    Args:
        decisions: From `explain_decisions`.
        steps: Points of a curve, at coverages of `1/steps` to 1.

    Returns:
        An `AbstentionCurve` table.
    """
    coverages = np.arange(1, steps + 1) / steps
    curves = []
    for decided in decisions:
        patients = len(set(decided.patient_ids))
        for strategy, order in _orders(decided).items():
            once = np.ones((1, len(order)))
            risk = keep_longest(order, decided.wrong, once, coverages)[0]
            drawn = np.concatenate(
                [
                    keep_longest(order, decided.wrong, weights, coverages)
                    for weights in _resamples(decided, bootstrap)
                ]
            )
            limits = [
                limits_of(
                    float(risk[step]),
                    drawn[:, step],
                    patients=max(1, round(coverages[step] * patients)),
                    confidence=bootstrap.confidence,
                )
                for step in range(steps)
            ]
            curve = pd.DataFrame(limits, columns=["ci_low", "ci_high"])
            curves.append(
                curve.assign(**_key(decided), suspended_by=strategy, coverage=coverages, risk=risk)
            )
    return pd.concat(curves, ignore_index=True).assign(confidence=bootstrap.confidence)


def score_abstention(
    decisions: Iterable[ExplainedDecisions], *, steps: int, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Compare suspending by the map with suspending as many by certainty, and as many at random.

    Measure ``risk`` is the error rate of the kept decisions when every strategy keeps as many as there are
    maps that point at a relevant region; ``aurc`` is the mean risk over the coverages of
    `trace_abstention`, which for ``random`` is the risk of all decisions. `difference` is ``map`` minus
    the strategy on the same resamples of the patients, in each at the coverage that the map has there;
    negative where the map is better.

    Args:
        decisions: From `explain_decisions`.
        steps: Coverages that ``aurc`` averages over.

    Returns:
        An `AbstentionScores` table. Where no map points at a relevant region the risk is empty.

    References:
        Area under the risk-coverage curve: Geifman, Uziel and El-Yaniv (2019), ICLR.
    """
    rows: list[dict[str, object]] = []
    for decided in decisions:
        seen = _risks(decided, np.ones((1, len(decided.wrong))), steps)
        blocks = [_risks(decided, weights, steps) for weights in _resamples(decided, bootstrap)]
        drawn = {key: np.concatenate([block[key] for block in blocks]) for key in seen}
        key: dict[str, object] = {**_key(decided)} | {
            "relevant": ", ".join(decided.relevant),
            "coverage": float(decided.pointing.mean()),
            "n_kept": int(decided.pointing.sum()),
        }
        patients = {
            "risk": len(set(decided.patient_ids[decided.pointing])),
            "aurc": len(set(decided.patient_ids)),
        }
        for measure, strategy in seen:
            compared = _compare(
                float(seen[measure, strategy][0]),
                float(seen[measure, "map"][0]),
                drawn=drawn[measure, strategy],
                drawn_by_map=drawn[measure, "map"],
                patients=patients[measure],
                confidence=bootstrap.confidence,
            )
            if strategy == "map":
                compared |= dict.fromkeys(DIFFERENCE, np.nan)
            rows.append(key | {"measure": measure, "suspended_by": strategy} | compared)
    return pd.DataFrame(rows).assign(confidence=bootstrap.confidence)


def keep_longest(
    order: Float[np.ndarray, " scans"],
    wrong: Bool[np.ndarray, " scans"],
    weights: Weights,
    coverages: Float[np.ndarray, "..."],
) -> Float[np.ndarray, "resamples coverages"]:
    """Return the error rate of the decisions that are kept, for every coverage.

    Args:
        order: What is kept longest; equal values are suspended in random order.
        wrong: Whether each decision is wrong.
        weights: How often each decision is there, once per resample.
        coverages: Shares of the decisions that are kept, the same for all resamples or one row for
            each.

    Returns:
        NaN where nothing is kept.

    Examples:
        >>> certainty, wrong = np.array([0.9, 0.5, 0.1]), np.array([False, False, True])
        >>> keep_longest(certainty, wrong, np.ones((1, 3)), np.array([2 / 3, 1.0])).round(2)
        array([[0.  , 0.33]])
    """
    best_first = np.argsort(-order, kind="stable")
    last_of_tie: Int[np.ndarray, " groups"] = np.flatnonzero(
        np.append(np.diff(order[best_first]) != 0, True)
    )
    there = weights[:, best_first]
    start = np.zeros((len(weights), 1))
    kept, errors = (
        np.hstack([start, np.cumsum(counted, axis=1)[:, last_of_tie]])
        for counted in (there, there * wrong[best_first])
    )
    asked = coverages * kept[:, -1:]
    found = [np.interp(*line) for line in zip(asked, kept, errors, strict=True)]
    return ratio(np.stack(found), asked)


def _orders(decided: ExplainedDecisions) -> dict[str, Float[np.ndarray, " scans"]]:
    """Return what each strategy keeps longest."""
    return {
        "map": decided.pointing.astype(float),
        "certainty": decided.certainty,
        "random": np.zeros(len(decided.wrong)),
    }


def _risks(decided: ExplainedDecisions, weights: Weights, steps: int) -> Risks:
    """Return risk at the map's coverage, and area under the curve, of every strategy."""
    at_map = (weights @ decided.pointing / weights.sum(axis=1))[:, None]
    coverages = np.arange(1, steps + 1) / steps
    risks: Risks = {}
    for strategy, order in _orders(decided).items():
        risks["risk", strategy] = keep_longest(order, decided.wrong, weights, at_map)[:, 0]
        curves = keep_longest(order, decided.wrong, weights, coverages)
        risks["aurc", strategy] = curves.mean(axis=1)
    return risks


def _compare(
    value: float,
    by_map: float,
    *,
    drawn: Float[np.ndarray, " resamples"],
    drawn_by_map: Float[np.ndarray, " resamples"],
    patients: int,
    confidence: float,
) -> dict[str, object]:
    """Return a value with its interval, and how far the map's lies from it."""
    low, high = limits_of(value, drawn, patients=patients, confidence=confidence)
    difference_low, difference_high = limits_of_difference(
        by_map, value, drawn_by_map - drawn, patients=patients, confidence=confidence
    )
    return {
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "difference": by_map - value,
        "difference_low": difference_low,
        "difference_high": difference_high,
    }


def _key(decided: ExplainedDecisions) -> dict[str, str | int]:
    return {
        "method": decided.method,
        "run": decided.run,
        "n": len(decided.wrong),
        "partition": decided.partition,
    }


def _resamples(decided: ExplainedDecisions, bootstrap: Bootstrap) -> Iterator[Weights]:
    for block in patient_resamples(decided.patient_ids, bootstrap=bootstrap):
        yield block.astype(float)

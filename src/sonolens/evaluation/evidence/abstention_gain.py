"""What a map adds to the probability when decisions are suspended, at an equal share suspended."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from sklearn.linear_model import LogisticRegression

from sonolens.evaluation.classification import RankedCases, difference_of_drawn
from sonolens.evaluation.evidence.explained_decisions import ExplainedDecisions, explain_decisions
from sonolens.evaluation.statistics import Bootstrap, holm_adjust, patient_resamples
from sonolens.evaluation.statistics.intervals import ratio
from sonolens.tables.pointing import ExtremePointsTable
from sonolens.tables.training import DecisionsTable

LEARNT_ON = "validation"
MEASURES = ("accuracy", "auc")

Order = Float[np.ndarray, " scans"]
Weights = Float[np.ndarray, "resamples scans"]


def compare_abstention(
    extreme_points: ExtremePointsTable,
    decisions: DecisionsTable,
    *,
    partition: str,
    relevant: Collection[str],
    suspended: Sequence[float],
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare suspending by probability and map with suspending as many by probability alone.

    Both keep the same share of the decisions. Accuracy and AUC of the kept, and their difference, are taken on
    the same resamples of the patients. What a map is worth is learnt on validation scans (`learn_worth`), so that a map
    that says nothing is not made to speak.

    Args:
        partition: Whose scans are decided.
        relevant: The regions that a map should point at.
        suspended: Shares of the decisions, each above 0 and below 1.

    Returns:
        An `AbstentionGain` table; its AUC is empty where a class is missing among the kept.

    Raises:
        ValueError: As in `explain_decisions`.
    """
    asked = explain_decisions(extreme_points, decisions, partition=partition, relevant=relevant)
    teachers = _teachers(extreme_points, decisions, relevant=relevant)
    tables = []
    for decided in asked:
        teacher = teachers.get((decided.method, decided.run))
        worth = learn_worth(teacher) if teacher else 0.0
        compared = _compare(decided, worth, suspended=suspended, bootstrap=bootstrap)
        n_learnt = len(teacher.wrong) if teacher else 0
        tables.append(pd.DataFrame(compared).assign(**_key(decided), n_learnt=n_learnt))
    table = pd.concat(tables, ignore_index=True)
    adjusted = table.groupby(["method", "run"])["p_value"].transform(
        lambda p_values: holm_adjust(p_values.to_numpy(dtype=float))
    )
    return table.assign(p_adjusted=adjusted, learnt_on=LEARNT_ON, confidence=bootstrap.confidence)


def _teachers(
    extreme_points: ExtremePointsTable, decisions: DecisionsTable, *, relevant: Collection[str]
) -> dict[tuple[str, str], ExplainedDecisions]:
    """Explain the validation decisions of every method and run; none where no such scan has a map."""
    drawn = extreme_points[["run", "scan_id"]].drop_duplicates()
    if not decisions.merge(drawn, on=["run", "scan_id"])["partition"].eq(LEARNT_ON).any():
        return {}
    explained = explain_decisions(extreme_points, decisions, partition=LEARNT_ON, relevant=relevant)
    return {(each.method, each.run): each for each in explained}


def _key(decided: ExplainedDecisions) -> dict[str, str | int]:
    return {
        "method": decided.method,
        "run": decided.run,
        "partition": decided.partition,
        "relevant": ", ".join(decided.relevant),
        "n": len(decided.wrong),
    }


def learn_worth(decided: ExplainedDecisions) -> float:
    """Learn how much certainty a map is worth that points at a relevant region.

    A logistic regression (ridge, strength 1) foretells from certainty, in standard deviations, and map whether a decision is right; the
    worth is the ratio of the two weights, so that `certainty + worth * pointing` orders decisions as it does. Where
    certainty tells nothing, or speaks for the contrary, the map alone counts, and certainty only where maps are alike.

    Returns:
        Between -1 and 1, in units of certainty; 0 where all decisions are right, or wrong, or all maps alike.
    """
    if any(each.all() or not each.any() for each in (decided.wrong, decided.pointing)):
        return 0.0
    certainty = np.minimum(decided.certainty, 1.0)
    spread = float(certainty.std()) or 1.0
    told = np.column_stack([certainty / spread, decided.pointing])
    fit = LogisticRegression().fit(told, ~decided.wrong)
    of_certainty, of_map = fit.coef_[0].tolist()
    if of_certainty <= 0:
        return float(np.sign(of_map))
    return float(np.clip(of_map / of_certainty * spread, -1.0, 1.0))


def keep_most(order: Order, weights: Weights, *, coverage: float) -> Weights:
    """Return how much of every decision is kept when the least of an order are suspended.

    Args:
        order: What is kept longest; equal values are kept in equal part.
        weights: How often each decision is there, once per resample.
        coverage: Share of the decisions that are kept.

    Examples:
        >>> keep_most(np.array([3.0, 1.0, 1.0]), np.ones((1, 3)), coverage=2 / 3).tolist()
        [[1.0, 0.5, 0.5]]
    """
    values, group = np.unique(-order, return_inverse=True)
    of_group = weights @ np.eye(len(values))[group]
    asked = coverage * weights.sum(axis=1, keepdims=True)
    room = asked - (np.cumsum(of_group, axis=1) - of_group)
    share = np.nan_to_num(ratio(room, of_group))  # of a group that no patient drawn is in
    kept: Weights = weights * np.clip(share, 0.0, 1.0)[:, group]
    return kept


def _compare(
    decided: ExplainedDecisions,
    worth: float,
    *,
    suspended: Sequence[float],
    bootstrap: Bootstrap,
) -> Iterator[dict[str, object]]:
    alone = np.minimum(decided.certainty, 1.0)
    orders = (alone + worth * decided.pointing, alone)
    patients = len(set(decided.patient_ids))
    once = np.ones((1, len(alone)))
    ranked = RankedCases.of(decided.malignant, decided.probability)
    blocks = [
        once,
        *(
            each.astype(float)
            for each in patient_resamples(decided.patient_ids, bootstrap=bootstrap)
        ),
    ]
    for share in suspended:
        for measure in MEASURES:
            with_map, by_itself = (
                np.concatenate(
                    [
                        _score(decided, ranked, keep_most(order, each, coverage=1 - share), measure)
                        for each in blocks
                    ]
                )
                for order in orders
            )
            kept = max(1, round((1 - share) * patients))
            yield {"measure": measure, "suspended": share, "map_worth": worth} | _difference(
                with_map, by_itself, patients=kept, confidence=bootstrap.confidence
            )


def _score(
    decided: ExplainedDecisions, ranked: RankedCases, kept: Weights, measure: str
) -> Float[np.ndarray, " resamples"]:
    if measure == "auc":
        return ranked.areas(kept)
    return ratio(kept @ ~decided.wrong, kept.sum(axis=1))


def _difference(
    with_map: Float[np.ndarray, " resamples"],
    alone: Float[np.ndarray, " resamples"],
    *,
    patients: int,
    confidence: float,
) -> dict[str, float]:
    """Return both scores as seen, the first of their values, and how their difference scatters over the others."""
    first, second = float(with_map[0]), float(alone[0])
    difference = first - second
    low = high = p_value = np.nan
    if np.array_equal(with_map, alone, equal_nan=True) and not np.isnan(difference):
        low, high, p_value = 0.0, 0.0, 1.0
    elif not np.isnan(difference):
        compared = difference_of_drawn(
            first, second, (with_map - alone)[1:], patients=patients, confidence=confidence
        )
        low, high, p_value = compared.ci_low, compared.ci_high, compared.p_value
    return {
        "with_map": first,
        "alone": second,
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
        "p_value": p_value,
    }

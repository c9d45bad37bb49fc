"""The truth card: which questions with a known answer a method's maps pass, each with its number."""

import math
from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

import pandas as pd

from sonolens.evaluation.truth.with_reliance import Accord
from sonolens.tables.evidence import LocalizationScoresTable, RepeatabilityTable, SanityChecksTable
from sonolens.tables.truth import TruthCard
from sonolens.tables.vocabulary import ANSWERS, TRUTH_QUESTIONS

NOT_SHOWN, CANNOT_BE_ASKED, SHOWN = ANSWERS
Told: TypeAlias = dict[str, Any]

LEAST_SCANS = 5
"""Of fewer scans nothing can be asked: resampling two or three of them gives limits that mean little."""

ALIKE = 0.5
"""Maps of a network that has learnt nothing must be less alike to the first ones than this, as rank correlation: a
quarter of what orders the cells would otherwise be there without any weights."""

RANKED = ("rank_correlation", "absolute_rank_correlation")
"""Maps must lose their order and that of their sizes: a method may turn a map's sign and keep all else."""

OF_MASS = "score == 'average_precision' and region == 'mass' and evidence == 'called'"
COUNTED = "subset == 'correct' and label == 'both'"
NOTHING: Told = {
    "answer": CANNOT_BE_ASKED,
    **dict.fromkeys(("value", "ci_low", "ci_high", "against"), math.nan),
    "n": 0,
}


def judge_methods(
    localization_scores: LocalizationScoresTable,
    sanity_checks: SanityChecksTable,
    repeatability: RepeatabilityTable,
    *,
    accords: Mapping[tuple[str, str], Accord],
    configuration_of: Mapping[str, str],
    baselines: Collection[str],
) -> pd.DataFrame:
    """Ask of every method and run what can be answered without asking another map.

    What was planted is asked in an experiment of its own: `ask_planted`.

    Args:
        accords: By method and run, how maps agree with region reliance.
        configuration_of: By run; of a configuration's repeated fits all its runs are told the same.
        baselines: Methods that know nothing of the network.

    Returns:
        A `TruthCard` table, questions in the order of `TRUTH_QUESTIONS`; empty where no map was scored.
    """
    rows = []
    scored = localization_scores.query(f"{OF_MASS} and {COUNTED}")
    for row in scored.to_dict(orient="records"):
        method, run = str(row["method"]), str(row["run"])
        told = {
            "follows_weights": _ask_weights(
                sanity_checks.query("method == @method and run == @run")
            ),
            "repeats": _ask_repeats(
                repeatability[
                    (repeatability["method"] == method)
                    & (repeatability["configuration"] == configuration_of.get(run))
                ]
            ),
            "beats_mean_mask": _ask_mean_mask(row),
            "agrees_with_reliance": _ask_reliance(accords.get((method, run))),
        }
        about = {"method": method, "run": run, "baseline": method in baselines}
        about |= {name: row[name] for name in ("partition", "confidence")}
        rows += [
            about | told[name] | {"question": name} for name in TRUTH_QUESTIONS if name in told
        ]
    return pd.DataFrame(rows) if rows else TruthCard.empty()


def _ask_weights(checks: pd.DataFrame) -> Told:
    """Ask at the last depth, where nothing learned is left, the measure that is most alike."""
    last = checks[(checks["depth"] == checks["depth"].max()) & checks["measure"].isin(RANKED)]
    # Maps without signs have but one of the two.
    known = last.dropna(subset=["mean"])
    if known.empty:
        return NOTHING
    row = known.loc[known["ci_high"].fillna(known["mean"]).idxmax()]
    number = {"value": row["mean"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    return _answer(number, holds=bool(row["ci_high"] < ALIKE), against=ALIKE, n=int(row["n"]))


def _ask_repeats(repeats: pd.DataFrame) -> Told:
    """Ask fits that differ by seed, else by fold, which also learnt from other scans."""
    ranked = repeats[repeats["measure"] == RANKED[0]].sort_values("varied", ascending=False)
    if ranked.empty:
        return NOTHING
    row = ranked.iloc[0]
    number = {"value": row["above_stranger"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    return _answer(number, holds=bool(row["ci_low"] > 0), against=0.0, n=int(row["n"]))


def _ask_mean_mask(row: Mapping[Any, Any]) -> Told:
    number = {
        "value": row["beyond_mean_mask"],
        "ci_low": row["beyond_mean_mask_low"],
        "ci_high": row["beyond_mean_mask_high"],
    }
    return _answer(number, holds=number["ci_low"] > 0, against=0.0, n=row["n"])


def _ask_reliance(accord: Accord | None) -> Told:
    if accord is None:
        return NOTHING
    if accord.regions < 2:  # noqa: PLR2004 - of one region every agreement is chance
        return NOTHING | {"n": accord.n}
    number = {
        "value": accord.value - accord.chance,
        "ci_low": accord.beyond_low,
        "ci_high": accord.beyond_high,
    }
    return _answer(number, holds=accord.beyond_low > 0, against=0.0, n=accord.n)


def _answer(number: Mapping[str, float], *, holds: bool, against: float, n: int) -> Told:
    if math.isnan(number["value"]) or n < LEAST_SCANS:
        return NOTHING | {"n": n}
    return {**number, "answer": SHOWN if holds else NOT_SHOWN, "against": against, "n": n}

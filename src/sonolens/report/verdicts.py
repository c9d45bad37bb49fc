"""What the yardsticks say, in words: for the first screen of the page and the last lines of a run's log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonolens.report.layout import FEW_RUNS
from sonolens.report.numerals import (
    counted,
    p_value,
    percent,
    percent_with_interval,
    points_with_interval,
    score_with_interval,
    span,
)
from sonolens.tables.pointing import VerdictTable
from sonolens.tables.vocabulary import ANSWERS

NOT_SHOWN, CANNOT_BE_ASKED, SHOWN = ANSWERS

CLAIMS = {
    "above_chance": "maps hit more often than blind points",
    "above_location": "maps hit more often than fixed places",
    "own_scan": "maps are tied to their own scan",
    "off_annotations": "maps keep off what is burnt into the picture",
    "discriminates": "the network tells malignant from benign",
}
"""What is shown or not, by question."""

NOTHING_BURNT_IN = "nothing is burnt in that maps could look at"
"""In place of the claim that they keep off it."""

TOLD_IN = {
    "above_chance": "pointing",
    "above_location": "pointing",
    "own_scan": "pointing",
    "off_annotations": "pointing",
    "discriminates": "classification",
}
"""Section of the page that has the rows behind each answer."""

PLACES = {
    "any": "all regions together",
    "mass": "the mass",
    "peritumoral": "the ring",
    "below": "the region below",
}
"""How the regions are called in a sentence."""


@dataclass(frozen=True)
class Asked:
    """What one yardstick says.

    Attributes:
        claim: What is asked.
        answer: One of `ANSWERS`.
        number: As text; empty where there is none.
        section: Where the page has the rows behind it.
    """

    claim: str
    answer: str
    number: str
    section: str


@dataclass(frozen=True)
class Judgement:
    """What all yardsticks say of the maps of one method and run; `verdict` is the weakest answer."""

    method: str
    run: str
    baseline: bool
    verdict: str
    asked: tuple[Asked, ...]

    @property
    def headline(self) -> str:
        """The verdict in one sentence, with what it hangs on."""
        if self.verdict == SHOWN:
            return "Shown by every yardstick: these maps point at the mass, its ring or below it."
        return _list_claims(self.asked, self.verdict, numbers=False)

    @property
    def in_full(self) -> str:
        """Every answer with its number, the weakest first."""
        told = [_list_claims(self.asked, answer, numbers=True) for answer in ANSWERS]
        return " ".join(filter(None, told))


def read_verdicts(verdict: VerdictTable) -> list[Judgement]:
    """Read a `Verdict` table, methods and runs in its order."""
    return [
        Judgement(
            method=str(method),
            run=str(run),
            baseline=bool(rows["baseline"].iloc[0]),
            verdict=str(rows["verdict"].iloc[0]),
            asked=tuple(
                Asked(_claim(row), row["answer"], _print_number(row), TOLD_IN[row["question"]])
                for row in rows.to_dict(orient="records")
            ),
        )
        for (method, run), rows in verdict.groupby(["method", "run"], sort=False)
    ]


def tally_verdicts(judgements: list[Judgement]) -> str:
    """Say how many answers are shown, not shown and open; baselines are told apart.

    >>> tally_verdicts([])
    'Shown: 0 of 0; not shown: 0; cannot be asked: 0.'
    """
    verdicts = [each.verdict for each in judgements if not each.baseline]
    baselines = len(judgements) - len(verdicts)
    told = f" Not counted: {counted(baselines, 'baseline')}." if baselines else ""
    return (
        f"Shown: {verdicts.count(SHOWN)} of {len(verdicts)}; not shown: {verdicts.count(NOT_SHOWN)}; "
        f"cannot be asked: {verdicts.count(CANNOT_BE_ASKED)}.{told}"
    )


def say_verdicts(verdict: VerdictTable) -> list[str]:
    """Say in a few lines what a run shows: every answer where there are few, else how many of each."""
    judgements = read_verdicts(verdict)
    answers = [each for each in judgements if not each.baseline]
    if len(judgements) == 1:
        return [each.in_full for each in answers] or [tally_verdicts(judgements)]
    if len(answers) <= FEW_RUNS:
        told = [f"{each.method}, {each.run}: {each.in_full}" for each in answers]
        return [tally_verdicts(judgements), *told]
    areas = verdict[verdict["question"] == "discriminates"].drop_duplicates("run")["value"]
    return [
        f"{tally_verdicts(judgements)} AUC of {counted(len(areas), 'run')}: {span(areas.tolist(), digits=2)}."
    ]


def _list_claims(asked: tuple[Asked, ...], answer: str, *, numbers: bool) -> str:
    """List the claims with one answer in a sentence; empty where there is none."""
    linked = "whether" if answer == CANNOT_BE_ASKED else "that"
    claims = [
        f"{linked} {each.claim}" + (f" ({each.number})" if numbers and each.number else "")
        for each in asked
        if each.answer == answer
    ]
    return f"{answer.capitalize()}: {'; '.join(claims)}." if claims else ""


def _print_number(row: Mapping[Any, Any]) -> str:
    if row["answer"] == CANNOT_BE_ASKED:
        return ""
    limits = (row["value"], row["ci_low"], row["ci_high"])
    if row["question"] == "own_scan":
        return f"adjusted p {p_value(row['p_value'])}, {_place(row)}"
    if row["question"] == "discriminates":
        return f"AUC {score_with_interval(*limits)}"
    if row["question"] == "above_location":
        points = points_with_interval(*limits)
        return f"{points} percentage points, interval widened for several regions, {_place(row)}"
    if _has_nothing_to_keep_off(row):
        return f"no annotation found on {counted(row['n'], 'scan')}"
    return f"{percent_with_interval(*limits)} against {percent(row['against'])}"


def _claim(row: Mapping[Any, Any]) -> str:
    """Write the claim; where no scan has an annotation, maps are given no credit for keeping off."""
    if row["answer"] != CANNOT_BE_ASKED and _has_nothing_to_keep_off(row):
        return NOTHING_BURNT_IN
    return CLAIMS[row["question"]]


def _has_nothing_to_keep_off(row: Mapping[Any, Any]) -> bool:
    # Where there is any annotation, blind points hit it now and then.
    return bool(row["question"] == "off_annotations" and row["against"] == 0)


def _place(row: Mapping[Any, Any]) -> str:
    return f"{PLACES[row['region']]}, rule {row['rule']}"

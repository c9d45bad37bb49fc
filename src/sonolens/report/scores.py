"""Scores of runs on the test partition, looked up by what they score and ready to be printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sonolens.report.numerals import NOTHING, score_with_interval
from sonolens.tables.classification import ClassificationMetricsTable
from sonolens.tables.vocabulary import LEVELS, OPERATING_RULES

JUDGED_BY = OPERATING_RULES[0]
"""The rule whose calls the paper counts, and every table that names no rule."""

RULES = {
    "closest_to_corner": "closest to corner",
    "youden": "Youden",
    "sensitivity_90": "sensitivity 90 %",
    "sensitivity_95": "sensitivity 95 %",
}
"""The rules as a page names them."""

NO_RULE = "none"
"""The rule of a metric that needs no threshold."""

WHOLE = "all"
"""The stratum of every case."""


@dataclass(frozen=True)
class Score:
    """One score as text: the value with its interval, what chance gives, and how many cases it counts."""

    text: str
    chance: str
    n: int


ABSENT = Score(NOTHING, NOTHING, 0)
"""Stands where a table has no such score."""

Key: TypeAlias = tuple[str, str, str, str, str]
"""Run, level, stratum, rule, metric."""

Numbers: TypeAlias = tuple[float, float, float, float, int]
"""Value, lower limit, upper limit, what chance gives, and how many cases."""


@dataclass(frozen=True)
class ScoreSheet:
    """The scores of the test partition.

    Attributes:
        by_key: The numbers of every score by run, level, stratum, rule and metric: value, limits, chance and n.
        cases: Runs with the levels they were scored at: scans before lesions.
        strata: Names of the strata beside ``all``, in the order of the table.
    """

    by_key: Mapping[Key, Numbers]
    cases: tuple[tuple[str, str], ...]
    strata: tuple[str, ...]

    def look_up(
        self, *, run: str, level: str, metric: str, rule: str = NO_RULE, stratum: str = WHOLE
    ) -> Score:
        """Return a score, or dashes where there is none."""
        numbers = self.by_key.get((run, level, stratum, rule, metric))
        return ABSENT if numbers is None else _print(*numbers)


def read_test_scores(classification_metrics: ClassificationMetricsTable) -> ScoreSheet:
    """Read the test scores of a `ClassificationMetrics` table.

    Runs keep the order in which they first appear.
    """
    tested = classification_metrics[classification_metrics["partition"] == "test"]
    keys, numbers = (
        zip(*(tested[name] for name in names), strict=True)
        for names in (
            ("run", "level", "stratum", "rule", "metric"),
            ("value", "ci_low", "ci_high", "chance", "n"),
        )
    )
    by_key = dict(zip(keys, numbers, strict=True))
    known = {(run, level) for run, level, *_ in by_key}
    runs = [str(run) for run in tested["run"].unique()]
    return ScoreSheet(
        by_key=by_key,
        cases=tuple((run, level) for run in runs for level in LEVELS if (run, level) in known),
        strata=tuple(str(name) for name in tested["stratum"].unique() if name != WHOLE),
    )


def _print(value: float, low: float, high: float, chance: float, n: int) -> Score:
    return Score(
        text=score_with_interval(value, low, high), chance=score_with_interval(chance), n=n
    )

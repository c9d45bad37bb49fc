"""Links from a number to its cases: the filters of the case browser, and a check that they list as many."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from sonolens.evaluation.reliance import name_most_relied_on
from sonolens.report.cells import ReportCell
from sonolens.report.methods import distinct
from sonolens.report.numerals import tally
from sonolens.tables.reliance import RegionRelianceTable
from sonolens.tables.shown import CasesTable
from sonolens.tables.vocabulary import REGION_NAMES

HANGING = "hangs_most_on"
NOT_ASKED = "not asked"

EQUAL = (
    "method",
    "run",
    "label",
    "call",
    "correct",
    "outcome",
    "birads",
    "device",
    "view",
    HANGING,
)
"""Filters that a case passes by one value, as `told` writes it."""

RANGES = {"probability": "probability", "size": "mass_mm"}
"""Columns that have limits, by the filter's name, which ends in `_least` or `_most`; both limits are let pass."""

PLAYED = ("rule", "hit", "target")
"""What the page finds out by playing the game: which hits, of which region."""

FILTERS = (
    *EQUAL,
    *(f"{name}_{end}" for name in RANGES for end in ("least", "most")),
    *PLAYED,
)

SIZE = re.compile(
    r"size=(?:<=(?P<most>[\d.]+)|>(?P<over>[\d.]+)|(?P<from>[\d.]+)-(?P<to>[\d.]+)) mm"
)


@dataclass(frozen=True)
class CaseLink:
    """A number of the page and the cases that it counts.

    Attributes:
        text: The number, or a sentence with it.
        query: The filters that list its cases; empty where no cases are known, and the text stands alone.
    """

    text: str
    query: str = ""


def add_reliance(cases: CasesTable, region_reliance: RegionRelianceTable) -> pd.DataFrame:
    """Add the column `HANGING`: the region that a call hangs most on by every fill, as `name_most_relied_on` names it."""
    asked = ["run", "scan_id"]
    named = name_most_relied_on(region_reliance, cases.drop_duplicates(asked)[[*asked, "called"]])
    listed = pd.MultiIndex.from_frame(cases[asked])
    return cases.assign(**{HANGING: named.reindex(listed).fillna(NOT_ASKED).to_numpy()})


class CaseLinks:
    """Writes links to the cases of a run, each only where the browser lists what it should.

    Args:
        cases: A `Cases` table, whole; also as `add_reliance` returns it.
    """

    def __init__(self, cases: pd.DataFrame) -> None:
        self._cases = cases
        self._counts: dict[tuple[str, ...], Mapping[tuple[str, ...], int]] = {}

    @cached_property
    def told(self) -> pd.DataFrame:
        """The cases by the filters `EQUAL`, in the browser's words."""
        cases = self._cases
        words = cases.reindex(columns=[name for name in EQUAL if name != "call"])
        words = words.astype(object).where(words.notna(), "unknown").astype(str)
        call = cases["called"].map({True: "malignant", False: "benign"})
        return words.assign(correct=words["correct"].str.lower(), call=call)

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """The columns of `RANGES`, in the browser's digits."""
        return self._cases[list(RANGES.values())].apply(_shorten)

    @cached_property
    def method(self) -> str:
        """The method whose maps stand for the calls of a run: a scan is listed once with each."""
        methods = [str(name) for name in self._cases["method"].unique()]
        return next(iter([*distinct(methods), *methods]), "")

    def count(self, **filters: str | float) -> int:
        """Count the cases that pass the filters; those of the game let all pass."""
        chosen = {name: str(filters[name]) for name in EQUAL if name in filters}
        if any(f"{name}_{end}" in filters for name in RANGES for end in ("least", "most")):
            return self._count_within(chosen, filters)
        names = tuple(chosen)
        if not names:
            return len(self.told)
        if names not in self._counts:
            found = self.told.groupby(list(names)).size()
            keys = found.index if len(names) > 1 else ((name,) for name in found.index)
            self._counts[names] = dict(zip(keys, found.tolist(), strict=True))
        return self._counts[names].get(tuple(chosen.values()), 0)

    def show(self, text: str, cases: int, **filters: str | float) -> CaseLink:
        """Link a text to the cases that pass some filters.

        Args:
            text: What is shown.
            cases: How many pass all filters but those of the game; with another number in the table of cases, or
                none, no link is written.
            filters: Values by the names in `FILTERS`.

        Raises:
            ValueError: If the browser has no such filter.
        """
        unknown = [name for name in filters if name not in FILTERS]
        if unknown:
            raise ValueError(
                f"the case browser has no filter {unknown[0]!r}; it has {', '.join(FILTERS)}"
            )
        if not cases or self.count(**filters) != cases:
            return CaseLink(text)
        return CaseLink(text, _write(filters))

    def lead(self, cell: ReportCell, cases: int, **filters: str | float) -> ReportCell:
        """Let a cell lead to the cases that pass some filters, as `show` does."""
        return replace(cell, query=self.show(cell.text, cases, **filters).query)

    def show_calls(self, text: str, cases: int, **filters: str | float) -> CaseLink:
        """Link to calls, each scan listed with one method."""
        return self.show(text, cases, method=self.method, **filters)

    def show_game(self, row: Mapping[Any, Any], *, text: str = "") -> dict[str, CaseLink]:
        """Link the counts of a row of the `PointingGame` table to its cases.

        Returns:
            Links by name: `n`, `hits` (also those that tie in part), `missed`, `n_silent` and `n_empty`.
        """
        n, silent, empty = (int(row[name]) for name in ("n", "n_silent", "n_empty"))
        hits = float(row["hits"])
        asked: dict[str, str | float] = {
            "method": str(row["method"]),
            "run": str(row["run"]),
            "rule": str(row["rule"]),
        }
        if row["region"] != "any":
            asked["target"] = str(row["region"])
        if row["subset"] != "all":
            asked["correct"] = str(row["subset"] == "correct").lower()
        if row["label"] != "both":
            asked["label"] = str(row["label"])
        told = {
            "n": (n, str(n), "counted"),
            "hits": (hits, text or tally(hits), "reached"),
            "missed": (n - hits, tally(n - hits), "miss"),
            "n_silent": (silent, str(silent), "constant map"),
            "n_empty": (empty, str(empty), "region absent"),
        }  # fmt: skip
        played = n + silent + empty
        return {
            name: self.show(words, played, **asked, hit=hit) if number else CaseLink(words)
            for name, (number, words, hit) in told.items()
        }

    def show_kept(self, text: str, row: Mapping[Any, Any]) -> CaseLink:
        """Link a row of the `AbstentionScores` table to the decisions that it keeps.

        Of ties, a map of which a part points there is listed and half of it must do so to be kept: where the two
        differ, or where not all three regions are relevant, there is no link.
        """
        asked = {"method": row["method"], "run": row["run"]}
        mine = (self.told[list(asked)] == pd.Series(asked)).all(axis=1)
        reached = int((self._cases.loc[mine, "hit_decision"] > 0).sum())
        if row["relevant"] != ", ".join(REGION_NAMES) or reached != row["n_kept"]:
            return CaseLink(text)
        return self.show(text, int(mine.sum()), **asked, rule="decision", hit="reached")

    def show_scores(
        self, run: str, numbers: Mapping[str, int], threshold: float
    ) -> dict[str, CaseLink]:
        """Link how many scans each call metric counts, at a threshold: sensitivity the malignant ones, and so on.

        Args:
            run: Whose calls are scored.
            numbers: How many scans a metric counts, by the name of the metric.
            threshold: At and above it a scan is called malignant.
        """
        limits = self.at_threshold(run, threshold)
        counted: dict[str, Mapping[str, str | float] | None] = {
            "accuracy": {},
            "sensitivity": {"label": "malignant"},
            "specificity": {"label": "benign"},
            "ppv": limits.get("malignant"),
            "npv": limits.get("benign"),
        }
        return {
            name: self.show_calls(str(numbers[name]), numbers[name], run=run, **asked)
            for name, asked in counted.items()
            if asked is not None and name in numbers
        }

    def at_threshold(self, run: str, threshold: float) -> dict[str, dict[str, float]]:
        """Write filters that list what is called malignant, and benign, at a threshold of the probability.

        Limits let themselves pass: called benign is what is no more likely than the likeliest below the threshold.

        Returns:
            Filters by call; a call that is never made is left out.
        """
        known = self._cases.loc[self._cases["run"] == run, "probability"]
        called, spared = known[known >= threshold], known[known < threshold]
        limits = {}
        if len(called):
            limits["malignant"] = {"probability_least": float(_shorten(called).min())}
        if len(spared):
            limits["benign"] = {"probability_most": float(_shorten(spared).max())}
        return limits

    def in_stratum(self, stratum: str) -> dict[str, str | float] | None:
        """Write the filters of a stratum such as ``birads=4a`` or ``size=10-20 mm``; None where the browser has none."""
        name, _, value = stratum.partition("=")
        if name in EQUAL:
            return {name: value}
        bounds = SIZE.fullmatch(stratum)
        if bounds is None:
            return None
        sizes = self._cases["mass_mm"]
        over, most = bounds["over"] or bounds["from"], bounds["most"] or bounds["to"]
        limits: dict[str, str | float] = {}
        if over is not None:
            limits["size_least"] = float(_shorten(sizes[sizes > float(over)]).min())
        if most is not None:
            limits["size_most"] = float(_shorten(sizes[sizes <= float(most)]).max())
        return limits

    def _count_within(self, chosen: Mapping[str, str], filters: Mapping[str, str | float]) -> int:
        kept = (self.told[list(chosen)] == pd.Series(chosen)).all(axis=1)
        for name, column in RANGES.items():
            least, most = (filters.get(f"{name}_{end}") for end in ("least", "most"))
            if least is not None:
                kept &= self.numbers[column] >= float(least)
            if most is not None:
                kept &= self.numbers[column] <= float(most)
        return int(kept.sum())


def _shorten(numbers: "pd.Series[float]") -> "pd.Series[float]":
    """Round to the digits that the page carries."""
    return numbers.map(lambda each: float(f"{each:.6g}")).astype(float)


def _write(filters: Mapping[str, str | float]) -> str:
    """Write filters as the query of a link.

    >>> _write({"outcome": "false negative", "probability_most": 0.25})
    'outcome=false+negative&probability%3Amost=0.25'
    """
    named = {re.sub("_(least|most)$", r":\1", name): value for name, value in filters.items()}
    return urlencode(
        {
            name: f"{value:.6g}" if isinstance(value, float) else value
            for name, value in named.items()
        }
    )

"""Whether the maps would have helped to abstain: errors among the decisions that their map supports."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from sonolens.report.case_links import CaseLinks
from sonolens.report.cells import ReportCell, read_over_runs, score, share, share_difference
from sonolens.report.methods import KNOWS_NOTHING, baselines_last, distinct, mark
from sonolens.report.numerals import NOTHING, counted, percent
from sonolens.report.pictures import Caption
from sonolens.report.runs import describe_scoring
from sonolens.report.section import Section, Tables
from sonolens.report.sections import abstention_gain
from sonolens.report.sections.answer import PLACES
from sonolens.tables.evidence import AbstentionScoresTable

Verdict = Literal["fewer", "unclear", "more", "unknown"]

VERDICTS: dict[Verdict, str] = {
    "fewer": "That is fewer errors than {rivals}: the interval of the difference lies below 0.",
    "more": "That is more errors than {rivals}: the interval of the difference lies above 0.",
    "unclear": "These scans cannot tell it from {rivals}: the interval of the difference includes 0.",
}

RIVALS = {
    "random": "suspending as many at random",
    "certainty": "suspending the least certain ones instead",
}


@dataclass(frozen=True)
class Abstention:
    """What suspending by one method's maps comes to, over its runs.

    Attributes:
        method: Name of the explainer.
        kind: Its mark: baseline, CAM by construction, or none.
        runs: How many runs were scored.
        sentences: One run in words; empty for several, baselines and the same maps again.
        kept: Share of the decisions whose map points at a relevant region.
        by_map: Share wrong of those.
        by_certainty: Share wrong of as many kept by certainty.
        at_random: Share wrong of as many kept at random, which is the share wrong of all.
        less_certainty: By the map minus by certainty.
        less_random: By the map minus at random.
        area: Mean share wrong over all shares kept, suspended by the map.
    """

    method: str
    kind: str
    runs: int
    sentences: tuple[str, ...]
    kept: ReportCell
    by_map: ReportCell
    by_certainty: ReportCell
    at_random: ReportCell
    less_certainty: ReportCell
    less_random: ReportCell
    area: ReportCell


def list_abstentions(
    abstention_scores: AbstentionScoresTable, links: CaseLinks
) -> list[Abstention]:
    """List what suspending by every method's maps comes to, baselines last."""
    tables = {str(name): rows for name, rows in abstention_scores.groupby("method", sort=False)}
    in_words = distinct(tables)
    return [
        _abstention(method, tables[method], links, in_words=method in in_words)
        for method in baselines_last(tables)
    ]


def tally_abstentions(abstention_scores: AbstentionScoresTable) -> str:
    """Say of how many maps and networks the interval of the difference lies below 0, and above it.

    Baselines are not counted, and of methods that draw the same maps only one is.
    """
    counted_methods = distinct(str(name) for name in abstention_scores["method"].unique())
    told = abstention_scores[abstention_scores["method"].isin(counted_methods)]
    if told.empty:
        return "Only maps that see no network were scored."
    parts = []
    for strategy, rival in RIVALS.items():
        rows = _of(told, "risk", strategy)
        verdicts = [
            judge_difference(low, high)
            for low, high in zip(rows["difference_low"], rows["difference_high"], strict=True)
        ]
        parts.append(
            f"fewer errors than {rival} in {verdicts.count('fewer')} of {len(verdicts)}, "
            f"more in {verdicts.count('more')}"
        )
    return f"Suspending by the map left {'; '.join(parts)}."


def judge_difference(low: float, high: float) -> Verdict:
    """Say where the interval of a difference of error rates lies; touching 0 counts as including it.

    >>> judge_difference(-0.3, -0.1), judge_difference(-0.3, 0.0), judge_difference(0.1, 0.2)
    ('fewer', 'unclear', 'more')
    """
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if high < 0:
        return "fewer"
    return "more" if low > 0 else "unclear"


def _abstention(method: str, rows: pd.DataFrame, links: CaseLinks, *, in_words: bool) -> Abstention:
    risks = {
        # What is wrong is a share of the decisions kept.
        name: (risk := _of(rows, "risk", name)).assign(n=risk["n_kept"], decisions=risk["n"])
        for name in ("map", *RIVALS)
    }
    read = {name: read_over_runs(risk, scale=share, value="value") for name, risk in risks.items()}
    less = {
        name: read_over_runs(
            risks[name],
            scale=share_difference,
            value="difference",
            limits=("difference_low", "difference_high"),
        )
        for name in RIVALS
    }
    return Abstention(
        method=method,
        kind=mark(method),
        runs=int(rows["run"].nunique()),
        sentences=tuple(_put_in_words(risks, read)) if in_words else (),
        kept=_read_kept(risks["map"], links),
        by_map=read["map"],
        by_certainty=read["certainty"],
        at_random=read["random"],
        less_certainty=less["certainty"],
        less_random=less["random"],
        area=_read_area(rows),
    )


def _of(rows: pd.DataFrame, measure: str, strategy: str) -> pd.DataFrame:
    return rows[(rows["measure"] == measure) & (rows["suspended_by"] == strategy)]


def _read_kept(risk: pd.DataFrame, links: CaseLinks) -> ReportCell:
    if len(risk) == 1:
        (row,) = risk.to_dict(orient="records")
        kept = f"{row['n_kept']} of {row['decisions']}"
        text = percent(row["coverage"])
        return ReportCell(text, (kept,), links.show_kept(text, row).query)
    return read_over_runs(risk.assign(n=risk["decisions"]), scale=share, value="coverage")


def _read_area(rows: pd.DataFrame) -> ReportCell:
    areas = {name: _of(rows, "aurc", name)["value"].mean() for name in RIVALS}
    reading = read_over_runs(_of(rows, "aurc", "map"), scale=score, value="value")
    others = [
        f"{words} {score(areas[name])}"
        for name, words in (("certainty", "by certainty"), ("random", "at random"))
        if pd.notna(areas[name])
    ]
    return ReportCell(reading.text, (*reading.small, *others))


def _put_in_words(risks: dict[str, pd.DataFrame], read: dict[str, ReportCell]) -> list[str]:
    """Tell one run in words; several runs are told by the table."""
    if len(risks["map"]) != 1:
        return []
    (row,) = risks["map"].to_dict(orient="records")
    decisions = counted(row["decisions"], f"{row['partition']} decision")
    there = f"The map points at {name_places(row['relevant'])} for {row['n_kept']} of {decisions}."
    if read["map"].text == NOTHING:
        return [there, "Nothing would be kept, so there is no error rate to compare."]
    return [
        there,
        f"Were the others suspended, {read['map'].text} of those kept would be wrong; of as many kept by "
        f"certainty {read['certainty'].text}, of as many kept at random {read['random'].text}.",
        *_tell_verdicts({name: _verdict(risks[name]) for name in RIVALS}),
    ]


def _tell_verdicts(verdicts: Mapping[str, Verdict]) -> list[str]:
    """Tell the rivals of one verdict together."""
    told = []
    for verdict, words in VERDICTS.items():
        rivals = [rival for name, rival in RIVALS.items() if verdicts[name] == verdict]
        if rivals:
            told.append(
                words.format(
                    rivals=" or from ".join(rivals)
                    if verdict == "unclear"
                    else " or than ".join(rivals)
                )
            )
    return told


def name_places(relevant: str) -> str:
    """Name the regions of the table's column `relevant` in plain words.

    >>> name_places("mass, below")
    'the mass, the region below'
    """
    return ", ".join(PLACES[region] for region in relevant.split(", "))


def _verdict(risk: pd.DataFrame) -> Verdict:
    (row,) = risk.to_dict(orient="records")
    return judge_difference(row["difference_low"], row["difference_high"])


def _tell(tables: Tables) -> dict[str, Any]:
    scores = tables["abstention_scores"]
    return {
        **describe_scoring(scores),
        "abstentions": list_abstentions(scores, CaseLinks(tables["cases"])),
        "abstention_tally": tally_abstentions(scores),
        "relevant": [name_places(each) for each in scores["relevant"].unique()],
        "knows_nothing": KNOWS_NOTHING,
    }


SECTION = Section(
    "abstention",
    "Abstaining",
    "abstention.html",
    heading="Would the maps have helped to abstain?",
    needs=("abstention_scores", "cases"),
    figures=(
        Caption(
            name="abstention_figure",
            intervals=True,
            title="Suspending decisions by their map",
            text="The share wrong of the decisions that are kept, from few kept at the left to all at the right: suspended "
            "by the map, by the network's certainty, and at random. Lower is better.",
            alt="Charts of the error rate against the share of decisions kept, one per method.",
        ),
    ),
    tell=_tell,
    parts=(abstention_gain.SECTION,),
)

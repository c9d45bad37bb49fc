"""The answer: what the yardsticks show, what the maps hit, and what to be careful about."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sonolens.figures.published import counted_by_paper
from sonolens.report.case_links import CaseLink, CaseLinks
from sonolens.report.numerals import counted, percent, percent_with_interval
from sonolens.report.pictures import Caption
from sonolens.report.runs import describe_scoring, name_homes, name_runs
from sonolens.report.section import Section, Tables
from sonolens.report.sections.banners import raise_banners
from sonolens.report.sections.reliance import tell_reliance
from sonolens.report.verdicts import (
    CANNOT_BE_ASKED,
    NOT_SHOWN,
    PLACES,
    SHOWN,
    Asked,
    Judgement,
    read_verdicts,
    tally_verdicts,
)
from sonolens.tables.cohort import ScansTable, SplitsTable
from sonolens.tables.filled_in import name_units
from sonolens.tables.pointing import PointingGameTable, VerdictTable
from sonolens.tables.reliance import RelianceVerdictTable
from sonolens.tables.shown import CasesTable
from sonolens.tables.vocabulary import ANSWERS, REGION_NAMES

FEW_PATIENTS = 100
"""Below this many patients the page says how little an interval can promise."""

CAUTIONS = {
    SHOWN: "That is not yet understanding: why the network looks there, no yardstick tells.",
    NOT_SHOWN: "That is no proof that the network looks elsewhere: more scans or finer maps may show a difference.",
    CANNOT_BE_ASKED: "What cannot be asked is not shown either.",
}
BASELINE = "This method knows nothing of the network: it is a yardstick and no answer."
NO_ROOM = "Fixed places hit nearly every scan here, so that hardly any map could hit more often: read the regions apart."
FLATTERED = (
    "The test scans chose this run's epoch and threshold, so how well it classifies is flattered, and so is "
    "which scans count as correctly classified."
)


@dataclass(frozen=True)
class Resampled:
    """How many units an interval is taken over, and what they are: patients, or what stands in for them."""

    number: int
    units: str = "patients"


@dataclass(frozen=True)
class Answer:
    """What one method and run answer.

    Attributes:
        method: Name of the explainer.
        run: Name of the network.
        baseline: Whether the method knows nothing of the network.
        verdict: The weakest answer of all yardsticks, in `sonolens.tables.vocabulary.ANSWERS`.
        headline: The verdict and what it hangs on.
        asked: What every yardstick says.
        finding: The one sentence with the hit rate, chance and fixed places.
        hangs_on: What the network's decisions hang on, by region reliance.
        details: Further sentences: hits by region, the mean map, maps without an extreme.
        cautions: Sentences that keep the reader from making too much of it.
    """

    method: str
    run: str
    baseline: bool
    verdict: str
    headline: str
    asked: tuple[Asked, ...]
    finding: str
    hangs_on: str
    details: tuple[str, ...]
    cautions: tuple[str, ...]


def answer_question(
    pointing_game: PointingGameTable,
    verdict: VerdictTable,
    reliance_verdict: RelianceVerdictTable,
    *,
    partition: str,
    resampled: Resampled,
    flattered: Collection[str],
) -> list[Answer]:
    """Answer, per method and run, whether the network looks at the mass, its ring or below it; baselines last.

    Args:
        partition: The partition whose scans played.
        resampled: How many patients that partition has, or what stands in for them.
        flattered: Runs whose epoch and threshold the test scans chose.
    """
    games = {
        key: {row["region"]: row for row in rows.to_dict(orient="records")}
        for key, rows in counted_by_paper(pointing_game).groupby(["method", "run"], sort=False)
    }
    reliance = tell_reliance(reliance_verdict)
    answers = []
    for judged in sorted(read_verdicts(verdict), key=lambda each: each.baseline):
        rows = games[judged.method, judged.run]
        warning = FLATTERED if judged.run in flattered else ""
        few = _warn_of_few(resampled, partition=partition)
        answer = _answer(judged, rows, partition=partition, warnings=[warning, few])
        hangs_on = "" if judged.baseline else reliance.get(judged.run, "")
        answers.append(replace(answer, hangs_on=hangs_on))
    return answers


def find_weakest(answers: Collection[Answer]) -> str:
    """Return the weakest verdict of all answers; baselines are none."""
    verdicts = [answer.verdict for answer in answers if not answer.baseline]
    return min(verdicts, key=ANSWERS.index, default=CANNOT_BE_ASKED)


def _answer(
    judged: Judgement,
    rows: Mapping[str, Mapping[Any, Any]],
    *,
    partition: str,
    warnings: list[str],
) -> Answer:
    whole = rows["any"]
    scored = whole["n"] > 0
    details = [_describe_regions(rows), _describe_mean_map(whole), _describe_uncounted(whole)]
    cautions = [BASELINE if judged.baseline else CAUTIONS[judged.verdict], _warn_of_no_room(whole)]
    return Answer(
        method=judged.method,
        run=judged.run,
        baseline=judged.baseline,
        verdict=judged.verdict,
        headline=judged.headline,
        asked=judged.asked,
        finding=(_describe_hits if scored else _explain_absence)(whole, partition=partition),
        hangs_on="",
        details=tuple(filter(None, details if scored else [])),
        cautions=tuple(filter(None, [*cautions, *warnings] if scored else [])),
    )


def _describe_hits(row: Mapping[Any, Any], *, partition: str) -> str:
    hits = percent_with_interval(row["rate"], row["ci_low"], row["ci_high"])
    fixed = percent_with_interval(
        row["location_prior"], row["location_prior_low"], row["location_prior_high"]
    )
    known = not math.isnan(row["location_prior"])
    places = (
        f", and the two fixed places that suit the training masks best {fixed}" if known else ""
    )
    return (
        f"On {counted(row['n'], f'correctly classified {partition} scan')} an extreme of the map "
        f"lay in the mass, its ring or below it in {hits}; blind points would score "
        f"{percent(row['chance'])}{places}."
    )


def _explain_absence(row: Mapping[Any, Any], *, partition: str) -> str:
    unscored = row["n_silent"] + row["n_empty"]
    if not unscored:
        return (
            f"The network classified no {partition} scan correctly, so there is no map to ask: the "
            "question stays open."
        )
    return (
        f"None of the {counted(unscored, f'correctly classified {partition} scan')} can be scored "
        f"({row['n_silent']} with a constant map, {row['n_empty']} without a region): the question "
        "stays open."
    )


def _describe_regions(rows: Mapping[str, Mapping[Any, Any]]) -> str:
    parts = [
        f"{PLACES[region]} {percent_with_interval(row['rate'], row['ci_low'], row['ci_high'])} "
        f"against {percent(row['chance'])} and {percent(row['location_prior'])}"
        for region in REGION_NAMES
        if (row := rows[region])["n"]
    ]
    return (
        f"By region, hits against blind points and fixed places: {'; '.join(parts)}."
        if parts
        else ""
    )


def _describe_mean_map(row: Mapping[Any, Any]) -> str:
    if math.isnan(row["centre_prior"]):
        return ""
    return (
        "The extremes of the average training map, laid on every scan, would score "
        f"{percent(row['centre_prior'])}: where this network's evidence lies whatever it is shown."
    )


def _warn_of_no_room(row: Mapping[Any, Any]) -> str:
    return NO_ROOM if row["location_prior_high"] >= 1 else ""


def _describe_uncounted(row: Mapping[Any, Any]) -> str:
    if not row["n_silent"]:
        return ""
    return f"Apart from these, {counted(row['n_silent'], 'map')} had no extreme (constant)."


def _warn_of_few(resampled: Resampled, *, partition: str) -> str:
    if resampled.number >= FEW_PATIENTS:
        return ""
    return (
        f"The {partition} partition has only {resampled.number} {resampled.units}: intervals from so few "
        "may still be too narrow where values are skew, and another draw of patients may move every number here."
    )


def _count_resampled(scans: ScansTable, splits: SplitsTable, *, partition: str) -> Resampled:
    listed = splits.loc[splits["partition"] == partition, "scan_id"]
    patients = scans.loc[scans["scan_id"].isin(listed), "patient_id"]
    return Resampled(number=patients.nunique(), units=name_units(scans))


def count_wrong_calls(cases: CasesTable) -> list[CaseLink]:
    """Count the cancers missed and the benign scans called malignant, of one run; several are told in their tables.

    Returns:
        Twice a sentence with its cases; nothing where there are several runs.
    """
    if cases["run"].nunique() != 1:
        return []
    # A scan stands once with every method.
    scored = cases.drop_duplicates("scan_id")
    malignant, called = scored["label"] == "malignant", scored["called"]
    missed, alarms = int((malignant & ~called).sum()), int((~malignant & called).sum())
    cancers = counted(int(malignant.sum()), "malignant scan")
    benign = counted(int((~malignant).sum()), "benign scan")
    links = CaseLinks(cases)
    return [
        links.show_calls(f"{missed} of {cancers} missed", missed, outcome="false negative"),
        links.show_calls(
            f"{alarms} of {benign} called malignant", alarms, outcome="false positive"
        ),
    ]


def link_findings(
    pointing_game: PointingGameTable, cases: CasesTable
) -> dict[tuple[str, str], list[tuple[str, CaseLink]]]:
    """Link hits and misses of the paper's rule to their cases, by method and run.

    Returns:
        Pairs of a word and its count; none where no cases are known.
    """
    links = CaseLinks(cases)
    game = counted_by_paper(pointing_game)
    found = {}
    for row in game[game["region"] == "any"].to_dict(orient="records"):
        shown = links.show_game(row)
        listed = [("hits", shown["hits"]), ("misses", shown["missed"])]
        found[row["method"], row["run"]] = [pair for pair in listed if pair[1].query]
    return found


def _glance(tables: Tables, *, partition: str) -> str:
    """Say in one line which study and networks these are, and of how many lesions and patients."""
    scans, runs = tables["scans"], tables["training_runs"]
    networks = sorted(set(runs["network"]))
    listed = tables["splits"].loc[tables["splits"]["partition"] == partition, "scan_id"]
    scored = scans[scans["scan_id"].isin(listed)]
    counts = ", ".join(
        counted(scored[f"{name}_id"].nunique(), noun)
        for name, noun in (("scan", f"{partition} scan"), ("lesion", "lesion"))
    )
    patients = counted(scored["patient_id"].nunique(), name_units(scans).removesuffix("s"))
    homes = name_homes(runs)
    fitted = f", fitted to {', '.join(homes)}" if homes else ""
    return (
        f"Study: {', '.join(sorted(set(scans['source'])))} · {', '.join(networks)} "
        f"({counted(len(runs), 'run')}{fitted}) · {counts}, {patients}"
    )


def _tell(tables: Tables) -> dict[str, Any]:
    partition = describe_scoring(tables["pointing_game"])["partition"]
    answers = answer_question(
        tables["pointing_game"],
        tables["verdict"],
        tables["reliance_verdict"],
        partition=partition,
        resampled=_count_resampled(tables["scans"], tables["splits"], partition=partition),
        flattered=name_runs(tables["training_runs"])["flattered"],
    )
    return {
        "glance": _glance(tables, partition=partition),
        "wrong_calls": count_wrong_calls(tables["cases"]),
        "answers": answers,
        "cases_of": link_findings(tables["pointing_game"], tables["cases"]),
        "weakest": find_weakest(answers),
        "tally": tally_verdicts(read_verdicts(tables["verdict"])),
        "banners": raise_banners(tables),
    }


SECTION = Section(
    "answer",
    "The answer",
    "answer.html",
    needs=(
        "pointing_game",
        "verdict",
        "reliance_verdict",
        "extreme_points",
        "scans",
        "splits",
        "training_runs",
        "protocol_optimism",
        "unexplained_scans",
        "cases",
    ),
    figures=(
        Caption(
            name="first_screen_figure",
            title="One call that is right, one that is wrong",
            text="Red speaks for malignant, blue for benign; crosses mark the extremes of the map.",
            alt="Two scans with the outlines of mass, ring and region below, overlaid with the signed map and its extremes.",
        ),
    ),
    tell=_tell,
)

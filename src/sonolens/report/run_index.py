"""One page that lists every reported run of a data root, newest first."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import pandas as pd

from sonolens.figures.reliance.regions import REGION_NAMES
from sonolens.past_runs import RUN_ID, PastRun
from sonolens.report.layout import open_templates
from sonolens.report.numerals import (
    NOTHING,
    counted,
    percent_with_interval,
    score_with_interval,
    span,
)
from sonolens.report.scripts import write_policy
from sonolens.tables.vocabulary import ANSWERS

REPORT_FILE = "report.html"
"""Folder and file of a report, beside the index."""

HIT_QUESTION, AUC_QUESTION = "above_chance", "discriminates"

YARDSTICKS = {
    "above_chance": "against blind points",
    "above_location": "against fixed places",
    "own_scan": "own scan",
    "off_annotations": "off annotations",
    "discriminates": "AUC",
}
"""What a verdict hangs on, by question."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexCell:
    """A cell: what is read, what stands small beside it, and what it is sorted by."""

    text: str
    small: str = ""
    key: float | str = ""


UNKNOWN = IndexCell(NOTHING, key=-1.0)

COLUMNS = (
    "Run",
    "Began, UTC",
    "State",
    "Study",
    "Networks",
    "AUC",
    "Verdict",
    "Hit rate",
    "Decisions hang on",
)


@dataclass(frozen=True)
class IndexRow:
    """One run of the index; `address` leads to its report, relative to the page."""

    name: str
    run_id: str
    address: str
    cells: tuple[IndexCell, ...]


def write_run_index(runs: Sequence[PastRun]) -> str:
    """Write the index of the runs that wrote a report, in their order.

    The page needs no other file and no network. It is complete without a script; one sorts its rows.

    Args:
        runs: Newest first; a table that a run lacks or that cannot be read leaves its cells empty.

    Returns:
        An HTML document, to be saved beside the folder `REPORT_FILE`.
    """
    rows = [describe_past_run(run) for run in runs if run.reported]
    script = files("sonolens.report").joinpath("templates/sort.js").read_text(encoding="utf-8")
    page = open_templates().get_template("run_index.html")
    return page.render(rows=rows, columns=COLUMNS, script=script, policy=write_policy(script))


def address_of(run: PastRun) -> str:
    """Tell where the report of a run lies, from the folder of the index."""
    return quote(f"{REPORT_FILE}/{run.run_id}/{REPORT_FILE}")


def describe_past_run(run: PastRun) -> IndexRow:
    """Tell a run in one row, from what it left behind."""
    verdict = _read(run, "verdict")
    return IndexRow(
        name=run.label,
        run_id=run.run_id,
        address=address_of(run),
        cells=(
            _tell_moment(run.run_id),
            IndexCell(run.state, key=run.state),
            _tell_study(run),
            _tell_networks(_read(run, "training_runs")),
            _tell_auc(verdict),
            _tell_verdict(verdict),
            _tell_hits(verdict),
            _tell_reliance(_read(run, "reliance_verdict")),
        ),
    )


def _read(run: PastRun, name: str) -> Any:
    """Read what a run left under a name; None where there is none that can be read."""
    try:
        return run.read(name)
    except LookupError:
        return None
    except Exception as error:
        logger.warning("The index leaves out %s of run %s: %s", name, run.run_id, error)
        return None


def _tell_moment(run_id: str) -> IndexCell:
    """Read day and minute of a run from its id; an id of another form is told as it is."""
    if not RUN_ID.fullmatch(run_id):
        return IndexCell(run_id, key=run_id)
    day, _, clock = run_id.partition("T")
    return IndexCell(day, clock[:5].replace(".", ":"), run_id)


def _tell_study(run: PastRun) -> IndexCell:
    facts, scans = _read(run, "study_facts"), _read(run, "scans")
    known = isinstance(facts, dict) and "name" in facts
    size = ""
    if scans is not None and {"lesion_id", "patient_id"} <= set(scans):
        lesions, patients = scans["lesion_id"].nunique(), scans["patient_id"].nunique()
        told = ((len(scans), "scan"), (lesions, "lesion"), (patients, "patient"))
        size = ", ".join(counted(number, noun) for number, noun in told)
    name = str(facts["name"]) if known else NOTHING
    return IndexCell(name, size, name)


def _tell_networks(training_runs: pd.DataFrame | None) -> IndexCell:
    if training_runs is None or not {"run", "network"} <= set(training_runs):
        return UNKNOWN
    names = ", ".join(dict.fromkeys(training_runs["network"].astype(str)))
    small = counted(len(training_runs), "fit") if len(training_runs) > 1 else ""
    return IndexCell(names, small, names)


def _asked(verdict: pd.DataFrame | None, question: str) -> pd.DataFrame:
    """The rows of one question about maps that know their network."""
    needed = {"question", "baseline", "run", "method", "value", "ci_low", "ci_high", "against", "n"}
    if verdict is None or not needed <= set(verdict):
        return pd.DataFrame()
    return verdict[(verdict["question"] == question) & ~verdict["baseline"].astype(bool)]


def _tell_auc(verdict: pd.DataFrame | None) -> IndexCell:
    rows = _asked(verdict, AUC_QUESTION)
    if rows.empty:
        return UNKNOWN
    rows = rows.drop_duplicates("run")
    key = float(rows["value"].mean())
    if len(rows) > 1:
        return IndexCell(span(rows["value"].tolist(), digits=2), counted(len(rows), "fit"), key)
    first = rows.iloc[0]
    return IndexCell(*_parted(score_with_interval, first.to_dict()), key)


def _tell_hits(verdict: pd.DataFrame | None) -> IndexCell:
    rows = _asked(verdict, HIT_QUESTION)
    if rows.empty:
        return UNKNOWN
    key = float(rows["value"].mean())
    chance = f"chance {span((100 * rows['against']).round().tolist())} %"
    if len(rows) > 1:
        text = f"{span((100 * rows['value']).round().tolist())} %"
        return IndexCell(text, f"{chance}, {counted(len(rows), 'answer')}", key)
    first = rows.iloc[0]
    text, interval = _parted(percent_with_interval, first.to_dict())
    return IndexCell(text, f"{interval}; {chance}; n = {first['n']}".removeprefix("; "), key)


def _parted(told: Callable[..., str], row: Mapping[Any, Any]) -> tuple[str, str]:
    """Print a value, and its interval apart from it."""
    text, bracket, interval = told(row["value"], row["ci_low"], row["ci_high"]).partition(" [")
    return text, bracket.strip() + interval


def _tell_verdict(verdict: pd.DataFrame | None) -> IndexCell:
    """The weakest verdict of a run, and the yardsticks that it hangs on."""
    rows = _asked(verdict, HIT_QUESTION)
    if verdict is None or rows.empty or not set(rows["verdict"]) <= set(ANSWERS):
        return UNKNOWN
    weakest = min(rows["verdict"], key=ANSWERS.index)
    if len(rows) > 1:
        tally = ", ".join(
            f"{count} {name}" for name, count in rows["verdict"].value_counts().items()
        )
        return IndexCell(weakest, tally, float(ANSWERS.index(weakest)))
    answers = verdict[~verdict["baseline"].astype(bool)]
    failed = answers.loc[answers["answer"] == weakest, "question"]
    claims = ", ".join(YARDSTICKS[name] for name in failed if name in YARDSTICKS)
    return IndexCell(
        weakest, "" if weakest == ANSWERS[-1] else claims, float(ANSWERS.index(weakest))
    )


def _tell_reliance(judged: pd.DataFrame | None) -> IndexCell:
    if judged is None or not {"answer", "region", "run"} <= set(judged) or judged.empty:
        return UNKNOWN
    shown = judged.loc[judged["answer"] == "shown", "region"]
    if shown.empty:
        answers = ", ".join(dict.fromkeys(judged["answer"].astype(str)))
        return IndexCell("no region shown", answers, 0.0)
    fits = judged["run"].nunique()
    names = [
        REGION_NAMES.get(str(name), str(name)) + (f" ({count} of {fits} fits)" if fits > 1 else "")
        for name, count in shown.value_counts(sort=False).items()
    ]
    return IndexCell(", ".join(names), key=float(len(names)))

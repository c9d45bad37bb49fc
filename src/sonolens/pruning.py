"""Which versions of a data root may go because no run that is kept made, read or rests on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from sonolens.lineage import RunRecord, from_document
from sonolens.past_runs import COMPLETE

Sessions: TypeAlias = Sequence[Mapping[str, Any]]
"""What the processes of one run recorded."""

Version: TypeAlias = tuple[str, str]
"""Name of a dataset, and the run that wrote it."""

RUNNING = "running"


@dataclass(frozen=True)
class Choice:
    """Which runs stay, and why; which go.

    Attributes:
        kept: Why, by run.
        going: Ids of the runs that go, newest first.
        needed: Versions that kept runs made, read or rest on.
        checkpoints: Names of checkpoints that only runs that go have asked for.
    """

    kept: Mapping[str, str]
    going: Sequence[str]
    needed: frozenset[Version]
    checkpoints: frozenset[str]


def choose_runs(
    runs: Mapping[str, Sessions],
    *,
    reported: Collection[str],
    keep: int,
    partial: bool,
    young: timedelta,
    now: datetime,
) -> Choice:
    """Choose which runs stay.

    The newest complete runs with a report stay, and all that have a label. Runs that failed, were killed or wrote no
    report stay too, unless they are asked for; one that may be running stays in any case. What a run that stays has
    compared stays as well.

    Args:
        runs: The sessions of every run that left a record.
        reported: Ids of the runs that wrote a report.
        keep: How many of the newest complete, reported runs stay.
        partial: Whether runs that failed, were killed or wrote no report go too.
        young: A run that began less than this ago and did not end may still be running.
    """
    newest = sorted(runs, reverse=True)
    whole = [run for run in newest if run in reported and _state(runs[run]) == COMPLETE]
    kept = dict.fromkeys(whole[:keep], f"newest {keep}")
    for run in newest:
        if any(session.get("label") for session in runs[run]):
            label = next(each["label"] for each in runs[run][::-1] if each.get("label"))
            kept.setdefault(run, f"label {label}")
        elif run not in whole:
            if may_run(runs[run], young=young, now=now):
                kept.setdefault(run, "may be running")
            elif not partial:
                kept.setdefault(run, "no report" if run not in reported else "did not end well")
    for run in newest:
        for compared in _compared(runs[run]) if run in kept else ():
            if compared in runs:
                kept.setdefault(compared, f"compared by {run}")
    going = [run for run in newest if run not in kept]
    staying = _checkpoints(runs[run] for run in kept)
    return Choice(
        kept={run: kept[run] for run in newest if run in kept},
        going=going,
        needed=find_needed(kept, runs),
        checkpoints=frozenset(_checkpoints(runs[run] for run in going) - staying),
    )


def find_needed(kept: Iterable[str], runs: Mapping[str, Sessions]) -> frozenset[Version]:
    """Find every version that runs wrote or read, and all that those were made from, however long ago."""
    records = {run: [from_document(run, session) for session in runs[run]] for run in runs}
    todo = [
        version for run in kept for record in records[run] for version in record.world().items()
    ]
    needed: set[Version] = set()
    while todo:
        version = todo.pop()
        if version in needed:
            continue
        needed.add(version)
        todo += [
            each for record in records.get(version[1], ()) for each in _sources(record, version[0])
        ]
    return frozenset(needed)


def may_run(sessions: Sessions, *, young: timedelta, now: datetime) -> bool:
    """Say whether a process of a run has begun lately and has not ended."""
    return any(
        session.get("status") == RUNNING and now - _began(session) < young for session in sessions
    )


def _sources(record: RunRecord, name: str) -> list[Version]:
    """What one dataset of a run was made from, in the versions of its world."""
    if name not in record.outputs:
        return []
    sources = [(source, record.version_of(source)) for source in record.made_from.get(name, ())]
    return [(source, version) for source, version in sources if version]


def _began(session: Mapping[str, Any]) -> datetime:
    try:
        began = datetime.fromisoformat(str(session["started"]))
    except (KeyError, ValueError):
        return datetime.max.replace(tzinfo=UTC)  # not known: it may have begun just now
    return began if began.tzinfo else began.replace(tzinfo=UTC)


def _state(sessions: Sessions) -> str:
    return str(sessions[-1].get("status")) if sessions else ""


def _compared(sessions: Sessions) -> set[str]:
    return {run for session in sessions for run in session.get("compared") or ()}


def _checkpoints(runs: Iterable[Sessions]) -> set[str]:
    return {
        name for sessions in runs for each in sessions for name in each.get("checkpoints") or ()
    }

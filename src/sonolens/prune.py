"""Removing old runs from a data root, first on paper."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kedro.io import CatalogProtocol, DatasetError

from sonolens.datasets.run_records import RUN_RECORD, RunRecords
from sonolens.datasets.sweeping import Found, count_freed_bytes, find_stored
from sonolens.datasets.versions import complete_versions
from sonolens.looks import LOOKS
from sonolens.outcome import REPORT, list_runs
from sonolens.pruning import Choice, choose_runs, may_run

KINDS = {"half": "half-written folder", "part": "half-written file", "checkpoint": "checkpoint"}
"""What goes beside whole versions, as it is called."""

THOUSAND = 1000
"""Of a unit are one of the next."""


@dataclass(frozen=True)
class Pruning:
    """What stays and what goes.

    Attributes:
        choice: The runs.
        doomed: All that goes, records last.
        unknown: Runs that left versions but no record; they stay, for nobody knows what rests on them.
        freed: Bytes on disk.
    """

    choice: Choice
    doomed: Sequence[Found]
    unknown: Sequence[str]
    freed: int


def plan_pruning(
    catalog: CatalogProtocol[Any, Any],
    *,
    keep: int,
    partial: bool,
    young: timedelta,
    now: datetime | None = None,
) -> Pruning:
    """Say what would go; nothing is removed.

    Whole versions go with their run, if no run that stays made, read or rests on them. The record of a run stays as
    long as any of its versions. Half-written files and folders go once they are old; a checkpoint goes if a run that goes
    asked for it and none that stays did, so one whose fits are not recorded stays.

    Args:
        catalog: The project's catalog.
        keep: See `choose_runs`; likewise `partial`.
        young: What is younger may be in use, be it a run that did not end or a half-written file.

    Raises:
        DatasetError: If a record cannot be read: what its run rests on is then unknown.
    """
    now = now or datetime.now(UTC)
    runs = _read_records(catalog)
    reported = complete_versions(catalog[REPORT])
    choice = choose_runs(runs, reported=reported, keep=keep, partial=partial, young=young, now=now)
    # Looks stay: runs that are gone have seen the test scans all the same.
    stored = [each for each in find_stored(catalog) if each.dataset != LOOKS]
    doomed = [each for each in stored if _may_go(each, choice, young=young, now=now)]
    gone = {each.path for each in doomed}
    staying = {
        each.version
        for each in stored
        if each.kind == "version" and each.path not in gone and each.dataset != RUN_RECORD
    }
    records = [
        each
        for each in stored
        if each.dataset == RUN_RECORD
        and each.kind == "version"
        and each.version in choice.going
        and each.version not in staying
    ]
    unknown = sorted({each.version for each in stored if each.kind == "version"} - set(runs))
    return Pruning(choice, [*doomed, *records], unknown, count_freed_bytes([*doomed, *records]))


def prune(catalog: CatalogProtocol[Any, Any], pruning: Pruning, *, young: timedelta) -> None:
    """Remove what was planned, and write the index of runs anew.

    Records go last: a pruning that was interrupted is completed by the next.

    Raises:
        DatasetError: If a run may be in progress, or a run began since the plan was made.
    """
    runs = _read_records(catalog)
    known = {*pruning.choice.kept, *pruning.choice.going}
    now = datetime.now(UTC)
    running = [run for run in runs if may_run(runs[run], young=young, now=now)]
    if running:
        raise DatasetError(
            f"run {running[0]} began less than {tell_age(young)} ago and did not end, so it may be in progress; wait for it, "
            "or, if it was killed, make --older-than shorter"
        )
    began = sorted(set(runs) - known)
    if began:
        raise DatasetError(f"run {began[0]} began while the plan was made; plan anew")
    for each in pruning.doomed:
        each.remove()
    for name in catalog.keys():  # noqa: SIM118 - a catalog is no mapping
        catalog[name].release()
    list_runs(catalog)


def tell_pruning(pruning: Pruning, *, young: timedelta) -> list[str]:
    """Tell in lines what stays and what goes."""
    lines = [
        f"Stays: {len(pruning.choice.kept)} of {len(pruning.choice.kept) + len(pruning.choice.going)} runs"
    ]
    lines += [f"  {run}  {why}" for run, why in pruning.choice.kept.items()]
    if pruning.unknown:
        lines += [
            f"  {run}  has no record: nobody knows what rests on it" for run in pruning.unknown
        ]
    lines.append("Goes:" if pruning.doomed else "Goes: nothing")
    for run in pruning.choice.going:
        of_run = [each for each in pruning.doomed if each.version == run and each.kind == "version"]
        if not of_run:
            continue
        rest = (
            ""
            if any(each.dataset == RUN_RECORD for each in of_run)
            else "; the rest is needed by runs that stay"
        )
        lines.append(
            f"  {run}  {len(of_run)} versions, {tell_bytes(count_freed_bytes(of_run))}{rest}"
        )
    counts = Counter(each.kind for each in pruning.doomed)
    for kind, name in KINDS.items():
        if counts[kind]:
            some = [each for each in pruning.doomed if each.kind == kind]
            old = f", older than {tell_age(young)}" if kind != "checkpoint" else ""
            lines.append(
                f"  {counts[kind]} {name}{'s' if counts[kind] > 1 else ''}{old}, {tell_bytes(count_freed_bytes(some))}"
            )
    lines.append(
        f"Frees {tell_bytes(pruning.freed)}; bytes that a version which stays holds as well are not counted."
    )
    return lines


def tell_bytes(number: int) -> str:
    """Tell a size in units of a thousand.

    >>> tell_bytes(0), tell_bytes(999), tell_bytes(12_345), tell_bytes(4_500_000_000)
    ('0 B', '999 B', '12.3 kB', '4.5 GB')
    >>> tell_bytes(1_234_500_000_000_000)
    '1234.5 TB'
    """
    if number < THOUSAND:
        return f"{number} B"
    size = number / THOUSAND
    for unit in ("kB", "MB", "GB"):
        if size < THOUSAND:
            return f"{size:.1f} {unit}"
        size /= THOUSAND
    return f"{size:.1f} TB"


def tell_age(age: timedelta) -> str:
    """Tell an age in hours.

    >>> tell_age(timedelta(days=1)), tell_age(timedelta(minutes=30))
    ('24 hours', '0.5 hours')
    """
    return f"{age.total_seconds() / 3600:g} hours"


def _read_records(catalog: CatalogProtocol[Any, Any]) -> dict[str, list[dict[str, Any]]]:
    records, store = RunRecords(catalog), catalog[RUN_RECORD]
    runs = {}
    for run in complete_versions(store):
        try:
            runs[run] = records.sessions_of(run)
            # What is missing here would make versions look as if nothing rested on them.
            complete = all({"planned", "world", "made_from"} <= set(each) for each in runs[run])
        except (DatasetError, KeyError, TypeError) as error:
            raise DatasetError(_cannot_read(run)) from error
        if not complete:
            raise DatasetError(_cannot_read(run))
    return runs


def _cannot_read(run: str) -> str:
    return (
        f"the record of run {run} cannot be read, so nobody knows what it rests on and nothing is removed; mend it, or move "
        "its folder out of run_record.json"
    )


def _may_go(found: Found, choice: Choice, *, young: timedelta, now: datetime) -> bool:
    if found.kind in {"half", "part"}:
        whole_run_goes = found.kind == "part" and found.version in choice.going
        return not whole_run_goes and found.is_old(age=young, now=now)
    if found.kind == "checkpoint":
        return found.path.rpartition("/")[2].partition(".")[0] in choice.checkpoints
    return (
        found.dataset != RUN_RECORD
        and found.version in choice.going
        and (found.dataset, found.version) not in choice.needed
    )

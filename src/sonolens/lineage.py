"""Which versions belong together: the world that one run has seen.

"Latest" is decided per dataset, so the latest weights may be older than the latest scans and never
have seen them. A run therefore records what it read and what it set out to write, and a later run
takes all its inputs from the view of one earlier run.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

World: TypeAlias = dict[str, str]
"""Dataset name to version."""

Step: TypeAlias = tuple[Iterable[str], Iterable[str]]
"""The dataset names that a step of a pipeline reads, and those that it writes."""


@dataclass(frozen=True)
class RunRecord:
    """What one run read and set out to write.

    Attributes:
        version: The run's id, which is the version of everything it writes.
        outputs: Names of the datasets that it set out to write, completed or not.
        inherited: Versions of the datasets that it read, and of those that belong with them.
        made_from: Names of everything that a dataset was made from, directly or not.
        finished: Whether it came to its end.
    """

    version: str
    outputs: frozenset[str] = frozenset()
    inherited: Mapping[str, str] = field(default_factory=dict)
    made_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    finished: bool = True

    def version_of(self, dataset: str) -> str | None:
        """Return the version of `dataset` in this run's world, or None if it has none.

        What the run set out to write is never replaced by an older version.
        """
        return self.version if dataset in self.outputs else self.inherited.get(dataset)

    def world(self) -> World:
        """Return every version in this run's world, those it may not have completed included."""
        return {**self.inherited, **dict.fromkeys(sorted(self.outputs), self.version)}


def begin_run(
    version: str,
    *,
    steps: Iterable[Step],
    outputs: Iterable[str],
    inputs: Mapping[str, str],
    based_on: RunRecord | None = None,
) -> RunRecord:
    """Say what a run's world will be.

    It holds the run's outputs and inputs, and from the world of `based_on` whatever was not made from
    something that this run makes anew: maps of the old network do not belong with new weights.

    Args:
        version: The run's id.
        steps: What each step reads and writes, in an order in which they can run.
        outputs: Names of the datasets that it sets out to write and that keep versions.
        inputs: Versions of the datasets that the run reads.
        based_on: The run whose world the inputs come from, if they come from one.

    Returns:
        The record of the new run.

    Examples:
        >>> train, explain = (["scans"], ["weights"]), (["weights"], ["maps"])
        >>> first = begin_run(
        ...     "1", steps=[train, explain], outputs=["weights", "maps"], inputs={"scans": "0"}
        ... )
        >>> first.world()
        {'scans': '0', 'maps': '1', 'weights': '1'}
        >>> begin_run(
        ...     "2", steps=[train], outputs=["weights"], inputs={"scans": "0"}, based_on=first
        ... ).world()
        {'scans': '0', 'weights': '2'}
    """
    made_from = dict(based_on.made_from) if based_on else {}
    renewed: set[str] = set()
    for read, written in steps:
        sources = {source for name in read for source in (name, *made_from.get(name, ()))}
        made_from |= dict.fromkeys(written, frozenset(sources))
        renewed |= set(written)
    kept = {
        name: known
        for name, known in sorted((based_on.world() if based_on else {}).items())
        if name not in renewed and not made_from.get(name, frozenset()) & renewed
    }
    inherited = {**kept, **inputs}
    planned = frozenset(outputs)
    return RunRecord(
        version=version,
        outputs=planned,
        inherited=inherited,
        made_from={n: made_from[n] for n in sorted({*planned, *inherited}) if n in made_from},
    )


def merge_sessions(sessions: Iterable[RunRecord]) -> RunRecord:
    """Join the records of several processes that share one run id.

    Args:
        sessions: At least one record, all of one version.

    Returns:
        One record with the outputs of all. A dataset that two sessions read in different versions
        belongs to neither world and is left out.

    Raises:
        ValueError: If there is no record, or if they are of different runs.
    """
    records = list(sessions)
    versions = {record.version for record in records}
    if len(versions) != 1:
        raise ValueError(
            f"sessions of one run share its id, but these have {sorted(versions)}; merge run by run"
        )
    outputs = frozenset[str]().union(*(record.outputs for record in records))
    seen: dict[str, set[str]] = {}
    for record in records:
        for name, version in record.inherited.items():
            seen.setdefault(name, set()).add(version)
    return RunRecord(
        version=versions.pop(),
        outputs=outputs,
        inherited={
            name: next(iter(found))
            for name, found in seen.items()
            if len(found) == 1 and name not in outputs
        },
        made_from={name: made for record in records for name, made in record.made_from.items()},
        finished=any(record.finished for record in records),
    )


def choose_world(
    records: Iterable[RunRecord], *, needed: Iterable[str], exists: Callable[[str, str], bool]
) -> RunRecord | None:
    """Find the run whose world holds all that is needed.

    A run that failed counts for what it completed, not for what it read: that may be why it failed.

    Args:
        records: Known runs, newest first; no more are read than needed.
        needed: Names of the datasets to be read.
        exists: Tells whether a complete version of a dataset is there.

    Returns:
        The run whose world holds a complete version of every needed dataset. Among several it is the
        one whose newest needed version is newest, then the second newest and so on, then the newest
        run. None if no run covers them all.
    """
    names = sorted(set(needed))
    best: RunRecord | None = None
    best_rank: list[str] = []
    for record in records:
        if not record.finished and record.outputs.isdisjoint(names):
            continue
        if best_rank and record.version < best_rank[0]:
            break  # all that an older run knows is older still
        versions = {name: record.version_of(name) for name in names}
        rank = sorted((v for n, v in versions.items() if v and exists(n, v)), reverse=True)
        if len(rank) == len(names) and (best is None or rank > best_rank):
            best, best_rank = record, rank
    return best


def to_document(record: RunRecord) -> dict[str, Any]:
    """Turn a record into what a JSON file can hold."""
    return {
        "planned": sorted(record.outputs),
        "world": dict(sorted(record.inherited.items())),
        "made_from": {name: sorted(made) for name, made in sorted(record.made_from.items())},
    }


def from_document(version: str, document: Mapping[str, Any]) -> RunRecord:
    """Turn the document of one session back into its record.

    Raises:
        KeyError: If the document is not one of `to_document`.
    """
    return RunRecord(
        version=version,
        outputs=frozenset(document["planned"]),
        inherited=dict(document["world"]),
        made_from={name: frozenset(made) for name, made in document["made_from"].items()},
        finished=document.get("status", "complete") == "complete",
    )

"""Comparing everything in a data root with what was saved, and telling what was made from what is damaged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kedro.io import AbstractVersionedDataset, CatalogProtocol

from sonolens.datasets.run_records import RUN_RECORD, RunRecords
from sonolens.datasets.seals import Damage
from sonolens.datasets.versions import (
    complete_versions,
    file_of,
    find_damage_of,
    fingerprint,
    is_sealed,
    versioned_datasets,
)
from sonolens.inputs import name_makers
from sonolens.lineage import RunRecord
from sonolens.looks import LOOKS
from sonolens.progress import track

RECORDS = frozenset({RUN_RECORD, LOOKS})
"""Entries that grow while runs go on: each file is whole, and none is sealed."""


MOST_NAMED = 8
"""So many datasets are named of those that a run made from something damaged."""


@dataclass(frozen=True)
class Damaged:
    """One damaged file, and what rests on it.

    Attributes:
        dataset: The catalog entry that it belongs to.
        version: The run that wrote it.
        damage: What was found.
    """

    dataset: str
    version: str
    damage: Damage


@dataclass(frozen=True)
class Verification:
    """What was found in a data root.

    Attributes:
        versions: How many versions were compared.
        unsealed: How many of them have no seal and no record to compare them with, by dataset.
        damaged: What is not as it was saved.
        made_from: What was made from a damaged version: by dataset and version, the datasets of each run.
        commands: What makes a damaged version anew, by dataset and version.
    """

    versions: int
    unsealed: Mapping[str, int] = field(default_factory=dict)
    damaged: Sequence[Damaged] = ()
    made_from: Mapping[tuple[str, str], Mapping[str, Sequence[str]]] = field(default_factory=dict)
    commands: Mapping[tuple[str, str], str] = field(default_factory=dict)


def verify(catalog: CatalogProtocol[Any, Any], *, run_id: str | None = None) -> Verification:
    """Compare every version of a data root, or those of one run's world, with what was saved.

    Args:
        catalog: The project's catalog.
        run_id: The run; None for all versions of all.

    Raises:
        LookupError: If the run left no record.
    """
    records = list(RunRecords(catalog).newest_first())
    wanted = _list_versions(catalog, records, run_id)
    known = _recorded(catalog)
    unsealed: dict[str, int] = {}
    damaged: list[Damaged] = []
    for name, dataset, version in track(wanted, description="Verifying", total=len(wanted)):
        found = list(find_damage_of(dataset, version))
        if not is_sealed(dataset, version):
            expected = known.get((name, version))
            if expected is None:
                unsealed[name] = unsealed.get(name, 0) + 1
            else:
                found += _compare_with_record(dataset, version, expected)
        damaged += [Damaged(name, version, each) for each in found]
    touched = {(each.dataset, each.version) for each in damaged}
    there = _complete(catalog)
    return Verification(
        versions=len(wanted),
        unsealed=unsealed,
        damaged=damaged,
        made_from={each: find_made_from(*each, records=records, there=there) for each in touched},
        commands={version: _name_command(*version, catalog=catalog) for version in touched},
    )


def find_made_from(
    dataset: str, version: str, *, records: Sequence[RunRecord], there: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Name what runs made from one version, directly or not.

    Args:
        dataset: Its name.
        version: The run that wrote it.
        records: Of all runs.
        there: The complete versions of every dataset.

    Returns:
        The datasets by run; runs that made nothing from it are absent.
    """
    found: dict[str, list[str]] = {}
    for record in records:
        made = sorted(
            name
            for name in record.outputs
            if dataset in record.made_from.get(name, frozenset())
            and record.version in there.get(name, ())
        )
        if made and record.version_of(dataset) == version:
            found[record.version] = made
    return found


def tell_verification(verification: Verification) -> Iterator[str]:
    """Tell in lines what was found, what was made from it and what to do."""
    for (name, version), made in sorted(verification.made_from.items()):
        yield f"Damaged: {name}, version {version}"
        for each in verification.damaged:
            if (each.dataset, each.version) == (name, version):
                yield f"  {each.damage}"
        for run, names in made.items():
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            yield f"  Made from it by run {run}: {', '.join(names[:MOST_NAMED])}{more}"
        if not made:
            yield "  No run has made anything from it"
        again = verification.commands.get((name, version))
        yield "  Put a good copy back" + (f", or make it anew: {again}" if again else "")
    for name, count in verification.unsealed.items():
        yield f"Cannot be told: {name}, {count} versions without a seal, as an older sonolens wrote them"
    sound = verification.versions - len(verification.made_from)
    yield f"{sound} of {verification.versions} versions are as they were saved."


def _list_versions(
    catalog: CatalogProtocol[Any, Any], records: Sequence[RunRecord], run_id: str | None
) -> list[tuple[str, AbstractVersionedDataset[Any, Any], str]]:
    datasets = versioned_datasets(catalog, set(catalog.keys()) - RECORDS)
    complete = _complete(catalog)
    if run_id is not None:
        record = next((each for each in records if each.version == run_id), None)
        if record is None:
            raise LookupError(f"run {run_id} has left no record; `sonolens verify` looks at all")
        world = record.world()
        complete = {n: [v for v in found if world.get(n) == v] for n, found in complete.items()}
    return [
        (name, datasets[name], version) for name, found in complete.items() for version in found
    ]


def _complete(catalog: CatalogProtocol[Any, Any]) -> dict[str, list[str]]:
    datasets = versioned_datasets(catalog, set(catalog.keys()) - RECORDS)
    return {name: complete_versions(dataset) for name, dataset in datasets.items()}


def _recorded(catalog: CatalogProtocol[Any, Any]) -> dict[tuple[str, str], str]:
    """Look up the hashes that runs recorded of what they wrote."""
    records = RunRecords(catalog)
    return {
        (name, told["version"]): told["sha256"]
        for run in records.run_ids()
        for session in records.sessions_of(run)
        for name, told in (session.get("outputs") or {}).items()
        if told.get("sha256")
    }


def _name_command(dataset: str, version: str, *, catalog: CatalogProtocol[Any, Any]) -> str:
    """Name the command that makes a dataset as its run did, or else one that makes it at all."""
    for session in RunRecords(catalog).sessions_behind([version]):
        if dataset in session.get("planned", ()) and session.get("pipelines"):
            names, env = session["pipelines"], session.get("env")
            break
    else:
        names, env = name_makers([dataset])[:1], None
    if not names:
        return ""
    which = "" if names == ["__default__"] else f" --pipelines {','.join(names)}"
    return "kedro run" + (f" --env {env}" if env else "") + which


def _compare_with_record(
    dataset: AbstractVersionedDataset[Any, Any], version: str, expected: str
) -> list[Damage]:
    found = fingerprint(dataset, version)
    if found is None or found == expected:
        return []
    return [Damage(file_of(dataset, version), expected, found)]

"""What a run reads: versions that belong together, and parameters that something reads."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kedro.framework.project import pipelines
from kedro.io import AbstractVersionedDataset, CatalogProtocol, DatasetError

from sonolens.datasets.run_records import RunRecords
from sonolens.datasets.versions import complete_versions, is_readable, versioned_datasets
from sonolens.lineage import RunRecord, World, choose_world
from sonolens.parameters import suggest

logger = logging.getLogger(__name__)

CATALOG_PARAMETERS = frozenset(
    {
        "data_root",
        "cluster.scheduler",
        "cluster.workers",
        "compare.runs",
        "external.networks",
        "label",
        "new.masks",
        "new.scans",
        "tracking_uri",
        "study.path",
        "study.reader",
        "study.options",
        "study.readings",
        "study.expect_complete",
        "verify",
    }
)
"""Runtime parameters that the catalog reads; all others must be parameters of a pipeline."""

READ_BY_HOOK = "training.own_networks."
"""Beginning of runtime parameters that every run reads: which networks of a user's own may be built."""

NEWEST_SHOWN = 5

Versioned = Mapping[str, AbstractVersionedDataset[Any, Any]]


@dataclass(frozen=True)
class Inputs:
    """The versions that a run reads, and the earlier run whose world they come from, if one."""

    versions: World
    based_on: RunRecord | None = None


def refuse_unknown_parameters(given: Mapping[str, Any]) -> None:
    """Refuse runtime parameters that nothing reads, so that no typing error passes unseen.

    Args:
        given: What ``--params`` said, nested.

    Raises:
        ValueError: If a name is neither a parameter of a registered pipeline nor one that the
            catalog reads; the nearest known name is proposed.
    """
    names = _dotted(given)
    if not _unknown(names, _known_parameters()):
        return
    pipelines.set_requested(None)  # Kedro knew only the pipelines that run; the others count too
    known = _known_parameters()
    unknown = _unknown(names, known)
    if unknown:
        name = unknown[0]
        guess = suggest(name, known) or suggest(name.split(".")[0], known)
        raise ValueError(
            f"--params {name} is read by no pipeline and not by the catalog; {guess}"
            f"known are {', '.join(sorted(known))}"
        )


def warn_of_idle_parameters(given: Mapping[str, Any], *, read: Iterable[str]) -> None:
    """Say which runtime parameters change nothing, because no node of this run reads them.

    Args:
        given: What ``--params`` said, nested.
        read: Inputs of the run's pipeline.
    """
    groups = {name.removeprefix("params:") for name in read if name.startswith("params:")}
    told_to = {
        "study": "study",
        "canvas_study": "study",
        "compared_runs": "compare",
        "external_networks": "external",
        "new_scans": "new",
    }
    catalog = {"cluster", "data_root", "label", "tracking_uri", "verify"} | {
        told_to[n] for n in told_to if n in read
    }
    idle = [
        name
        for name in _dotted(given)
        if name.split(".")[0] not in groups | catalog and not name.startswith(READ_BY_HOOK)
    ]
    if idle:
        logger.warning(
            "No node of this run reads %s: it changes nothing here. Run the pipeline that reads it",
            ", ".join(idle),
        )


def choose_inputs(
    needed: Versioned,
    *,
    asked: Mapping[str, str],
    catalog: CatalogProtocol[Any, Any],
    env: str | None = None,
) -> Inputs:
    """Choose a version for every input and log the choice.

    Args:
        needed: The versioned inputs by name.
        asked: Versions that the user asked for with ``--load-versions``.
        catalog: Holds the records of earlier runs.
        env: The configuration environment, for the remedy in an error.

    Returns:
        Versions from one run's world where a run covers all inputs. Otherwise those asked for, and of
        the others from the best world or the newest ones, with a warning.

    Raises:
        DatasetError: If an input has no complete version, or not the one asked for.
    """
    if not needed:
        return Inputs({})
    complete = {name: complete_versions(dataset) for name, dataset in needed.items()}
    readable = _Readable(needed, complete)
    newest = {name: readable.newest(name) for name in needed}
    _check_presence(newest, complete, asked=asked, catalog=catalog, env=env)

    def exists(name: str, version: str) -> bool:
        return asked.get(name, version) == version and readable.has(name, version)

    records = RunRecords(catalog)
    world = choose_world(records.newest_first(), needed=needed, exists=exists)
    rest = [name for name in needed if name not in asked]
    # Where no world holds what was asked for, the other inputs can still agree with each other.
    nearest = world or choose_world(records.newest_first(), needed=rest, exists=exists)
    versions = {
        name: asked.get(name) or (nearest and nearest.version_of(name)) or newest[name]
        for name in needed
    }
    left_out = {name: newest[name] for name in rest if newest[name] != versions[name]}
    _tell_choice(versions, left_out, one_world=world is not None)
    return Inputs(versions, world)


def _tell_choice(versions: World, left_out: World, *, one_world: bool) -> None:
    logger.info("Inputs: %s", describe_versions(versions))
    if not one_world and len(versions) > 1:
        logger.warning(
            "These inputs are not known to belong together: %s. Run the pipelines that make them in "
            "one go, or name versions with --load-versions",
            describe_versions(versions),
        )
    if left_out:
        logger.warning(
            "Newer versions do not belong with the other inputs and are left out: %s. To use them, "
            "run the pipelines that come between",
            describe_versions(left_out),
        )


def describe_versions(versions: Mapping[str, str]) -> str:
    """List datasets by version, newest version first.

    >>> describe_versions({"scans": "1", "weights": "2", "splits": "1"})
    'weights from 2; scans, splits from 1'
    """
    by_version: dict[str, list[str]] = {}
    for name, version in sorted(versions.items()):
        by_version.setdefault(version, []).append(name)
    return "; ".join(
        f"{', '.join(names)} from {version}" for version, names in sorted(by_version.items())[::-1]
    )


class _Readable:
    """Which complete versions can be listed; only those that are asked for are looked at, and each once."""

    def __init__(self, needed: Versioned, complete: Mapping[str, list[str]]) -> None:
        self._needed, self._complete = needed, complete
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, name: str, version: str) -> bool:
        """Say whether a version is complete; one that is not for being broken is told."""
        if version not in self._complete[name]:
            return False
        if (name, version) not in self._known:
            self._known[name, version] = is_readable(self._needed[name], version)
            if not self._known[name, version]:
                logger.warning(
                    "Version %s of %s has a broken manifest and counts as incomplete; `sonolens verify` tells what "
                    "was made from it",
                    version,
                    name,
                )
        return self._known[name, version]

    def newest(self, name: str) -> str:
        """Return the newest complete version; empty if there is none."""
        found = (version for version in self._complete[name] if self.has(name, version))
        return next(found, "")


def _check_presence(
    newest: Mapping[str, str],
    complete: Mapping[str, list[str]],
    *,
    asked: Mapping[str, str],
    catalog: CatalogProtocol[Any, Any],
    env: str | None,
) -> None:
    absent = sorted(name for name, version in newest.items() if not version)
    if absent:
        makers = _makers(absent, catalog)
        option = f" --env {env}" if env else ""
        command = f"`kedro run{option} --pipelines {','.join(makers)}`"
        raise DatasetError(
            f"there is no complete version of {', '.join(absent)}; "
            + (f"run {command} first" if makers else "no registered pipeline makes it")
        )
    for name, version in asked.items():
        if version not in complete[name]:
            raise DatasetError(
                f"{name} has no complete version {version!r}; "
                f"the newest ones are {', '.join(complete[name][:NEWEST_SHOWN])}"
            )


def name_makers(names: Iterable[str]) -> list[str]:
    """Name the registered pipelines that make datasets."""
    pipelines.set_requested(None)  # Kedro knew only the pipelines that run; the others count too
    wanted = set(names)
    return sorted(
        name
        for name, made in pipelines.items()
        if name != "__default__" and made.all_outputs() & wanted
    )


def _makers(absent: Iterable[str], catalog: CatalogProtocol[Any, Any]) -> list[str]:
    """Name the pipelines that make what is absent, and what they lack themselves."""
    makers: set[str] = set()
    lacking = set(absent)
    while lacking:
        found = set(name_makers(lacking)) - makers
        makers |= found
        read = {source for name in found for source in pipelines[name].inputs()}
        inputs = versioned_datasets(catalog, read)
        lacking = {name for name, dataset in inputs.items() if not complete_versions(dataset)}
    return sorted(makers)


def _known_parameters() -> set[str]:
    read = {name for pipeline in pipelines.values() for name in pipeline.inputs()}
    named = {name.removeprefix("params:") for name in read if name.startswith("params:")}
    return named | CATALOG_PARAMETERS


def _unknown(names: Iterable[str], known: set[str]) -> list[str]:
    """Return the names that are neither known nor inside a known one."""
    return [
        name
        for name in names
        if not any(name == each or name.startswith(f"{each}.") for each in known)
    ]


def _dotted(given: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Flatten nested names: fit, epochs becomes fit.epochs."""
    names: list[str] = []
    for key, value in given.items():
        if isinstance(value, Mapping) and value:
            names += _dotted(value, f"{prefix}{key}.")
        else:
            names.append(f"{prefix}{key}")
    return names

"""An archived run made again in a fresh data root, and held against the archive number by number."""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol

from sonolens.analysis_plan import NOT_PLANNED
from sonolens.archive import CONTENTS, PATIENTLESS, RECORD, SETTINGS, software_of
from sonolens.crate import Crate
from sonolens.datasets.table import TableDataset
from sonolens.datasets.versioned_collection import VersionedCollection
from sonolens.datasets.versions import complete_versions, file_of, fingerprint
from sonolens.evaluation.experiments.reproduction import (
    A_TIME,
    OF_OTHER_RUNS,
    compare_files,
    compare_tables,
    tell_uncompared,
)
from sonolens.looks import PICTURES
from sonolens.outcome import REPORT
from sonolens.provenance import PACKAGES, describe_software, list_installed
from sonolens.tables.reproduction import ReproductionTable

REPRODUCTION = "reproduction"
"""Catalog entry with what was compared, in the data root of the new run."""

READINGS = "readings"
"""Catalog entry with what other readers saw."""

NEIGHBOURS = frozenset({"asked_experiments", "planted_answers"})
"""Catalog entries that tell what other runs found: a fresh data root has none."""

TOLERANCE = 1e-6
"""Share of a number, or of 1, by which it may differ: other processors add up in another order."""

CUT = "…/"
"""Begins a path whose folders a record does not tell."""

NEWS = 3
"""Package differences named at most; the others are counted."""


@dataclass(frozen=True)
class Archived:
    """What a crate says of its run.

    Attributes:
        crate: The crate.
        session: What the last process of the run recorded.
        settings: All settings behind the numbers.
        contents: Every dataset with its hashes.
    """

    crate: Crate
    session: Mapping[str, Any]
    settings: Mapping[str, Any]
    contents: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, crate: Crate) -> "Archived":
        """Read what is needed to run a crate again.

        Raises:
            ValueError: If the crate lacks it.
        """
        try:
            return cls(
                crate,
                crate.read_json(RECORD)["sessions"][-1],
                crate.read_json(SETTINGS)["settings"],
                crate.read_json(CONTENTS),
            )
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(
                f"{crate.path} does not say what was run ({error}); give a crate of `sonolens archive`"
            ) from error

    @property
    def reader(self) -> str:
        """Name of the study's reader."""
        return str(self.settings.get("study", {}).get("reader", ""))


def tell_environment(archived: Archived, project: Path) -> list[str]:
    """Name what differs between the archived run's software and that here; nothing where nothing does."""
    then, now = archived.session, describe_software(project)
    told = []
    commit, here = (each.get("git", {}).get("commit", "") for each in (then, now))
    if commit != here:
        told.append(f"code: commit {commit[:12] or 'unknown'} then, {here[:12] or 'unknown'} now")
    for when, each in (("then", then), ("now", now)):
        if each.get("git", {}).get("dirty"):
            told.append(f"code: changes that no commit holds, {when}")
    told += [
        f"{name}: {then.get(name)} then, {now[name]} now"
        for name in ("python", "platform")
        if then.get(name) != now[name]
    ]
    before, after = software_of(then), list_installed()
    if not then.get("installed"):
        after = {name: version for name, version in after.items() if name in before}
    changed = [n for n in sorted(before.keys() | after.keys()) if before.get(n) != after.get(n)]
    shaping = [name for name in changed if name in PACKAGES]
    told += [f"{n}: {before.get(n, 'none')} then, {after.get(n, 'none')} now" for n in shaping]
    if others := [name for name in changed if name not in PACKAGES]:
        shown = ", ".join(others[:NEWS]) + (" …" if len(others) > NEWS else "")
        told.append(f"{len(others)} other packages differ: {shown}")
    return told


def tell_mixture(archived: Archived) -> list[str]:
    """Name the groups that the archived numbers were made with in several values, which no single run can repeat."""
    told = archived.session.get("parameters", {})
    made_with = archived.session.get("made_with", {})
    return [
        f"{group} was another in run {run}, whose results are in the crate too: they will differ"
        for run, groups in made_with.items()
        for group, values in groups.items()
        if group not in NOT_PLANNED and group in told and told[group] != values
    ]


def check_study_path(archived: Archived, study_path: str | None) -> None:
    """Refuse to run a study without its pictures, or with settings that named a file elsewhere.

    Raises:
        ValueError: If the study is read from disk and no path is given, or a setting is a path whose folders
            the record does not tell.
    """
    if archived.reader not in PATIENTLESS and study_path is None:
        raise ValueError(
            f"study {archived.reader or 'unknown'} is read from disk and its scans are not in the crate; say where "
            "they lie with --study-path"
        )
    cut = sorted(_find_cut_paths(archived.settings))
    if cut:
        raise ValueError(
            f"{cut[0]} was a file on another machine, whose folders the crate does not tell; runs that start from a "
            "file cannot be run again by it"
        )


def check_readings(archived: Archived, readings: str | None) -> None:
    """Refuse to run a study that others read without what they saw.

    Raises:
        ValueError: If the archived run had readings and none are given.
    """
    files = archived.contents.get(READINGS, {}).get("files", [])
    read = max(0, archived.crate.read(files[0]).count(b"\n") - 1) if files else 0
    if read and readings is None:
        raise ValueError(
            f"other readers read this study ({read} readings), and their masks are not in the crate; say where the "
            "table lies with --readings"
        )


def run_again(
    archived: Archived,
    project: Path,
    data_root: Path,
    *,
    study_path: str | None,
    readings: str | None = None,
) -> CatalogProtocol[Any, Any]:
    """Run the study with the archived settings in a fresh data root, after its scans were found to be the same.

    Returns:
        The catalog of the new data root.

    Raises:
        ValueError: If the scans are others.
    """
    pipelines.set_requested(None)
    read = {name.removeprefix("params:") for name in pipelines["__default__"].inputs()}
    settings = {
        name: group for name, group in archived.settings.items() if name in read - {"study"}
    }
    study = {**archived.settings.get("study", {})}
    if study_path is not None:
        study["path"] = study_path
        study["expect_complete"] = False
    if readings is not None:
        study["readings"] = readings
    params = {**settings, "study": study, "data_root": str(data_root)}
    if study_path is not None:
        _run(archived, project, params, to_outputs=[PICTURES])
        _check_pictures(archived, _open(archived, project, params))
    _run(archived, project, params)
    return _open(archived, project, params)


def compare_runs(
    archived: Archived, catalog: CatalogProtocol[Any, Any], *, tolerance: float
) -> ReproductionTable:
    """Hold all that the new run made against the archive."""
    return pd.concat(list(_compare(archived, catalog, tolerance=tolerance)), ignore_index=True)


def tell_comparison(found: ReproductionTable) -> list[str]:
    """Tell in lines how alike the runs are, the largest difference of every table that has one."""
    numbers = found[found["kind"] != "bytes"]
    cells = numbers[numbers["kind"] == "number"]
    told = [
        f"Numbers: {cells['n'].sum()} in {numbers['dataset'].nunique()} tables; {cells['n_exact'].sum()} exact, "
        f"{cells['n_within'].sum()} within tolerance, {cells['n_differs'].sum()} differ"
    ]
    for dataset, of_table in numbers.groupby("dataset"):
        apart = of_table[~of_table["verdict"].isin(["exact", "not compared"])]
        if apart.empty:
            continue
        largest = apart["largest_difference"].max()
        how = f"largest difference {largest:.3g}" if pd.notna(largest) else "other words or rows"
        columns = ", ".join(apart["column"].fillna("rows"))
        worst = "differs" if (apart["verdict"] == "differs").any() else "within tolerance"
        told.append(f"  {dataset}: {worst}, {how} ({columns})")
    told += [
        f"  {row.dataset}{f'.{row.column}' if isinstance(row.column, str) else ''}: not compared, {row.reason}"
        for row in found[found["verdict"] == "not compared"].itertuples()
    ]
    files = found[(found["kind"] == "bytes") & (found["verdict"] != "not compared")]
    others = files[files["verdict"] != "exact"]
    told.append(
        f"Files byte for byte: all of {(files['verdict'] == 'exact').sum()} datasets"
        + (f"; not of {', '.join(others['dataset'])} (this decides nothing)" if len(others) else "")
    )
    return told


def is_reproduced(found: ReproductionTable) -> bool:
    """Say whether every table was compared and no number, word or row differs."""
    decides = found[(found["kind"] != "bytes") & ~found["reason"].isin([A_TIME, OF_OTHER_RUNS])]
    return bool(decides["verdict"].isin(["exact", "within tolerance"]).all())


def find_table(catalog: CatalogProtocol[Any, Any]) -> str:
    """Say where the newest table of what was compared lies."""
    dataset = catalog[REPRODUCTION]
    return file_of(dataset, complete_versions(dataset)[0])


def _compare(
    archived: Archived, catalog: CatalogProtocol[Any, Any], *, tolerance: float
) -> Iterator[pd.DataFrame]:
    for name, told in archived.contents.items():
        if name == REPORT:
            continue  # the page names its run
        dataset = catalog.get(name) if name in catalog else None
        versions = complete_versions(dataset) if dataset is not None else []
        if name in NEIGHBOURS:
            yield tell_uncompared(name, OF_OTHER_RUNS, tolerance=tolerance)
        elif isinstance(dataset, TableDataset):
            if not versions or not told["files"]:
                reason = "was not made again" if told["files"] else "is not in the crate"
                yield tell_uncompared(name, reason, tolerance=tolerance)
                continue
            first = dataset.parse(archived.crate.read(told["files"][0]))
            second = dataset.read_version(versions[0])
            keys = _keys_of(catalog, name)
            yield compare_tables(name, first, second, keys=keys, tolerance=tolerance)
        elif versions and dataset is not None:
            second_hashes = (
                dataset.digests(versions[0])
                if isinstance(dataset, VersionedCollection)
                else {name: fingerprint(dataset, versions[0]) or ""}
            )
            yield compare_files(name, dict(told["sha256"]), second_hashes, tolerance=tolerance)


def _keys_of(catalog: CatalogProtocol[Any, Any], name: str) -> Sequence[str]:
    """Name the columns that tell the rows of a table apart, as its contract has them."""
    spec = getattr(catalog, "validator_specs", {}).get(name)
    if spec is None:
        return ()
    module, _, contract = spec.class_path.rpartition(".")
    config = getattr(importlib.import_module(module), contract).Config
    return list(getattr(config, "unique", None) or ())


def _check_pictures(archived: Archived, catalog: CatalogProtocol[Any, Any]) -> None:
    then = archived.contents.get(PICTURES, {}).get("sha256", {})
    now = catalog[PICTURES].digests()
    missing, added = then.keys() - now.keys(), now.keys() - then.keys()
    changed = {scan for scan in then.keys() & now.keys() if then[scan] != now[scan]}
    if missing or added or changed:
        example = min(missing or added or changed)
        raise ValueError(
            f"these are not the archived scans: {len(missing)} of {len(then)} are missing, {len(added)} were added, "
            f"{len(changed)} changed, for example {example}; give the folder that was read then. (Another version "
            "of pillow may write the same picture in other bytes)"
        )


def _run(archived: Archived, project: Path, params: dict[str, Any], **options: Any) -> None:
    pipelines.set_requested(None)
    with KedroSession.create(
        project, env=archived.session.get("env"), runtime_params=json.loads(json.dumps(params))
    ) as session:
        session.run(**options)


def _open(archived: Archived, project: Path, params: dict[str, Any]) -> CatalogProtocol[Any, Any]:
    session = KedroSession.create(
        project, env=archived.session.get("env"), runtime_params=json.loads(json.dumps(params))
    )
    return session.load_context().catalog


def _find_cut_paths(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _find_cut_paths(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _find_cut_paths(item, name)
    elif isinstance(value, str) and CUT in value:
        yield name

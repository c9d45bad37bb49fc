"""One reported run as an RO-Crate: what goes in, what is only hashed, and why."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractVersionedDataset, CatalogProtocol

from sonolens.analysis_plan import Settings, hash_plan, settle
from sonolens.crate import CrateFile, Facts, write_crate
from sonolens.datasets.figure import FigureDataset
from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.json_document import JsonDataset
from sonolens.datasets.network_weights import NetworkWeightsDataset
from sonolens.datasets.run_records import RUN_RECORD, world_of
from sonolens.datasets.table import TableDataset
from sonolens.datasets.text import ReportDataset, TextDataset
from sonolens.datasets.versioned_collection import VersionedCollection
from sonolens.datasets.versions import complete_versions, fingerprint, versioned_datasets
from sonolens.looks import LOOKS
from sonolens.outcome import REPORT, RUNS
from sonolens.past_runs import PastRun, find_run

CONTENTS, RECORD, LOOK = "run/datasets.json", "run/run_record.json", "run/look.json"
SETTINGS, CONSTRAINTS, SOFTWARE = (
    "configuration/settings.json",
    "environment/constraints.txt",
    "environment/software.json",
)
"""Files that every crate holds beside the run's datasets; a look only where one was counted."""

PATIENTLESS = frozenset({"phantoms"})
"""Readers whose scans show nobody, so that what shows them can be published."""

SCANS = ("raw_images", "raw_masks", "reader_masks", "annotations")
"""Collections with the scans themselves and what was drawn on them."""

RASTER = re.compile(rb"data:image/(?!svg)[\w.+-]+;base64,[A-Za-z0-9+/=]*")
VECTOR = re.compile(rb"data:image/svg\+xml;base64,([A-Za-z0-9+/=]*)")
CASE_PICTURES = re.compile(
    rb'(<script type="application/json" data-case-pictures-json>).*?(</script>)', re.DOTALL
)
NOTHING = b"data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""A picture of one transparent pixel."""

WITHHELD = "shows scans, which --with-scans would add"
BULKY = "can be made again from what is here; its hashes tell whether it was"

FOLDERS: Mapping[type, str] = {
    TableDataset: "tables",
    FigureDataset: "figures",
    ReportDataset: "page",
    TextDataset: "documents",
    JsonDataset: "documents",
}


@dataclass
class Packed:
    """What goes into a crate, and what stays out.

    Attributes:
        files: What goes in.
        contents: For every dataset that the report was made from: its kind, hashes, files, and why it was left out.
    """

    files: list[CrateFile] = field(default_factory=list)
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def left_out(self) -> dict[str, str]:
        """Why, by dataset."""
        return {n: each["left_out"] for n, each in self.contents.items() if each["left_out"]}


def archive_run(
    catalog: CatalogProtocol[Any, Any], name: str, path: Path, *, with_scans: bool = False
) -> Packed:
    """Write a reported run to an RO-Crate; the same run makes the same bytes.

    Args:
        catalog: The project's catalog.
        name: Id or label of the run, or ``latest``.
        path: The ZIP file to be written.
        with_scans: Whether scans, masks and what shows them go in, although they may be patients'.

    Raises:
        LookupError: If there is no such run, or it wrote no report.
    """
    run = find_run(name, catalog[RUNS].load(), where="this data root")
    if not run.reported or not run.sessions:
        raise LookupError(
            f"run {run.run_id} wrote no {'report' if run.sessions else 'record'}; archive one that did, such as latest"
        )
    settings = settings_of(run)
    shows_nobody = settings.get("study", {}).get("reader") in PATIENTLESS
    packed = _pack_datasets(catalog, run, may_show=with_scans or shows_nobody, scans=with_scans)
    packed.files += _pack_run(catalog, run, settings, packed.contents)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_crate(path, packed.files, _tell_facts(run, settings))
    return packed


def settings_of(run: PastRun) -> Settings:
    """Tell all settings behind a run; of one that did not record them, the parameters that it and its sources read."""
    session = run.sessions[-1]
    if "settings" in session:
        return dict(session["settings"])
    sources = [{"parameters": groups} for _, groups in sorted(session["made_with"].items())]
    return settle({}, read=(), earlier=[*sources, session])


def hide_pictures(page: bytes) -> bytes:
    """Take all pictures made of pixels out of a page; charts made of lines stay."""
    page = CASE_PICTURES.sub(rb'\1{"scans": {}, "maps": {}}\2', page)
    page = VECTOR.sub(lambda found: NOTHING if _holds_pixels(found[1]) else found[0], page)
    return RASTER.sub(NOTHING, page)


def _holds_pixels(encoded: bytes) -> bool:
    return RASTER.search(base64.b64decode(encoded)) is not None


def _pack_datasets(
    catalog: CatalogProtocol[Any, Any], run: PastRun, *, may_show: bool, scans: bool
) -> Packed:
    """Pack what the report was made from, and what else its run made."""
    packed, session = Packed(), run.sessions[-1]
    world = world_of(run.run_id, run.sessions)
    made = {n for each in run.sessions for n in each["planned"]} | {REPORT}
    wanted = {*made, *session["made_from"].get(REPORT, ())} & world.keys()
    for name, dataset in versioned_datasets(catalog, wanted - {RUN_RECORD, LOOKS}).items():
        if world[name] not in complete_versions(dataset):
            continue
        files, left_out = _pack(name, dataset, world[name], may_show=may_show, scans=scans)
        hashes = (
            dataset.digests(world[name])
            if isinstance(dataset, VersionedCollection)
            else {name: fingerprint(dataset, world[name])}
        )
        packed.files += files
        packed.contents[name] = {
            "kind": type(dataset).__name__,
            "made_by": world[name],
            "files": [file.path for file in files],
            "left_out": left_out,
            "sha256": hashes,
        }
    return packed


def _pack(
    name: str,
    dataset: AbstractVersionedDataset[Any, Any],
    version: str,
    *,
    may_show: bool,
    scans: bool,
) -> tuple[list[CrateFile], str | None]:
    """Make the files of one dataset, or say why there are none."""
    if isinstance(dataset, VersionedCollection):
        return _pack_collection(name, dataset, version, scans=scans)
    folder = FOLDERS.get(type(dataset))
    if folder is None or not isinstance(dataset, WholeFileDataset):
        return [], BULKY
    suffix = PurePosixPath(dataset._filepath).suffix
    if suffix == ".svg":
        folder = "figures"
    read: Callable[[], bytes] = partial(dataset.read_bytes, version)
    description = f"{name}, made by run {version}"
    if not may_show and suffix == ".html":
        read = partial(_read_hidden, dataset, version)
        description += "; its pictures of scans were taken out"
    elif not may_show and (suffix == ".png" or RASTER.search(read())):
        return [], WITHHELD
    return [CrateFile(f"{folder}/{name}{suffix}", description, read)], None


def _pack_collection(
    name: str, collection: VersionedCollection, version: str, *, scans: bool
) -> tuple[list[CrateFile], str | None]:
    if issubclass(collection.item_type, NetworkWeightsDataset):
        folder = f"networks/{name}"
    elif name in SCANS and scans:
        folder = f"scans/{name}"
    else:
        return [], WITHHELD if name in SCANS else BULKY
    return [
        CrateFile(
            f"{folder}/{item}{collection.suffix}",
            f"{item} of {name}, made by run {version}",
            read,
        )
        for item, read in collection.byte_readers(version).items()
    ], None


def _read_hidden(dataset: WholeFileDataset[Any, Any], version: str) -> bytes:
    return hide_pictures(dataset.read_bytes(version))


def _pack_run(
    catalog: CatalogProtocol[Any, Any],
    run: PastRun,
    settings: Settings,
    contents: Mapping[str, Any],
) -> Iterator[CrateFile]:
    """Make the files that say what was run, how and on what."""
    session = run.sessions[-1]
    record = {"run_id": run.run_id, "sessions": list(run.sessions)}
    software = {n: session.get(n) for n in ("git", "packages", "python", "platform", "cores")}
    configuration = {n: session.get(n) for n in ("env", "pipelines", "runtime_params")}
    documents = {
        RECORD: ("What the run recorded of itself", record),
        CONTENTS: ("Every dataset of the run with its hashes, and why it was left out", contents),
        SETTINGS: ("All settings behind the numbers", configuration | {"settings": settings}),
        SOFTWARE: ("Code and machine", software),
    }
    if LOOKS in catalog and run.run_id in complete_versions(catalog[LOOKS]):
        look = catalog[LOOKS].read_version(run.run_id)
        documents[LOOK] = ("Which test scans the run looked at, and under which plan", look)
    for path, (description, document) in documents.items():
        yield CrateFile(path, description, partial(_write_json, document))
    lines = "".join(f"{n}=={v}\n" for n, v in software_of(session).items())
    told = "Versions of all packages that were installed when the run began, as pip takes them"
    yield CrateFile(CONSTRAINTS, told, lines.encode)


def software_of(session: Mapping[str, Any]) -> dict[str, str]:
    """Tell the packages of a run; of one that did not record all, those that shape results."""
    return dict(session.get("installed") or session.get("packages") or {})


def _write_json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _tell_facts(run: PastRun, settings: Settings) -> Facts:
    session = run.sessions[-1]
    git, version = session.get("git") or {}, (session.get("packages") or {}).get("sonolens", "")
    commit = f"+{git['commit'][:12]}" if git.get("commit") else ""
    dirty = ", with changes that no commit holds" if git.get("dirty") else ""
    reader = settings.get("study", {}).get("reader", "unknown")
    publication = settings.get("publication") or {}
    return Facts(
        run_id=run.run_id,
        name=f"sonolens run {run.name} of study {reader}",
        description=(
            "Tables, figures, splits, networks and page of one run, with settings, environment and hashes. "
            "`sonolens reproduce` runs it again and compares number by number."
        ),
        started=session["started"],
        license=publication.get("data_license") or "Not stated; ask who made it.",
        software=("sonolens", f"{version}{commit}{dirty}"),
        hashes={
            "run_id": run.run_id,
            "plan_sha256": session.get("plan_sha256") or hash_plan(settings),
        },
    )

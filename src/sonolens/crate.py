"""An RO-Crate: files of one run in a ZIP file, with what they are and a SHA-256 of each; this module knows no Kedro."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from uuid import uuid4

METADATA, SUMS = "ro-crate-metadata.json", "manifest-sha256.txt"
"""What the files are, for machines; and their hashes, as ``sha256sum --check`` reads them."""

VERSION = "https://w3id.org/ro/crate/1.2"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"

FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
OTHER_FORMAT = "application/octet-stream"

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, the earliest that ZIP knows: the time of packing is no fact of the run."""

PERMISSIONS = 0o100644 << 16
UNIX = 3

Entity: TypeAlias = dict[str, Any]
"""One thing that RO-Crate metadata speak of."""


@dataclass(frozen=True)
class CrateFile:
    """A file that goes into a crate.

    Attributes:
        path: Where in the crate, with ``/``.
        description: What it is, in a sentence or less.
        read: Reads its bytes.
    """

    path: str
    description: str
    read: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a crate says of the run that it holds.

    Attributes:
        run_id: Its id.
        name: A title.
        description: A sentence.
        started: When it began, as ISO 8601.
        license: Address of a licence, or words.
        software: Name and version of the program that ran, with its commit.
        hashes: Further names of what was run, such as that of the plan, by what they name.
    """

    run_id: str
    name: str
    description: str
    started: str
    license: str
    software: tuple[str, str]
    hashes: Mapping[str, str]


def write_crate(path: Path, files: list[CrateFile], facts: Facts) -> None:
    """Write a crate; equal files and facts become equal bytes.

    One file at a time is held in memory. The archive appears when it is complete.

    Raises:
        ValueError: If two files have one path, or one would take that of the metadata.
    """
    paths = [file.path for file in files]
    taken = {METADATA, SUMS}
    for name in paths:
        if name in taken:
            raise ValueError(f"two files of the crate are called {name!r}; give each its own path")
        taken.add(name)
    passing = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with zipfile.ZipFile(passing, "w") as archive:
            told = {}
            for file in sorted(files, key=lambda file: file.path):
                content = file.read()
                told[file.path] = _describe_file(file, content)
                _add(archive, file.path, content)
            metadata = json.dumps(describe(told, facts), indent=1, ensure_ascii=False).encode()
            sums = {name: each["sha256"] for name, each in told.items()}
            sums[METADATA] = hashlib.sha256(metadata).hexdigest()
            _add(archive, SUMS, "".join(f"{sums[n]}  {n}\n" for n in sorted(sums)).encode())
            _add(archive, METADATA, metadata)
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)


def describe(files: Mapping[str, Entity], facts: Facts) -> Entity:
    """Say in RO-Crate's JSON-LD what the files are and which run made them.

    Args:
        files: Entities of the files by path.
        facts: What is known of the run.

    Returns:
        A document of RO-Crate 1.2 and its profile for runs of a program, Process Run Crate.
    """
    name, version = facts.software
    graph: list[Entity] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": VERSION},
        },
        _describe_root([*files, SUMS], facts),
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"Run {facts.run_id}",
            "startTime": facts.started,
            "instrument": {"@id": "#software"},
            "result": [{"@id": path} for path in files],
        },
        {"@id": "#software", "@type": "SoftwareApplication", "name": name, "version": version},
        *(
            {"@id": f"#{each}", "@type": "PropertyValue", "name": each, "value": value}
            for each, value in facts.hashes.items()
        ),
        {"@id": SUMS, "@type": "File", "name": SUMS, "encodingFormat": "text/plain"},
        *files.values(),
    ]
    if "://" in facts.license:
        graph.append({"@id": facts.license, "@type": "CreativeWork", "name": facts.license})
    # Schema.org had no sha256 when the context of RO-Crate was drawn up.
    context = [f"{VERSION}/context", {"sha256": "https://schema.org/sha256"}]
    return {"@context": context, "@graph": graph}


class Crate:
    """A crate that is read: a ZIP file, or the folder that it was unpacked to.

    Nothing is unpacked, so no name in it can lead elsewhere.

    Raises:
        ValueError: If there is no crate at the path.
    """

    def __init__(self, path: Path) -> None:
        if not (path.is_dir() or (path.is_file() and zipfile.is_zipfile(path))):
            raise ValueError(
                f"{path} is no crate: neither a ZIP file nor a folder; `sonolens archive` makes one"
            )
        self.path = path
        self._archive = zipfile.ZipFile(path) if path.is_file() else None
        if METADATA not in self.names():
            raise ValueError(f"{path} is no RO-Crate: it holds no {METADATA}")

    def __enter__(self) -> "Crate":
        return self

    def __exit__(self, *error: object) -> None:
        if self._archive:
            self._archive.close()

    def names(self) -> list[str]:
        """List the files; one that an archive holds twice is named twice."""
        if self._archive:
            return [each.filename for each in self._archive.infolist() if not each.is_dir()]
        files = (each for each in sorted(self.path.rglob("*")) if each.is_file())
        return [each.relative_to(self.path).as_posix() for each in files]

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises:
            ValueError: If it is absent or damaged.
        """
        if name not in self.names():
            raise ValueError(f"{name} is not in the crate")
        try:
            return self._archive.read(name) if self._archive else (self.path / name).read_bytes()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise ValueError(f"{name} is damaged: {error}") from error

    def read_json(self, name: str) -> Any:
        """Read a JSON document.

        Raises:
            ValueError: If it is absent, damaged or no JSON.
        """
        return json.loads(self.read(name))

    def find_faults(self) -> list[str]:
        """Hold every file against its hash; none where all is as it was packed."""
        return list(self._find_faults())

    def _find_faults(self) -> Iterator[str]:
        try:
            sums = _read_sums(self.read(SUMS))
            graph = self.read_json(METADATA)["@graph"]
            told = {each["@id"]: each["sha256"] for each in graph if "sha256" in each}
        except (ValueError, KeyError, TypeError) as error:
            yield f"the crate cannot say what it should hold ({error})"
            return
        names = self.names()
        yield from (
            f"{n} is in the archive twice" for n in sorted(set(names)) if names.count(n) > 1
        )
        yield from (f"{n} is missing" for n in sorted(set(sums) - set(names)))
        yield from (f"{n} was added" for n in sorted(set(names) - set(sums) - {SUMS}))
        for name in sorted(set(sums) & set(names)):
            try:
                found = hashlib.sha256(self.read(name)).hexdigest()
            except ValueError as error:
                yield str(error)
                continue
            if found != sums[name]:
                yield f"{name} was changed: its SHA-256 is {found[:8]}…, not {sums[name][:8]}…"
            elif name != METADATA and told.get(name) != found:
                yield f"{name} has another SHA-256 in {METADATA} than in {SUMS}"


def _describe_root(paths: Iterable[str], facts: Facts) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.name,
        "description": facts.description,
        "datePublished": facts.started[:10],
        "license": {"@id": facts.license} if "://" in facts.license else facts.license,
        "conformsTo": {"@id": PROFILE},
        "identifier": [{"@id": f"#{each}"} for each in facts.hashes],
        "mentions": {"@id": "#run"},
        "hasPart": [{"@id": path} for path in paths],
    }


def _describe_file(file: CrateFile, content: bytes) -> Entity:
    return {
        "@id": file.path,
        "@type": "File",
        "name": PurePosixPath(file.path).name,
        "description": file.description,
        "encodingFormat": FORMATS.get(PurePosixPath(file.path).suffix, OTHER_FORMAT),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr, entry.create_system = PERMISSIONS, UNIX
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=6)


def _read_sums(content: bytes) -> dict[str, str]:
    lines = [line.partition("  ") for line in content.decode("utf-8").splitlines() if line]
    return {name: digest for digest, _, name in lines}

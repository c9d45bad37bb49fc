"""The runs of a data root, read back from the records and tables that they left."""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any, NoReturn

from kedro.io.core import AbstractDataset, AbstractVersionedDataset, DatasetError, Version

from sonolens.datasets.json_document import JsonDataset
from sonolens.datasets.run_record import RunRecordDataset
from sonolens.datasets.run_records import world_of
from sonolens.datasets.table import TableDataset
from sonolens.datasets.text import ReportDataset
from sonolens.datasets.versioned_collection import VersionedCollection
from sonolens.datasets.versions import complete_versions
from sonolens.past_runs import PastRun, find_run, folder_of, split_names

FEWEST_COMPARED = 2


class RunsDataset(AbstractDataset[Any, list[PastRun]]):
    """All runs of a data root, newest first; their tables are read when they are asked for.

    Read-only and not versioned: it lists what is there.

    Args:
        path: The data root, any fsspec path.
        report: Where reports lie below it.
        run_record: Where run records lie below it.
        contents: What may be read of a run: by name the place below the root. ``.csv`` is a table,
            ``.json`` a document, and all else a collection of pictures.
        credentials: Credentials of the file system.
        fs_args: Other arguments of the file system.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        path: str,
        report: str,
        run_record: str,
        contents: Mapping[str, str],
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._root, self._report, self._run_record = path, report, run_record
        self._contents = dict(contents)
        self._access = {"credentials": credentials, "fs_args": fs_args}
        self.metadata = metadata

    def load(self) -> list[PastRun]:
        """List the runs that left a record or a report."""
        return list(_RunsOfRoot(self, self._root).find())

    def save(self, data: Any) -> NoReturn:  # noqa: ARG002 - Kedro's signature
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            f"the runs in {self._root} are read-only: each run writes its own record; "
            "to remove runs use `sonolens prune`"
        )

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"root": self._root, "contents": sorted(self._contents)}


class ComparedRunsDataset(RunsDataset):
    """The runs that were asked for, in that order.

    Args:
        asked: Names of at least two runs, as `sonolens.past_runs.split_names` takes them.
        kwargs: As for `RunsDataset`.
    """

    def __init__(self, *, asked: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked = asked
        self.found: list[str] = []

    def load(self) -> list[PastRun]:
        """Find the runs.

        Raises:
            DatasetError: If fewer than two are named, one is unknown, or one is named twice.
        """
        names = split_names(self._asked)
        if len(names) < FEWEST_COMPARED:
            raise DatasetError(
                f"a comparison takes at least two runs, but compare.runs names {len(names)}; name ids, labels or "
                'latest: --params compare.runs="RUN_A RUN_B"'
            )
        known = {
            root: list(_RunsOfRoot(self, root or self._root, root).find()) for _, root in names
        }
        found: dict[tuple[str, str], str] = {}
        runs = []
        for name, root in names:
            try:
                run = find_run(name, known[root], where=root or self._root)
            except LookupError as error:
                raise DatasetError(str(error)) from None
            key = (run.run_id, folder_of(root or self._root))
            if key in found:
                raise DatasetError(
                    f"compare.runs names run {run.run_id} twice, as {found[key]!r} and {name!r}; name each once"
                )
            found[key] = name
            runs.append(run)
        self.found = sorted(run.run_id for run in runs if not run.root)
        return runs

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "asked": self._asked}


def runs_found(dataset: AbstractDataset[Any, Any]) -> list[str]:
    """Name the runs of the project's own data root that a node of this process has been given to compare."""
    return dataset.found if isinstance(dataset, ComparedRunsDataset) else []


class _RunsOfRoot:
    """What one data root holds."""

    def __init__(self, dataset: RunsDataset, root: str, shown: str = "") -> None:
        self._dataset, self._root, self._shown = dataset, root.rstrip("/"), shown

    def find(self) -> Iterator[PastRun]:
        """Yield its runs, newest first."""
        reported = set(complete_versions(self._open(self._dataset._report)))
        recorded = complete_versions(self._records)
        for run_id in sorted({*reported, *recorded}, reverse=True):
            sessions = self._records.read_version(run_id)["sessions"] if run_id in recorded else []
            seen = world_of(run_id, sessions)
            yield PastRun(
                run_id=run_id,
                root=self._shown,
                sessions=sessions,
                reported=run_id in reported,
                read=partial(self._read, run_id, seen),
                digest=partial(self._digest, run_id, seen),
            )

    @cached_property
    def _records(self) -> RunRecordDataset:
        path = f"{self._root}/{self._dataset._run_record}"
        return RunRecordDataset(filepath=path, version=Version(None, None), **self._granted)

    @property
    def _granted(self) -> dict[str, Any]:
        return {key: value for key, value in self._dataset._access.items() if value}

    def _read(self, run_id: str, seen: Mapping[str, str], name: str) -> Any:
        return self._find(run_id, seen, name).load()

    def _digest(self, run_id: str, seen: Mapping[str, str], name: str) -> Mapping[str, str]:
        collection = self._find(run_id, seen, name)
        return collection.digests() if isinstance(collection, VersionedCollection) else {}

    def _find(
        self, run_id: str, seen: Mapping[str, str], name: str
    ) -> AbstractVersionedDataset[Any, Any]:
        found = self._open(self._dataset._contents[name], seen.get(name)) if name in seen else None
        if found is None or not found.exists():
            raise LookupError(f"run {run_id} has no {name}")
        return found

    def _open(self, place: str, version: str | None = None) -> AbstractVersionedDataset[Any, Any]:
        path, told = f"{self._root}/{place}", Version(version, None)
        access = self._granted
        if place.endswith(".csv"):
            return TableDataset(filepath=path, version=told, **access)
        if place.endswith(".json"):
            return JsonDataset(filepath=path, version=told, **access)
        if place.endswith(".html"):
            return ReportDataset(filepath=path, version=told, **access)
        return VersionedCollection(
            path=path,
            dataset={"type": "pillow.ImageDataset"},
            filename_suffix=".png",
            version=told,
            **access,
        )

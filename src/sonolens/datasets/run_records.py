"""The records that runs leave behind, one JSON document per run id."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kedro.io import CatalogProtocol, DatasetError

from sonolens.datasets.run_record import RunRecordDataset
from sonolens.datasets.versions import complete_versions
from sonolens.lineage import RunRecord, from_document, merge_sessions

logger = logging.getLogger(__name__)

RUN_RECORD = "run_record"
"""Name of the catalog entry that holds them; without it, nothing is kept."""


def world_of(run_id: str, sessions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Tell the version of every dataset in the world of a run; none where its record tells none."""
    try:
        return merge_sessions(from_document(run_id, each) for each in sessions).world()
    except (KeyError, TypeError, ValueError):
        return {}


class RunRecords:
    """Reads and writes the documents behind the catalog's `run_record`.

    A document holds one session per process that worked under the run's id. A session is written
    more than once, always whole, into a file of its own.

    Raises:
        DatasetError: If the catalog's `run_record` is of another type than `RunRecordDataset`.
    """

    def __init__(self, catalog: CatalogProtocol[Any, Any]) -> None:
        store = catalog.get(RUN_RECORD) if RUN_RECORD in catalog else None
        if store is not None and not isinstance(store, RunRecordDataset):
            raise DatasetError(
                f"the catalog's {RUN_RECORD} is a {type(store).__name__}; declare it as "
                "sonolens.datasets.RunRecordDataset with versioned: true"
            )
        self._store = store

    def run_ids(self) -> list[str]:
        """Name the runs that left a record, newest first."""
        return complete_versions(self._store) if self._store else []

    def newest_first(self) -> Iterator[RunRecord]:
        """Yield the record of every run; one that cannot be read is left out with a warning."""
        for run_id in self.run_ids():
            try:
                sessions = self.sessions_of(run_id)
                yield merge_sessions(from_document(run_id, session) for session in sessions)
            except (DatasetError, KeyError, TypeError, ValueError) as error:
                logger.warning("The record of run %s cannot be read: %s", run_id, error)

    def newest_sessions(self, *, at_most: int) -> Iterator[dict[str, Any]]:
        """Yield what the processes of the newest runs recorded, newest first; damaged records are passed over."""
        for run_id in self.run_ids()[:at_most]:
            try:
                yield from reversed(self.sessions_of(run_id))
            except (DatasetError, KeyError, TypeError):
                continue

    def parameters_of(self, versions: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Look up the parameters that the runs of `versions` read, newest run first."""
        known = self.run_ids()
        return {
            run_id: {
                group: values
                for session in self.sessions_of(run_id)
                for group, values in session.get("parameters", {}).items()
            }
            for run_id in sorted(set(versions) & set(known), reverse=True)
        }

    def sessions_behind(self, versions: Iterable[str]) -> list[dict[str, Any]]:
        """Read what the processes of those of `versions` recorded that left a record, oldest first."""
        known = self.run_ids()
        runs = sorted(set(versions) & set(known))
        return [session for run_id in runs for session in self.sessions_of(run_id)]

    def write(self, session: dict[str, Any]) -> None:
        """Write one session of a run, beside those of other processes.

        Args:
            session: Holds at least ``run_id`` and ``session``, which identifies it in the run.
        """
        if self._store is None:
            return
        self._store.write_session(session["run_id"], session)

    def sessions_of(self, run_id: str) -> list[dict[str, Any]]:
        """Read what every process of a run recorded; nothing where no records are kept."""
        if self._store is None:
            return []
        sessions: list[dict[str, Any]] = self._store.read_version(run_id)["sessions"]
        return sessions

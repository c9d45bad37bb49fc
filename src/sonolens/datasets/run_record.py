"""The record of one run, to which several processes may write at once."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from sonolens.datasets.json_document import JsonDataset
from sonolens.datasets.whole_file import whole_file

SESSION = "session"
"""Key of a session: what no other process of its run is called; it sorts by time."""

SESSIONS = "sessions"
"""Key of a record, and the folder beside its file: what each process of the run recorded."""


class RunRecordDataset(JsonDataset):
    """A record whose processes each write a file of their own, so that none waits and none is lost.

    ``<filepath>/<run>/<name>`` says that there is a run, and ``<filepath>/<run>/sessions/<session>.json`` what one of
    its processes did. Both are read as one document, ``{"run_id": …, "sessions": […]}``, first process first. Written
    by `write_session` alone.
    """

    def write_session(self, version: str, session: Mapping[str, Any]) -> None:
        """Write what one process of a run has done, in place of what it has written before.

        Args:
            version: The run's id.
            session: Holds at least ``session``, which no other process of the run is called, and ``started``.
        """
        record = str(self._get_versioned_path(version))
        with whole_file(self._fs, f"{_sessions(record)}/{session[SESSION]}.json") as file:
            self._write(session, file)
        if not self._fs.exists(record):  # whoever is first: all would write the same
            self.replace_version(version, {"run_id": version})
        self._invalidate_cache()

    def _open_and_read(self, path: str) -> Any:
        record = super()._open_and_read(path)
        folder = _sessions(path)
        self._fs.invalidate_cache(folder)
        found = self._fs.ls(folder, detail=False) if self._fs.exists(folder) else []
        sessions = [
            json.loads(self._fs.cat_file(each)) for each in found if str(each).endswith(".json")
        ]
        # Records of an older sonolens hold their sessions themselves.
        return {**record, SESSIONS: sorted([*record.get(SESSIONS, []), *sessions], key=_order)}


def _sessions(record: str) -> str:
    return str(PurePosixPath(record).with_name(SESSIONS))


def _order(session: Mapping[str, Any]) -> tuple[str, str]:
    return str(session.get("started")), str(session.get(SESSION))

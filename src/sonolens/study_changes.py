"""Notices that a study is not what it was when an earlier run read it."""

import logging
from typing import Any

import pandas as pd
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError

from sonolens.cohort.sources import find_changes, say_changes
from sonolens.datasets.run_records import RunRecords
from sonolens.datasets.versions import complete_versions

SCANS, STUDY = "scans", "study"

logger = logging.getLogger(__name__)


class StudyChanges:
    """Compares the scans that a run selects with those of the newest earlier run that read the same study alike."""

    def __init__(self) -> None:
        self._catalog: CatalogProtocol[Any, Any] | None = None
        self._run_id = ""

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Learn where earlier scans lie."""
        self._catalog, self._run_id = catalog, run_params["run_id"]

    @hook_impl
    def before_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Compare; a difference is a warning, because the user may have made it."""
        if dataset_name != SCANS or self._catalog is None or not isinstance(data, pd.DataFrame):
            return
        version = _find_same_study(self._catalog, self._run_id)
        if version is None:
            return
        try:
            before = self._catalog[SCANS].read_version(version)
        except DatasetError as error:
            logger.warning("The scans of run %s cannot be compared with: %s", version, error)
            return
        changes = find_changes(before, data)
        if changes:
            logger.warning(
                "The study has changed since run %s read it: %s. Results of that run hold for what it was",
                version,
                say_changes(changes),
            )


def _find_same_study(catalog: CatalogProtocol[Any, Any], run_id: str) -> str | None:
    """Find the newest other run that selected scans of the same study, read with the same options and rules."""
    records = RunRecords(catalog)
    own = _told(records, run_id)
    versions = [each for each in complete_versions(catalog[SCANS]) if each != run_id]
    return next((each for each in versions if own and _told(records, each) == own), None)


def _told(records: RunRecords, run_id: str) -> dict[str, Any]:
    """What a run was told that decides which scans it selects."""
    found: dict[str, Any] = {}
    for session in records.sessions_behind([run_id]):
        settings = session.get("settings") or {}
        found |= {name: settings[name] for name in (STUDY, "screening") if name in settings}
    return found

"""Counts who looks at which test scans, and under which plan, so that a page can tell."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError

from sonolens.analysis_plan import count_looks, hash_scans, say_looks
from sonolens.datasets.run_records import RunRecords
from sonolens.datasets.versioned_collection import VersionedCollection
from sonolens.datasets.versions import complete_versions, versioned_datasets

LOOKS = "looks"
"""Catalog entry with a document for every run that looked at test scans. It is small and is never pruned."""

SPLITS, PICTURES, RUN_CONTEXT = "splits", "raw_images", "run_context"

ANSWERS = frozenset({"predictions", "view_logits", "marked_logits"})
"""Datasets with what networks say of the test scans: who makes one, or anything from one, has looked."""

logger = logging.getLogger(__name__)


class CountedLooks:
    """Writes down a look before its first number is on disk, and tells the run's nodes how many there were before.

    Registered beside `OneWorld`, whose record says what the run makes and by which plan.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._catalog: CatalogProtocol[Any, Any] | None = None
        self._session: Mapping[str, Any] = {}
        self._looking: set[str] = set()
        self._lock = Lock()

    @hook_impl(trylast=True)  # the record is opened first
    def before_pipeline_run(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Learn what the run makes; where its test scans are known already, the look begins now."""
        self._forget()
        sessions = RunRecords(catalog).sessions_of(run_params["run_id"])
        if LOOKS not in catalog or not sessions:
            return
        self._catalog, self._session = catalog, sessions[-1]
        made_from = self._session["made_from"]
        self._looking = {
            name
            for name in self._session["planned"]
            if name in ANSWERS or ANSWERS & set(made_from.get(name, ()))
        }
        if not {SPLITS, PICTURES} & set(self._session["planned"]):
            self._note()

    @hook_impl
    def before_dataset_saved(self, dataset_name: str) -> None:
        """Note the look when the first number that it made is about to be saved."""
        if dataset_name in self._looking:
            self._note()

    @hook_impl(tryfirst=True)  # before the run is sent or told
    def after_pipeline_run(self, run_params: dict[str, Any]) -> None:
        """Note a look of nodes that ran in other processes, which told nobody what they saved."""
        catalog = self._catalog
        saved = versioned_datasets(catalog, self._looking) if catalog else {}
        if any(run_params["run_id"] in complete_versions(dataset) for dataset in saved.values()):
            self._note()

    def _note(self) -> None:
        with self._lock:
            if self._catalog is None or not self._looking:
                return
            own = _describe_look(self._catalog, self._session)
            if own is None:
                return
            self._looking = set()
            looks = count_looks(read_looks(self._catalog), own)
            store = self._catalog[LOOKS]
            store.replace_version(own["run_id"], own)
            if RUN_CONTEXT in self._catalog:
                context = self._catalog[RUN_CONTEXT]
                context.save({**context.load(), "looks": looks})
        logger.info("Test scans: %s", say_looks(looks))


def read_looks(catalog: CatalogProtocol[Any, Any]) -> Iterator[dict[str, Any]]:
    """Yield the looks of all runs of a data root; one that cannot be read is left out with a warning."""
    store = catalog[LOOKS]
    for run_id in complete_versions(store):
        try:
            yield store.read_version(run_id)
        except DatasetError as error:
            logger.warning(
                "The look of run %s cannot be read and is not counted: %s", run_id, error
            )


def _describe_look(
    catalog: CatalogProtocol[Any, Any], session: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Say which scans a run looks at, by which plan; None where its split or its scans are not known."""
    run_id = session["run_id"]
    world = {**session["world"], **dict.fromkeys(session["planned"], run_id)}
    pictures = catalog.get(PICTURES) if PICTURES in catalog else None
    known = all(
        name in world and name in catalog and world[name] in complete_versions(catalog[name])
        for name in (SPLITS, PICTURES)
    )
    if not known or not isinstance(pictures, VersionedCollection):
        return None
    digests = pictures.digests(world[PICTURES])
    splits = catalog[SPLITS].read_version(world[SPLITS])
    tested = sorted(set(splits.loc[splits["partition"] == "test", "scan_id"]))
    test_scans = {scan: digests[scan] for scan in tested if scan in digests}
    return {
        "run_id": run_id,
        "started": session["started"],
        "looked": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan_sha256": session["plan_sha256"],
        "test_scans_sha256": hash_scans(test_scans),
        "study_scans_sha256": hash_scans(digests),
        "n_test_scans": len(test_scans),
    }

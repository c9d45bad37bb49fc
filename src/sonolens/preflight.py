"""What is looked at before a run begins: whether its data can be written, how much room there is, and the clock."""

import logging
import shutil
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol, DatasetError

from sonolens.datasets.run_records import RUN_RECORD
from sonolens.datasets.versions import complete_versions
from sonolens.datasets.whole_file import passing_name
from sonolens.prune import tell_bytes

LITTLE_BYTES = 1_000_000_000
"""Room below which a run is warned: the built-in study takes a fifth of it, a study of 2,000 scans about all."""

logger = logging.getLogger(__name__)


class Preflight:
    """Refuses a run whose results could not be written, before hours of work, and tells what else may go wrong."""

    def __init__(self) -> None:
        self._root = ""
        self._project = Path()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Learn where data lie."""
        loader = context.config_loader
        settings = {**loader["globals"], **(loader.runtime_params or {})}
        self._root, self._project = str(settings.get("data_root") or ""), context.project_path

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Look.

        Raises:
            DatasetError: If nothing can be written where data lie.
        """
        if self._root and "://" not in self._root:
            check_room(self._project / self._root)
        check_clock(run_params["run_id"], catalog)


def check_room(folder: Path) -> None:
    """See that a folder can be written, and warn if its disk is nearly full.

    Raises:
        DatasetError: If it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = Path(passing_name(f"{folder.as_posix()}/room"))
        probe.write_bytes(b"room")
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise DatasetError(
            f"nothing can be written to data_root {folder.name!r} ({error.strerror or error}); make room or take another "
            "folder with --params data_root=..."
        ) from error
    if free < LITTLE_BYTES:
        logger.warning(
            "Only %s are free where data_root %r lies; a run that finds the disk full stops there and keeps what is "
            "complete. `sonolens prune` makes room",
            tell_bytes(free),
            folder.name,
        )


def check_clock(run_id: str, catalog: CatalogProtocol[Any, Any]) -> None:
    """Warn if a run has an earlier time than one that is there already: its versions would pass for older ones."""
    known = complete_versions(catalog[RUN_RECORD]) if RUN_RECORD in catalog else []
    if known and run_id < known[0] and run_id not in known:
        logger.warning(
            "This run is called %s, but run %s is there already: the clock was set back, or that run's was ahead. What "
            "this run makes counts as older, so later runs may read that one's; to prevent it, set the clock or give "
            "KEDRO_RUN_ID a later time",
            run_id,
            known[0],
        )

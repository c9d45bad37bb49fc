"""The machines that a run spreads over, if it is told of any."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DatasetError
from pydantic import BaseModel, ConfigDict, Field, model_validator

CLUSTER = "cluster"
"""Group of settings in `conf/base/globals.yml`."""

logger = logging.getLogger(__name__)


class ClusterSettings(BaseModel):
    """Where work is done beside this process; nothing: in its own threads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheduler: str | None = Field(
        description="A Dask scheduler that is there already: its address, or the file that it wrote it to."
    )
    workers: int | None = Field(ge=1, description="Processes on this machine that the run starts.")

    @model_validator(mode="after")
    def _agree(self) -> "ClusterSettings":
        if self.scheduler is not None and self.workers is not None:
            raise ValueError(
                "cluster.scheduler names a cluster that has its own workers; leave cluster.workers out"
            )
        return self

    @property
    def is_asked_for(self) -> bool:
        """Whether there is anything beside this process."""
        return self.scheduler is not None or self.workers is not None


class Cluster:
    """Connects a run with its cluster before the first node and lets go of it after the last."""

    def __init__(self) -> None:
        self._settings = ClusterSettings(scheduler=None, workers=None)
        self._close: list[Callable[[], Any]] = []

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read what the run is told of machines."""
        loader = context.config_loader
        told: Mapping[str, Any] = (loader.runtime_params or {}).get(CLUSTER) or {}
        self._settings = ClusterSettings(**{**loader["globals"][CLUSTER], **told})

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Connect.

        Raises:
            DatasetError: If packages are missing or nobody answers.
        """
        if not self._settings.is_asked_for:
            return
        try:
            from dask.distributed import Client, LocalCluster  # noqa: PLC0415 - an extra

            from sonolens.worker_log import share_log  # noqa: PLC0415

            cluster = self._start(LocalCluster) if self._settings.workers else None
            client = Client(**({"address": cluster} if cluster else self._address()), timeout="20s")
        except ImportError as error:
            raise DatasetError(
                f"a cluster is asked for but {error.name} is not installed; pip install 'sonolens[cluster]'"
            ) from error
        except (OSError, TimeoutError) as error:
            raise DatasetError(
                f"no cluster answers at {self._settings.scheduler} ({error}); start its scheduler, or leave "
                "cluster.scheduler out"
            ) from error
        self._close = [client.close] + ([cluster.close] if cluster else [])
        client.wait_for_workers(1)
        share_log(client)
        logger.info("Cluster: %d workers", len(client.nthreads()))

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Let go."""
        self._let_go()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Let go."""
        self._let_go()

    def _start(self, kind: Callable[..., Any]) -> Any:
        workers = self._settings.workers
        # Any free port, also without a dashboard: two runs on one machine would ask for the same one.
        return kind(n_workers=workers, threads_per_worker=1, dashboard_address=":0")

    def _address(self) -> dict[str, str]:
        scheduler = str(self._settings.scheduler)
        return {"scheduler_file" if scheduler.endswith(".json") else "address": scheduler}

    def _let_go(self) -> None:
        for close in self._close:
            close()
        self._close = []

"""A worker of a cluster that dies with its first task in hand; one of all that share a run does."""

import os
import signal
from pathlib import Path

from distributed import Worker
from distributed.diagnostics.plugin import WorkerPlugin

DEATH = "SONOLENS_TEST_DEATH"
"""Environment variable: the file by which workers know that one has died; it holds the process that did."""


class DiesOnce(WorkerPlugin):
    """Ends its process at the start of a task, unless another has ended so before."""

    def transition(self, _key, _start, finish, **_) -> None:
        if finish != "executing":
            return
        try:
            with Path(os.environ[DEATH]).open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


async def dask_setup(worker: Worker) -> None:
    """Called by every worker as it starts."""
    await worker.plugin_add(DiesOnce())

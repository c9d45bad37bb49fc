"""The log of a cluster's workers, told by the run that they work for; needs the extra `cluster`."""

import logging
import os
from typing import Any

from dask.distributed import Client, WorkerPlugin

PACKAGE = __name__.partition(".")[0]


class QuietLog(WorkerPlugin):
    """Leaves what a worker says of scans to the run.

    Importing Kedro configures the log, which takes away whatever listened to it, so that must have happened before
    anything listens.
    """

    name = "quiet-log"

    def __init__(self) -> None:
        self.of_run = os.getpid()

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - given by Dask
        """Called in every worker as it joins."""
        if os.getpid() == self.of_run:
            return
        import kedro.framework.project  # noqa: F401, PLC0415 - this configures the log

        logging.getLogger(PACKAGE).propagate = False


def share_log(client: Client) -> None:
    """Have what workers tell of scans told by this process too, in its own log."""
    client.register_plugin(QuietLog())
    client.forward_logging(PACKAGE)  # type: ignore[no-untyped-call]

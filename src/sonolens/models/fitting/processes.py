"""Several processes that share a fit: how they start, and how they report back.

Importing this module imports Fabric; `fitting` does so only when a network is fitted.
"""

import logging
import multiprocessing
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import QueueHandler, QueueListener
from multiprocessing.queues import Queue
from typing import Literal, NoReturn

from lightning_fabric.strategies.ddp import DDPStrategy
from torch.multiprocessing.spawn import ProcessRaisedException

OURS = "sonolens"
PORT = "MASTER_PORT"


class SharedFit(DDPStrategy):
    """Data-parallel processes that are as quiet as one, and whose first one logs for all.

    Each process normalises its own share of a batch; nothing is exchanged but gradients.
    """

    def __init__(
        self, *, start_method: Literal["spawn", "fork"], records: "Queue[logging.LogRecord]"
    ) -> None:
        super().__init__(start_method=start_method, broadcast_buffers=False)
        self.records = records
        self.level = logging.getLogger(OURS).getEffectiveLevel()

    def setup_environment(self) -> None:
        """Prepare a process that has just started, before Fabric announces it."""
        logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
        # Older PyTorch knows no other name for it.
        warnings.filterwarnings("ignore", message=r".*broadcast_buffers.* is deprecated")
        logger = logging.getLogger(OURS)
        logger.setLevel(self.level)
        logger.propagate = False
        logger.handlers = (
            [QueueHandler(self.records)] if self.local_rank == 0 else [logging.NullHandler()]
        )
        super().setup_environment()


class Relay(logging.Handler):
    """Hands a record to the logger of this process that has the name of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record here."""
        logging.getLogger(record.name).handle(record)


@contextmanager
def shared_fit(strategy: str) -> Iterator[SharedFit]:
    """Make the strategy of one fit, whose log lines appear in this process until the block ends.

    Args:
        strategy: A name in `STRATEGIES`.
    """
    start_method: Literal["spawn", "fork"] = "fork" if strategy == "ddp_fork" else "spawn"
    records = multiprocessing.get_context(start_method).Queue()
    listener = QueueListener(records, Relay())
    listener.start()
    port = os.environ.get(PORT)
    try:
        yield SharedFit(start_method=start_method, records=records)
    except ProcessRaisedException as error:
        _raise_as_one_process_would(error)
    finally:
        listener.stop()
        records.close()
        # Two fits at once would otherwise meet at the port of the first.
        if port is None:
            os.environ.pop(PORT, None)


def _raise_as_one_process_would(error: ProcessRaisedException) -> NoReturn:
    # The text ends with the traceback of the process, whose last line is type and message.
    kind, _, message = str(error).rstrip().rpartition("\n")[2].partition(": ")
    if kind == FloatingPointError.__name__:
        raise FloatingPointError(message) from error
    raise RuntimeError(message or kind) from error

"""Lightning kept quiet, and the user's interrupt and environment handed back as they were."""

import logging
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

ANNOUNCERS = ("pytorch_lightning", "lightning_fabric")
PORT = "MASTER_PORT"


def ignore_what_is_meant() -> None:
    """Filter warnings of things that are so on purpose, or that no user can mend."""
    # Lightning 2.6 still uses a class that newer PyTorch deprecates.
    warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
    # Frozen batch normalisation is in evaluation mode on purpose.
    warnings.filterwarnings("ignore", message=r"Found \d+ module\(s\) in eval mode")
    # Older PyTorch knows no other name for it.
    warnings.filterwarnings("ignore", message=r".*broadcast_buffers.* is deprecated")


def silence_announcers() -> None:
    """Keep Lightning from announcing devices and tips."""
    for name in ANNOUNCERS:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Silence Lightning inside the block, and undo afterwards what it does to the process.

    Raises:
        KeyboardInterrupt: The user interrupted the fit, which Lightning turns into an exit with
            interrupts switched off.
    """
    levels = {name: logging.getLogger(name).level for name in ANNOUNCERS}
    on_interrupt, port = signal.getsignal(signal.SIGINT), os.environ.get(PORT)
    silence_announcers()
    try:
        with warnings.catch_warnings():
            ignore_what_is_meant()
            yield
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            signal.signal(signal.SIGINT, on_interrupt)
            raise error.__context__ from None
        raise
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        # Two fits at once would otherwise meet at the port of the first.
        if port is None:
            os.environ.pop(PORT, None)

"""How far a fit is: a bar on a terminal, otherwise one log line per epoch.

Importing this module imports Lightning; `fitting` does so only when a network is fitted.
"""

import logging
from types import TracebackType

import pytorch_lightning as lightning
from rich import get_console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sonolens.models.training_loop import BestWeights, Epoch

logger = logging.getLogger(__name__)


class FittingProgress(lightning.Callback):
    """Tells the losses of each epoch that `best_weights`, which must come before it, wrote down.

    Used as a context, it closes its bar even when the fit fails.
    """

    def __init__(self, best_weights: BestWeights, *, name: str, epochs: int) -> None:
        self.best_weights = best_weights
        self.name = name
        self.epochs = epochs
        # Kedro's log handler writes to the same console, so lines and bar do not tear each other.
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("batches"),
            TimeElapsedColumn(),
            console=get_console(),
            disable=not get_console().is_terminal,
        )
        self.task = self.bar.add_task(f"Fitting {name}", total=None)

    def __enter__(self) -> "FittingProgress":
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def on_train_start(self, trainer: lightning.Trainer, *_: object) -> None:
        """Tell the bar how many batches there are at most."""
        self.bar.update(self.task, total=self.epochs * int(trainer.num_training_batches))

    def on_train_batch_end(self, *_: object) -> None:
        """Move the bar on by one batch."""
        self.bar.advance(self.task)

    def on_train_epoch_end(self, *_: object) -> None:
        """Say what the epoch showed."""
        line = self._line(self.best_weights.epochs[-1])
        if self.bar.disable:
            logger.info("%s", line)
        else:
            self.bar.update(self.task, description=line)

    def _line(self, epoch: Epoch) -> str:
        best = self.best_weights.best
        mark = ", best so far" if epoch == best else ""
        return (
            f"Fitting {self.name}: epoch {epoch.epoch} of at most {self.epochs}, train loss "
            f"{epoch.train_loss:.4f}, validation loss {epoch.validation_loss:.4f}{mark}"
        )

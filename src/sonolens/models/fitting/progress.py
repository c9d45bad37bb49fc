"""How far a fit is: a bar on a terminal, otherwise one log line per epoch.

Importing this module imports Lightning; `fitting` does so only when a network is fitted.
"""

import logging

import pytorch_lightning as lightning
from rich import get_console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sonolens.models.fitting.schedule import Schedule
from sonolens.models.fitting.training_loop import CourseKeeper

logger = logging.getLogger(__name__)


class FittingProgress(lightning.Callback):
    """Tells the losses of each epoch that `keeper`, which must come before it, wrote down.

    Of several devices only the first tells.
    """

    def __init__(self, keeper: CourseKeeper, *, name: str, schedule: Schedule) -> None:
        self.keeper = keeper
        self.name = name
        self.schedule = schedule
        self.bar: Progress | None = None

    def on_train_start(self, trainer: lightning.Trainer, *_: object) -> None:
        """Open the bar, where there is a terminal, and tell it how many batches there are at most."""
        console = get_console()
        if not (trainer.is_global_zero and console.is_terminal):
            return
        batches = int(trainer.num_training_batches)
        # Kedro's log handler writes to the same console, so lines and bar do not tear each other.
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("batches"),
            TimeElapsedColumn(),
            console=console,
        )
        self.bar.add_task(
            f"Fitting {self.name}",
            total=self.schedule.epochs * batches,
            completed=len(self.keeper.course.epochs) * batches,
        )
        self.bar.start()

    def on_train_batch_end(self, *_: object) -> None:
        """Move the bar on by one batch."""
        if self.bar is not None:
            self.bar.advance(self.bar.task_ids[0])

    def on_train_epoch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        """Say what the epoch showed."""
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=self._line())
        elif trainer.is_global_zero:
            logger.info("%s", self._line())

    def on_train_end(self, *_: object) -> None:
        """Close the bar."""
        self._close()

    def on_exception(self, *_: object) -> None:
        """Close the bar when the fit fails, too."""
        self._close()

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _line(self) -> str:
        course = self.keeper.course
        epoch = course.epochs[-1]
        improved = course.improved(patience=self.schedule.patience)
        losses = [
            f"{name} loss {loss:.4f}{' (best so far)' if name in improved else ''}"
            for name, loss in epoch.watched_losses.items()
        ]
        return (
            f"Fitting {self.name}: epoch {epoch.epoch} of at most {self.schedule.epochs}, "
            f"train loss {epoch.train_loss:.4f}, {', '.join(losses)}"
        )

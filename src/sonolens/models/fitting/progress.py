"""How far a fit is: a bar on a terminal, otherwise one log line per epoch."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich import get_console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sonolens.models.fitting.batches import Batch, ScanBatches
from sonolens.models.fitting.early_stopping import TrainingHistory
from sonolens.models.fitting.schedule import Schedule

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FittingProgress:
    """Tells how far the fit `name` is, on `bar` where there is one."""

    name: str
    schedule: Schedule
    bar: Progress | None

    def follow(self, batches: ScanBatches, *, epoch: int) -> Iterator[Batch]:
        """Yield the batches of an epoch, moving the bar on by each; early stopping may spare some."""
        if self.bar is not None:
            total, done = self.schedule.epochs * len(batches), (epoch - 1) * len(batches)
            self.bar.update(self.bar.task_ids[0], total=total, completed=done)
        for batch in batches:
            yield batch
            if self.bar is not None:
                self.bar.advance(self.bar.task_ids[0])

    def tell(self, history: TrainingHistory) -> None:
        """Say what the newest epoch showed."""
        epoch = history.epochs[-1]
        improved = history.improved(patience=self.schedule.patience)
        losses = [
            f"{name} loss {loss:.4f}{' (best so far)' if name in improved else ''}"
            for name, loss in epoch.watched_losses.items()
        ]
        line = (
            f"Fitting {self.name}: epoch {epoch.epoch} of at most {self.schedule.epochs}, "
            f"train loss {epoch.train_loss:.4f}, {', '.join(losses)}"
        )
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=line)
        else:
            logger.info("%s", line)


@contextmanager
def fitting_progress(name: str, *, schedule: Schedule, shown: bool) -> Iterator[FittingProgress]:
    """Open the bar of the fit `name`, where there is a terminal and it is to be `shown`."""
    console = get_console()
    if not (shown and console.is_terminal):
        yield FittingProgress(name, schedule, bar=None)
        return
    # Kedro's log handler writes to the same console, so lines and bar do not tear each other.
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("batches"), TimeElapsedColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console) as bar:
        bar.add_task(f"Fitting {name}", total=None)
        yield FittingProgress(name, schedule, bar=bar)

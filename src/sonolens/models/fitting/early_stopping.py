"""Early stopping: what the epochs of a fit showed, and which of them each watched partition keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import pandas as pd
from torch import Tensor

WATCHABLE = ("validation", "test")
"""Partitions whose loss may choose an epoch; the table of epochs has a column for each."""

State: TypeAlias = Mapping[str, Tensor]
"""What a fit changes in a network: the weights that learn and the buffers, by name, on the CPU."""


@dataclass(frozen=True)
class Epoch:
    """What one epoch showed; losses are means over scans of the binary cross-entropy.

    Attributes:
        epoch: Number of the epoch, from 1.
        train_loss: Mean over the training scans, each taken before the step of its own batch.
        watched_losses: Mean over each watched partition after the epoch, as it will be predicted.
        learning_rate: Adam's step size.
        seconds: Duration, measuring included.
    """

    epoch: int
    train_loss: float
    watched_losses: Mapping[str, float]
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class BestEpoch:
    """Which epoch a partition's losses choose.

    Attributes:
        epoch: The epoch of the lowest loss, the earliest of equals, among those up to `last_epoch`.
        last_epoch: The last epoch that counts.
        closed: Whether patience has run out, so that later epochs do not count.
    """

    epoch: int
    last_epoch: int
    closed: bool


def best_epoch(losses: Sequence[float], *, patience: int) -> BestEpoch:
    """Follow the losses of one partition as early stopping does.

    Args:
        losses: Loss after each epoch, at least one.
        patience: Epochs without a lower loss that close the partition.

    Returns:
        What a fit that watches this partition alone would have kept by now.

    Examples:
        >>> best_epoch([0.7, 0.5, 0.6, 0.6, 0.1], patience=2)
        BestEpoch(epoch=2, last_epoch=4, closed=True)
        >>> best_epoch([0.7, 0.5, 0.6], patience=2)
        BestEpoch(epoch=2, last_epoch=3, closed=False)
    """
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best >= patience:
            return BestEpoch(epoch=best, last_epoch=epoch, closed=True)
    return BestEpoch(epoch=best, last_epoch=len(losses), closed=False)


@dataclass(frozen=True)
class TrainingHistory:
    """What a fit has shown and kept so far.

    Attributes:
        epochs: One entry per finished epoch.
        kept: State of the network after the best epoch of each watched partition.
    """

    epochs: tuple[Epoch, ...]
    kept: Mapping[str, State]

    def best_epochs(self, *, patience: int) -> dict[str, BestEpoch]:
        """Follow each watched partition; empty before the first epoch."""
        watched = self.epochs[0].watched_losses if self.epochs else {}
        return {
            name: best_epoch(
                [epoch.watched_losses[name] for epoch in self.epochs], patience=patience
            )
            for name in watched
        }

    def improved(self, *, patience: int) -> list[str]:
        """Partitions for which the newest epoch is the best."""
        best = self.best_epochs(patience=patience)
        return [name for name, its in best.items() if its.epoch == len(self.epochs)]

    def is_over(self, *, epochs: int, patience: int) -> bool:
        """Whether all epochs are done, or every watched partition is closed."""
        best = self.best_epochs(patience=patience).values()
        return len(self.epochs) >= epochs or (bool(best) and all(its.closed for its in best))

    def with_epoch(self, epoch: Epoch) -> "TrainingHistory":
        """Add an epoch; what is kept stays."""
        return replace(self, epochs=(*self.epochs, epoch))

    def with_kept(self, state: State, *, partitions: Sequence[str]) -> "TrainingHistory":
        """Keep `state` as the best of `partitions`."""
        return replace(self, kept={**self.kept, **dict.fromkeys(partitions, state)})

    def table(self) -> pd.DataFrame:
        """One row per epoch: ``epoch, train_loss, validation_loss, test_loss, learning_rate, seconds``.

        The loss of a partition that was not watched is NaN.
        """
        rows = [
            {
                "epoch": epoch.epoch,
                "train_loss": epoch.train_loss,
                **{
                    f"{name}_loss": epoch.watched_losses.get(name, float("nan"))
                    for name in WATCHABLE
                },
                "learning_rate": epoch.learning_rate,
                "seconds": epoch.seconds,
            }
            for epoch in self.epochs
        ]
        return pd.DataFrame(rows)

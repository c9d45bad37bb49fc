"""The training loop: a Lightning module that minimises the loss, and a keeper of its best weights.

Importing this module imports Lightning; `fitting` does so only when a network is fitted.
"""

import math
import time
from dataclasses import dataclass

import pytorch_lightning as lightning
import torch
from torch import Tensor, nn

from sonolens.models.batches import Batch
from sonolens.models.classifier import ScanClassifier


@dataclass(frozen=True)
class Epoch:
    """What one epoch showed; losses are means over scans of the binary cross-entropy."""

    epoch: int
    train_loss: float
    validation_loss: float
    learning_rate: float
    seconds: float


@dataclass
class MeanLoss:
    """A mean over scans, summed up batch by batch without waiting for the device."""

    total: Tensor | float = 0.0
    scans: int = 0

    def add(self, loss: Tensor, *, scans: int) -> None:
        """Add the mean loss of a batch of `scans`."""
        self.total = self.total + loss.detach() * scans
        self.scans += scans

    def value(self) -> float:
        """Mean over all scans added so far."""
        return float(self.total) / self.scans


class LossMinimiser(lightning.LightningModule):
    """Minimises the binary cross-entropy of a network with Adam.

    Attributes:
        train_mean: Mean loss of the running epoch, each batch before its own step.
        validation_mean: Mean loss of the validation scans after the epoch.
    """

    def __init__(self, network: ScanClassifier, *, learning_rate: float) -> None:
        super().__init__()
        self.network = network
        self.learning_rate = learning_rate
        self.train_mean = MeanLoss()
        self.validation_mean = MeanLoss()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam over the weights that learn."""
        learning = [weight for weight in self.network.parameters() if weight.requires_grad]
        return torch.optim.Adam(learning, lr=self.learning_rate, fused=True)

    def on_train_epoch_start(self) -> None:
        """Start both means anew."""
        self.train_mean, self.validation_mean = MeanLoss(), MeanLoss()

    def training_step(self, batch: Batch, _number: int) -> Tensor:
        """Loss of one batch, from which Lightning takes the gradient."""
        return self._loss(batch, mean=self.train_mean)

    def validation_step(self, batch: Batch, _number: int) -> None:
        """Add one batch to the validation loss."""
        self._loss(batch, mean=self.validation_mean)

    def _loss(self, batch: Batch, *, mean: MeanLoss) -> Tensor:
        scans, labels = batch
        loss = nn.functional.binary_cross_entropy_with_logits(self.network(scans), labels)
        mean.add(loss, scans=len(scans))
        return loss


class BestWeights(lightning.Callback):
    """Writes down every epoch, keeps the weights of the best and ends a fit that stopped improving.

    Attributes:
        epochs: One entry per finished epoch.
        best: The epoch of the lowest validation loss, the earliest if several are equal.
        state: The weights after that epoch, on the CPU.
    """

    def __init__(self, *, patience: int) -> None:
        self.patience = patience
        self.epochs: list[Epoch] = []
        self.best: Epoch | None = None
        self.state: dict[str, Tensor] = {}
        self.started = 0.0

    def on_train_epoch_start(
        self,
        trainer: lightning.Trainer,  # noqa: ARG002 - the signature is Lightning's
        pl_module: lightning.LightningModule,  # noqa: ARG002
    ) -> None:
        """Start the clock."""
        self.started = time.monotonic()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Judge the epoch by its validation loss, which Lightning has measured by now."""
        minimiser = pl_module
        assert isinstance(minimiser, LossMinimiser)  # noqa: S101 - narrows Lightning's signature
        epoch = Epoch(
            epoch=trainer.current_epoch + 1,
            train_loss=minimiser.train_mean.value(),
            validation_loss=minimiser.validation_mean.value(),
            learning_rate=trainer.optimizers[0].param_groups[0]["lr"],
            seconds=time.monotonic() - self.started,
        )
        _refuse_broken_losses(epoch)
        self.epochs.append(epoch)
        if self.best is None or epoch.validation_loss < self.best.validation_loss:
            self.best = epoch
            state = minimiser.network.state_dict()
            self.state = {name: tensor.cpu().clone() for name, tensor in state.items()}
        trainer.should_stop = epoch.epoch - self.best.epoch >= self.patience


def _refuse_broken_losses(epoch: Epoch) -> None:
    for name, loss in (("training", epoch.train_loss), ("validation", epoch.validation_loss)):
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the {name} loss became {loss} in epoch {epoch.epoch}; "
                f"lower the learning rate, which is {epoch.learning_rate:g}"
            )

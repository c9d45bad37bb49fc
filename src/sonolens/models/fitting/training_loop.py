"""The training loop: a Lightning module that minimises the loss, and a keeper of what it shows.

Importing this module imports Lightning; `fitting` does so only when a network is fitted.
"""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pytorch_lightning as lightning
import torch
from torch import Tensor, nn

from sonolens.models.allocator import keep_freed_memory
from sonolens.models.devices import evaluating
from sonolens.models.fitting.augmentation import AugmentationRanges
from sonolens.models.fitting.batches import Batch, ScanBatches, Share
from sonolens.models.fitting.checkpoints import (
    Checkpoint,
    CheckpointSlot,
    Learner,
    changing_state,
    pack_checkpoint,
)
from sonolens.models.fitting.early_stopping import Course, Epoch
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.schedule import Schedule
from sonolens.models.fitting.seeds import LAYERS, SCANS, epoch_seed, seed_layers
from sonolens.models.networks.classifier import ScanClassifier
from sonolens.models.prediction import judge_batches

NAMED_SCANS = 8
"""How many scans an error names before it only counts them."""


@dataclass(frozen=True)
class Plan:
    """What a fit learns from, what it watches, and how; the arguments of `fit_network`."""

    train: LabelledScans
    watched: Mapping[str, LabelledScans]
    schedule: Schedule
    augmentation: AugmentationRanges
    seed: int


class LossMinimiser(lightning.LightningModule):
    """Minimises the binary cross-entropy of a network with Adam.

    Attributes:
        finished: Epochs that were done before this one began to learn.
        loss_sum: Sum over this device's scans of the running epoch, each before its own step.
    """

    def __init__(
        self, network: ScanClassifier, *, plan: Plan, finished: int, learner: Learner | None
    ) -> None:
        super().__init__()
        self.network = network
        self.plan = plan
        self.finished = finished
        self.learner = learner
        self.loss_sum = 0.0
        self.batches: ScanBatches

    @property
    def epoch(self) -> int:
        """Number of the running epoch over the whole fit, from 1."""
        return self.finished + self.current_epoch + 1

    def setup(self, stage: str) -> None:  # noqa: ARG002 - the signature is Lightning's
        """Prepare the process that learns, which may be a new one."""
        keep_freed_memory()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam over the weights that learn, taken up where the last epoch left it."""
        learning = [weight for weight in self.network.parameters() if weight.requires_grad]
        adam = torch.optim.Adam(learning, lr=self.plan.schedule.learning_rate, fused=True)
        if self.learner is not None:
            adam.load_state_dict(dict(self.learner.optimizer))
        return adam

    def train_dataloader(self) -> Iterable[Batch]:
        """Cut the batches of the epoch that comes next; Lightning asks anew for each."""
        self.batches = ScanBatches(
            self.plan.train,
            batch_size=self.plan.schedule.batch_size,
            augmentation=self.plan.augmentation,
            seed=epoch_seed(self.plan.seed, epoch=self.epoch, stream=SCANS),
            share=Share(self.trainer.global_rank, self.trainer.world_size),
        )
        return self.batches

    def on_train_start(self) -> None:
        """Take up the gradient scaler."""
        if self.learner is not None:
            self.trainer.precision_plugin.load_state_dict(dict(self.learner.precision))
        self.learner = None

    def on_train_epoch_start(self) -> None:
        """Start the mean anew and seed random layers."""
        self.loss_sum = 0.0
        stream = LAYERS + self.trainer.global_rank
        seed_layers(self.device, seed=epoch_seed(self.plan.seed, epoch=self.epoch, stream=stream))

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """This device's part of the mean loss of a batch, from which Lightning takes the gradient."""
        scans, labels, batch_scans = batch
        loss = nn.functional.binary_cross_entropy_with_logits(
            self.network(scans), labels, reduction="sum"
        )
        value = loss.item()
        if not math.isfinite(value):
            self._refuse_batch(value, number=number)
        self.loss_sum += value
        # Lightning averages gradients over devices, whose shares of a batch may differ.
        return loss * (self.trainer.world_size / batch_scans)

    def _refuse_batch(self, loss: float, *, number: int) -> None:
        rate = self.plan.schedule.learning_rate
        ids = [self.plan.train.scan_ids[position] for position in self.batches.batches[number]]
        raise FloatingPointError(
            f"the train loss became {loss} in epoch {self.epoch}, batch {number + 1} of "
            f"{len(self.batches)}, with the scans {_listed(ids)}; look at these, or lower the "
            f"learning rate, which is {rate:g}"
        )


class CourseKeeper(lightning.Callback):
    """Measures every epoch, keeps the best weights, writes checkpoints and ends the fit.

    Attributes:
        course: What the fit has shown and kept so far.
        slot: Where the state is written after each epoch but the last.
        result: Where the course is written once the fit is over, for the process that asked for it.
    """

    def __init__(
        self, course: Course, *, slot: CheckpointSlot | None, result: CheckpointSlot | None
    ) -> None:
        self.course = course
        self.slot = slot
        self.result = result
        self.started = 0.0

    def on_train_epoch_start(self, *_: object) -> None:
        """Start the clock."""
        self.started = time.monotonic()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Measure the watched partitions and judge."""
        minimiser = pl_module
        assert isinstance(minimiser, LossMinimiser)  # noqa: S101 - narrows Lightning's signature
        schedule = minimiser.plan.schedule
        _share_statistics(minimiser)
        epoch = Epoch(
            epoch=minimiser.epoch,
            train_loss=_total(minimiser, minimiser.loss_sum) / len(minimiser.plan.train),
            watched_losses={
                name: _measure(minimiser, name=name) for name in minimiser.plan.watched
            },
            learning_rate=trainer.optimizers[0].param_groups[0]["lr"],
            seconds=time.monotonic() - self.started,
        )
        self.course = self.course.with_epoch(epoch)
        over = self.course.is_over(epochs=schedule.epochs, patience=schedule.patience)
        trainer.should_stop = over
        if trainer.is_global_zero:
            self._keep(minimiser, over=over)

    def _keep(self, minimiser: LossMinimiser, *, over: bool) -> None:
        improved = self.course.improved(patience=minimiser.plan.schedule.patience)
        state = changing_state(minimiser.network) if improved or self.slot is not None else {}
        self.course = self.course.with_kept(state, partitions=improved)
        if over and self.result is not None:
            self.result.write(pack_checkpoint(Checkpoint(self.course, learner=None)))
        if not over and self.slot is not None:
            learner = Learner(
                weights=state,
                optimizer=minimiser.trainer.optimizers[0].state_dict(),
                precision=minimiser.trainer.precision_plugin.state_dict(),
            )
            self.slot.write(pack_checkpoint(Checkpoint(self.course, learner=learner)))


def _measure(minimiser: LossMinimiser, *, name: str) -> float:
    """Mean loss of a watched partition, each device judging its share, in full precision."""
    scans, schedule = minimiser.plan.watched[name], minimiser.plan.schedule
    trainer = minimiser.trainer
    share = np.arange(len(scans))[trainer.global_rank :: trainer.world_size]
    parts = [
        share[start : start + schedule.batch_size]
        for start in range(0, len(share), schedule.batch_size)
    ]
    with evaluating(minimiser.network):
        logits = judge_batches(minimiser.network, (scans.read(part) for part in parts))
    broken = ~np.isfinite(logits)
    if broken.any():
        ids = [scans.scan_ids[position] for position in share[broken]]
        raise FloatingPointError(
            f"the {name} loss became {logits[broken][0]} after epoch {minimiser.epoch}, with the "
            f"scans {_listed(ids)}; lower the learning rate, which is {schedule.learning_rate:g}"
        )
    signed = np.where(scans.labels[share], -logits, logits).astype(np.float64)
    losses = np.logaddexp(0, signed)
    return _total(minimiser, float(losses.sum())) / len(scans)


def _total(minimiser: LossMinimiser, value: float) -> float:
    """Sum of `value` over all devices."""
    if minimiser.trainer.world_size == 1:
        return value
    ours = torch.tensor(value, dtype=torch.float64, device=minimiser.device)
    return float(minimiser.trainer.strategy.reduce(ours, reduce_op="sum"))


def _share_statistics(minimiser: LossMinimiser) -> None:
    """Give batch normalisations that learn the mean of the statistics that the devices collected."""
    if minimiser.trainer.world_size == 1:
        return
    for module in minimiser.network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training:
            for statistic in (module.running_mean, module.running_var):
                if statistic is not None:
                    statistic.copy_(
                        minimiser.trainer.strategy.reduce(statistic.clone(), reduce_op="mean")
                    )


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - NAMED_SCANS} more" if len(ids) > NAMED_SCANS else ""
    return ", ".join(ids[:NAMED_SCANS]) + more

"""The training loop, as each process of a fit runs it.

Importing this module imports Fabric; `fitting` does so only when a network is fitted.
"""

import math
import time
from copy import deepcopy

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer
from torch import nn

from sonolens.models.allocator import keep_freed_memory
from sonolens.models.devices import evaluating
from sonolens.models.fitting.batches import ScanBatches, Share
from sonolens.models.fitting.checkpoints import (
    Checkpoint,
    CheckpointSlot,
    Learner,
    changing_state,
    pack_checkpoint,
)
from sonolens.models.fitting.early_stopping import Epoch, TrainingHistory
from sonolens.models.fitting.guidance import GuidedNetwork, OutOfBounds, ShareBatch
from sonolens.models.fitting.plan import FitPlan
from sonolens.models.fitting.progress import FittingProgress, fitting_progress
from sonolens.models.fitting.seeds import LAYERS, SCANS, epoch_seed, seed_layers
from sonolens.models.networks.classifier import LogitBatch, ScanBatch, ScanClassifier
from sonolens.models.prediction import judge_batches

NAMED_SCANS = 8
"""How many scans an error names before it only counts them."""


def run_epochs(
    fabric: Fabric,
    *,
    network: ScanClassifier,
    plan: FitPlan,
    found: Checkpoint,
    slot: CheckpointSlot | None,
    name: str,
) -> TrainingHistory:
    """Run the epochs that are left: learn, measure, keep the best weights, write a checkpoint.

    Args:
        fabric: Devices and precision of this process.
        network: Where the fit started; it is left unchanged.
        plan: What it learns from, and how.
        found: What it has shown so far, and what it needs to go on.
        slot: Where its state is written after each epoch but the last.
        name: What log lines and the progress bar call it.

    Returns:
        What the whole fit showed; what it kept only in the first of several processes.

    Raises:
        FloatingPointError: A loss became infinite or undefined; epoch, batch and scans are named.
    """
    keep_freed_memory()
    schedule, history = plan.schedule, found.history
    # Processes that were spawned share the memory of every tensor that they were sent.
    network, learner = deepcopy(network).train(), deepcopy(found.learner)
    learning = [weight for weight in network.parameters() if weight.requires_grad]
    adam = torch.optim.Adam(learning, lr=schedule.learning_rate, fused=True)
    module = network if plan.guidance is None else GuidedNetwork(network)
    forward, optimizer = fabric.setup(module, adam)
    if learner is not None:
        network.load_state_dict({**network.state_dict(), **learner.weights})
        adam.load_state_dict(dict(learner.optimizer))
        fabric.strategy.precision.load_state_dict(dict(learner.precision))
    with fitting_progress(name, schedule=schedule, shown=fabric.is_global_zero) as progress:
        while not history.is_over(epochs=schedule.epochs, patience=schedule.patience):
            epoch, started = len(history.epochs) + 1, time.monotonic()
            train_loss = _learn(
                fabric, forward, optimizer, plan=plan, epoch=epoch, progress=progress
            )
            _share_statistics(fabric, network)
            losses = {
                partition: _measure(fabric, network, plan=plan, partition=partition, epoch=epoch)
                for partition in plan.watched
            }
            seconds = time.monotonic() - started
            shown = Epoch(epoch, train_loss, losses, adam.param_groups[0]["lr"], seconds)
            history = history.with_epoch(shown)
            if fabric.is_global_zero:
                history = _keep(fabric, network, adam, history=history, plan=plan, slot=slot)
                progress.tell(history)
    return history


def _learn(
    fabric: Fabric,
    forward: _FabricModule,
    optimizer: _FabricOptimizer,
    *,
    plan: FitPlan,
    epoch: int,
    progress: FittingProgress,
) -> float:
    """Learn from every training scan once; gives their mean cross-entropy, each before its batch's step."""
    batches = ScanBatches(
        plan.train,
        batch_size=plan.schedule.batch_size,
        augmentation=plan.augmentation,
        seed=epoch_seed(plan.seed, epoch=epoch, stream=SCANS),
        share=Share(fabric.global_rank, fabric.world_size),
    )
    stream = LAYERS + fabric.global_rank
    seed_layers(fabric.device, seed=epoch_seed(plan.seed, epoch=epoch, stream=stream))
    loss_sum = 0.0
    for number, (scans, labels, batch_scans) in enumerate(progress.follow(batches, epoch=epoch)):
        where = None if plan.guidance is None else plan.guidance.of_batch(batches, number)
        logits, astray = _judge(fabric, forward, scans, where)
        targets = fabric.to_device(labels)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="sum")
        loss_sum += loss.item()
        if not math.isfinite(loss_sum):
            ids = [plan.train.scan_ids[position] for position in batches.batches[number]]
            raise FloatingPointError(
                f"the train loss became {loss.item()} in epoch {epoch}, batch {number + 1} of "
                f"{len(batches)}, with the scans {_listed(ids)}; look at these, or lower the "
                f"learning rate, which is {plan.schedule.learning_rate:g}"
            )
        if plan.guidance is not None and astray is not None:
            loss = loss + plan.guidance.weight * astray.sum()
        optimizer.zero_grad()
        # Gradients are averaged over devices, whose shares of a batch may differ.
        fabric.backward(loss * (fabric.world_size / batch_scans))
        optimizer.step()
    return _total(fabric, loss_sum) / len(plan.train)


def _judge(
    fabric: Fabric, forward: _FabricModule, scans: ScanBatch, where: OutOfBounds | None
) -> tuple[LogitBatch, ShareBatch | None]:
    """Logits of a batch, and what share of their evidence is astray where a fit is guided."""
    if where is None:
        return forward(fabric.to_device(scans)), None
    logits, astray = forward(fabric.to_device(scans), fabric.to_device(where))
    return logits, astray


def _share_statistics(fabric: Fabric, network: ScanClassifier) -> None:
    """Give batch normalisations that learn the mean of the statistics that the devices collected."""
    if fabric.world_size == 1:
        return
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training:
            for statistic in (module.running_mean, module.running_var):
                if statistic is not None:
                    statistic.copy_(fabric.strategy.all_reduce(statistic.clone(), reduce_op="mean"))


def _measure(
    fabric: Fabric, network: ScanClassifier, *, plan: FitPlan, partition: str, epoch: int
) -> float:
    """Mean loss of a watched partition, each device judging its share, in full precision."""
    scans, schedule = plan.watched[partition], plan.schedule
    share = np.arange(len(scans))[fabric.global_rank :: fabric.world_size]
    parts = [
        share[start : start + schedule.batch_size]
        for start in range(0, len(share), schedule.batch_size)
    ]
    with evaluating(network):
        logits = judge_batches(network, (scans.read(part) for part in parts))
    broken = ~np.isfinite(logits)
    if broken.any():
        ids = [scans.scan_ids[position] for position in share[broken]]
        raise FloatingPointError(
            f"the {partition} loss became {logits[broken][0]} after epoch {epoch}, with the "
            f"scans {_listed(ids)}; lower the learning rate, which is {schedule.learning_rate:g}"
        )
    signed = np.where(scans.labels[share], -logits, logits).astype(np.float64)
    return _total(fabric, float(np.logaddexp(0, signed).sum())) / len(scans)


def _keep(
    fabric: Fabric,
    network: ScanClassifier,
    adam: torch.optim.Adam,
    *,
    history: TrainingHistory,
    plan: FitPlan,
    slot: CheckpointSlot | None,
) -> TrainingHistory:
    """Keep the weights where the newest epoch is the best, and write what it takes to go on."""
    epochs, patience = plan.schedule.epochs, plan.schedule.patience
    improved = history.improved(patience=patience)
    state = changing_state(network) if improved or slot is not None else {}
    history = history.with_kept(state, partitions=improved)
    if slot is not None and not history.is_over(epochs=epochs, patience=patience):
        learner = Learner(
            weights=state,
            optimizer=adam.state_dict(),
            precision=fabric.strategy.precision.state_dict(),
        )
        slot.write(pack_checkpoint(Checkpoint(history, learner=learner)))
    return history


def _total(fabric: Fabric, value: float) -> float:
    """Sum of `value` over all devices."""
    if fabric.world_size == 1:
        return value
    ours = torch.tensor(value, dtype=torch.float64, device=fabric.device)
    return float(fabric.strategy.all_reduce(ours, reduce_op="sum"))


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - NAMED_SCANS} more" if len(ids) > NAMED_SCANS else ""
    return ", ".join(ids[:NAMED_SCANS]) + more

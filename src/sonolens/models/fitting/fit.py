"""Fitting: a network and labelled scans in, better weights and the history of the fit out."""

import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

import pandas as pd

from sonolens.models.allocator import batches_that_fit
from sonolens.models.fitting.checkpoints import (
    Checkpoint,
    CheckpointSlot,
    changing_state,
    check_checkpoint,
    pack_checkpoint,
    unpack_checkpoint,
)
from sonolens.models.fitting.early_stopping import WATCHABLE, State, TrainingHistory
from sonolens.models.fitting.guidance import why_not_guided
from sonolens.models.fitting.labelled_scans import LabelledScans
from sonolens.models.fitting.machine import Machine, check_machine
from sonolens.models.fitting.plan import FitPlan
from sonolens.models.fitting.schedule import Schedule
from sonolens.models.networks.classifier import ScanClassifier

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What a fit keeps for one watched partition.

    Attributes:
        epoch: The epoch, counted from 1, of the lowest loss on the partition.
        last_epoch: The last epoch that a fit watching only this partition would have run.
        state: The weights that learned and the buffers after that epoch, by name, on the CPU.
    """

    epoch: int
    last_epoch: int
    state: State


@dataclass(frozen=True)
class Fit:
    """A fitted network.

    Attributes:
        history: One row per epoch, with the columns of `TrainingHistory.table`.
        kept: What each watched partition chose.
        start: The network before the fit.
    """

    history: pd.DataFrame
    kept: Mapping[str, Kept]
    start: ScanClassifier = field(repr=False)

    def network_of(self, partition: str) -> ScanClassifier:
        """Build the network of the epoch that `partition` chose, in evaluation mode on the CPU.

        Raises:
            ValueError: The fit did not watch `partition`.
        """
        if partition not in self.kept:
            raise ValueError(
                f"the fit watched {', '.join(self.kept)} but not {partition}; choose one of these"
            )
        network = deepcopy(self.start).cpu()
        network.load_state_dict({**network.state_dict(), **self.kept[partition].state})
        return network.eval()


def fit_network(
    network: ScanClassifier,
    *,
    plan: FitPlan,
    machine: Machine,
    checkpoint: CheckpointSlot | None,
    name: str,
) -> Fit:
    """Fit a copy of `network` by binary cross-entropy and Adam, with early stopping.

    With `plan.guidance` evidence that is astray on training scans costs too. What is watched is the
    cross-entropy alone: masks of the scans that choose an epoch are not asked for.

    Every watched partition stops early on its own: a partition without a lower loss for
    `plan.schedule.patience` epochs is closed, and the fit ends when all are. So one fit keeps for each
    partition exactly what a fit watching it alone would.

    On the CPU equal arguments give equal weights to the bit, also after an interruption; on a GPU
    cuDNN may round differently from run to run. Several devices give what one gives, but for
    rounding, as long as no random layer and no batch normalisation learns: each device draws its
    own and normalises its share of a batch. Torch's global random state is left as it was, but
    on Apple's MPS.

    Args:
        network: Where the fit starts; it is left unchanged.
        plan: What it learns from, and how.
        machine: Where the fit runs.
        checkpoint: Where the state is kept after each epoch. A fit that finds a state there goes on
            from it, or gives its outcome at once if it was over. None keeps nothing.
        name: What log lines and the progress bar call the fit.

    Returns:
        What each watched partition keeps, and the history.

    Raises:
        ValueError: A class is absent, a partition cannot be watched, scans differ in size, a
            batch gives some device nothing, precision and device do not go together, the network
            cannot be guided, or the checkpoint is corrupt or another fit's.
        RuntimeError: A device is not there, or memory ran out.
        FloatingPointError: A loss became infinite or undefined; epoch, batch and scans are named.
    """
    check_machine(machine)
    _check_plan(plan, devices=machine.devices)
    _check_guidance(network, plan)
    start, schedule = deepcopy(network).cpu(), plan.schedule
    found = _find(checkpoint, start=start, watched=tuple(plan.watched), epochs=schedule.epochs)
    history, epochs_done = found.history, len(found.history.epochs)
    if history.is_over(epochs=schedule.epochs, patience=schedule.patience):
        logger.info("Fit %s: read from its checkpoint, finished after epoch %d", name, epochs_done)
        return _outcome(history, start=start, schedule=schedule)
    if epochs_done:
        logger.info("Fitting %s: goes on after epoch %d", name, epochs_done)

    # Fabric takes seconds to import, which only a fit should cost.
    from sonolens.models.fitting.launch import run_fit  # noqa: PLC0415

    with batches_that_fit(batch_size=schedule.batch_size):
        history = run_fit(
            start, plan=plan, machine=machine, found=found, slot=checkpoint, name=name
        )
    if checkpoint is not None:
        checkpoint.write(pack_checkpoint(Checkpoint(history, learner=None)))
    return _outcome(history, start=start, schedule=schedule)


def _find(
    slot: CheckpointSlot | None, *, start: ScanClassifier, watched: tuple[str, ...], epochs: int
) -> Checkpoint:
    """Read what an earlier fit left, or begin with nothing."""
    content = slot.read() if slot is not None else None
    if content is None:
        return Checkpoint(TrainingHistory(epochs=(), kept={}), learner=None)
    found = unpack_checkpoint(content, source=str(slot))
    check_checkpoint(
        found,
        changing=changing_state(start),
        watched=watched,
        epochs=epochs,
        source=str(slot),
    )
    return found


def _outcome(history: TrainingHistory, *, start: ScanClassifier, schedule: Schedule) -> Fit:
    kept = {
        name: Kept(epoch=best.epoch, last_epoch=best.last_epoch, state=history.kept[name])
        for name, best in history.best_epochs(patience=schedule.patience).items()
    }
    return Fit(history=history.table(), kept=kept, start=start)


def _check_plan(plan: FitPlan, *, devices: int) -> None:
    _check_partitions(plan.train, plan.watched)
    if plan.seed < 0:
        raise ValueError(f"seed is {plan.seed}; give a whole number from 0")
    batch_size, scans = plan.schedule.batch_size, len(plan.train)
    if min(batch_size, scans) < devices:
        raise ValueError(
            f"batch_size is {batch_size} and train has {scans} scans, too few for "
            f"{devices} devices; lower devices or raise batch_size"
        )


def _check_guidance(network: ScanClassifier, plan: FitPlan) -> None:
    if plan.guidance is None:
        return
    reason = why_not_guided(network, train=plan.train, guidance=plan.guidance)
    if reason:
        raise ValueError(reason)


def _check_partitions(train: LabelledScans, watched: Mapping[str, LabelledScans]) -> None:
    unknown = [name for name in watched if name not in WATCHABLE]
    if unknown or not watched:
        raise ValueError(
            f"watched names {', '.join(watched) or 'no partition'}; give {' or '.join(WATCHABLE)}, "
            "or both, because a loss outside training must choose the epoch"
        )
    for partition, scans in {"train": train, **watched}.items():
        for name, present in (
            ("malignant", scans.labels.any()),
            ("benign", not scans.labels.all()),
        ):
            if not present or not len(scans):
                raise ValueError(
                    f"{partition} has no {name} scan among its {len(scans)}; a network cannot "
                    "learn from one class, nor can one class choose its epoch, so split the study "
                    "differently"
                )
        if scans.stack.shape[1:] != train.stack.shape[1:]:
            raise ValueError(
                f"scans of {partition} have {scans.stack.shape[1:]} pixels but those of train "
                f"{train.stack.shape[1:]}; frame all to one size"
            )

"""A fit launched by Lightning Fabric, on one device or several.

Importing this module imports Fabric; `fitting` does so only when a network is fitted.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision, Precision
from lightning_fabric.plugins.environments.lightning import LightningEnvironment

from sonolens.models.devices import choose_device
from sonolens.models.fitting.checkpoints import (
    Checkpoint,
    CheckpointSlot,
    pack_checkpoint,
    unpack_checkpoint,
)
from sonolens.models.fitting.early_stopping import TrainingHistory
from sonolens.models.fitting.machine import Machine, choose_precision
from sonolens.models.fitting.processes import SharedFit, shared_fit
from sonolens.models.fitting.training_loop import FitPlan, run_epochs
from sonolens.models.networks.classifier import ScanClassifier


class MixedProducts(MixedPrecision):
    """Products in 16 bits of grey levels that come as they are: 8 bits of mantissa would round them."""

    def convert_input(self, data: Any) -> Any:
        """Leave the scans as they are."""
        return data


def run_fit(
    network: ScanClassifier,
    *,
    plan: FitPlan,
    machine: Machine,
    found: Checkpoint,
    slot: CheckpointSlot | None,
    name: str,
) -> TrainingHistory:
    """Run the epochs that are left, as `run_epochs` does, on all devices of `machine`."""
    epochs = partial(run_epochs, network=network, plan=plan, found=found, slot=slot, name=name)
    if machine.devices == 1:
        with _quiet(), _random_state_restored(choose_device(machine.device)):
            return _fabric(machine, strategy="auto").launch(epochs)
    with (
        tempfile.TemporaryDirectory() as folder,
        _quiet(),
        shared_fit(machine.strategy) as strategy,
    ):
        # Fabric hands back through a pipe, which would block on more than 64 KiB.
        outcome = Path(folder) / "outcome"
        _fabric(machine, strategy=strategy).launch(
            partial(_run_and_write, epochs=epochs, outcome=outcome)
        )
        return unpack_checkpoint(outcome.read_bytes(), source=str(outcome)).history


def _run_and_write(
    fabric: Fabric, *, epochs: Callable[[Fabric], TrainingHistory], outcome: Path
) -> None:
    history = epochs(fabric)
    if fabric.is_global_zero:
        outcome.write_bytes(pack_checkpoint(Checkpoint(history, learner=None)))


def _fabric(machine: Machine, *, strategy: SharedFit | str) -> Fabric:
    device, precision = choose_device(machine.device).type, choose_precision(machine)
    return Fabric(
        accelerator=device,
        devices=machine.devices,
        strategy=strategy,
        plugins=[
            Precision() if precision == "32-true" else MixedProducts(precision, device),
            # Else Fabric would look for other machines wherever a scheduler has left its variables.
            LightningEnvironment(),
        ],
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Fabric from announcing devices and tips."""
    announcer = logging.getLogger("lightning_fabric")
    level = announcer.level
    announcer.setLevel(logging.WARNING)
    try:
        yield
    finally:
        announcer.setLevel(level)


@contextmanager
def _random_state_restored(device: torch.device) -> Iterator[None]:
    gpus = range(torch.cuda.device_count()) if device.type == "cuda" else ()
    with torch.random.fork_rng(devices=gpus):
        yield

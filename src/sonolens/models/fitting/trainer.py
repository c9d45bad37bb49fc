"""Lightning's trainer, set up for one fit on one device or several.

Importing this module imports Lightning; `fitting` does so only when a network is fitted.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning import Trainer

from sonolens.models.devices import choose_device
from sonolens.models.fitting.checkpoints import Checkpoint, CheckpointSlot, unpack_checkpoint
from sonolens.models.fitting.early_stopping import Course
from sonolens.models.fitting.machine import Machine, choose_precision
from sonolens.models.fitting.processes import ResultFile, SharedFit, shared_fit
from sonolens.models.fitting.progress import FittingProgress
from sonolens.models.fitting.quiet_lightning import quiet_lightning
from sonolens.models.fitting.training_loop import CourseKeeper, LossMinimiser, Plan
from sonolens.models.networks.classifier import ScanClassifier


def run_fit(
    network: ScanClassifier,
    *,
    plan: Plan,
    machine: Machine,
    found: Checkpoint,
    slot: CheckpointSlot | None,
    name: str,
) -> Course:
    """Run the epochs that are left.

    Args:
        network: Where the fit started; it is left unchanged.
        plan: What it learns from, and how.
        machine: Where it runs.
        found: What it has shown so far, and what it needs to go on.
        slot: Where its state is written after each epoch but the last.
        name: What log lines and the progress bar call it.

    Returns:
        What the whole fit showed and kept.
    """
    learning = deepcopy(network).train()
    if found.learner is not None:
        learning.load_state_dict({**learning.state_dict(), **found.learner.weights})
    minimiser = LossMinimiser(
        learning, plan=plan, finished=len(found.course.epochs), learner=found.learner
    )
    keeper = CourseKeeper(found.course, slot=slot, result=None)
    progress = FittingProgress(keeper, name=name, schedule=plan.schedule)
    if machine.devices == 1:
        with quiet_lightning(), _random_state_restored(choose_device(machine.device)):
            _trainer(keeper, progress, machine=machine, strategy="auto").fit(minimiser)
        return keeper.course
    with tempfile.TemporaryDirectory() as folder, shared_fit(machine.strategy) as strategy:
        # The processes work on copies, so what they find comes back as a file.
        keeper.result = result = ResultFile(Path(folder) / "result")
        with quiet_lightning():
            _trainer(keeper, progress, machine=machine, strategy=strategy).fit(minimiser)
        content = result.read()
    assert content is not None, "the first process ended without an outcome or an error"  # noqa: S101
    return unpack_checkpoint(content, source=str(result.path)).course


def _trainer(
    keeper: CourseKeeper,
    progress: FittingProgress,
    *,
    machine: Machine,
    strategy: SharedFit | str,
) -> Trainer:
    schedule = progress.schedule
    return Trainer(
        accelerator=choose_device(machine.device).type,
        devices=machine.devices,
        strategy=strategy,
        precision=choose_precision(machine),
        # Else Lightning would look for other machines wherever a scheduler has left its variables.
        plugins=[LightningEnvironment()],
        max_epochs=schedule.epochs - len(keeper.course.epochs),
        callbacks=[keeper, progress],
        reload_dataloaders_every_n_epochs=1,
        use_distributed_sampler=False,
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


@contextmanager
def _random_state_restored(device: torch.device) -> Iterator[None]:
    gpus = range(torch.cuda.device_count()) if device.type == "cuda" else ()
    with torch.random.fork_rng(devices=gpus):
        yield

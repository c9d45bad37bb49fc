"""Fitting: a network and labelled scans in, a better network and its history out."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool, UInt8
from torch import Tensor

from sonolens.models.allocator import keep_freed_memory
from sonolens.models.augmentation import apply_augmentation, draw_augmentation
from sonolens.models.batches import ScanBatches
from sonolens.models.classifier import ScanClassifier
from sonolens.models.devices import choose_device

PartitionScans: TypeAlias = UInt8[np.ndarray, "_ rows cols"]
"""Framed scans of one partition; partitions share a grid but not a length."""

PartitionLabels: TypeAlias = Bool[np.ndarray, " _"]
"""True where a scan of the partition shows a malignant mass."""


@dataclass(frozen=True)
class Fit:
    """A fitted network.

    Attributes:
        network: The network with its best weights, in evaluation mode on the CPU.
        history: One row per epoch, with the columns of `tables.TrainingHistory` except `run` and `start`.
        best_epoch: The epoch, counted from 1, whose weights were kept.
    """

    network: ScanClassifier
    history: pd.DataFrame
    best_epoch: int


def fit_network(
    network: ScanClassifier,
    *,
    train_scans: PartitionScans,
    train_labels: PartitionLabels,
    validation_scans: PartitionScans,
    validation_labels: PartitionLabels,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    patience: int,
    horizontal_flip: bool,
    max_shift: float,
    max_contrast: float,
    max_gain_levels: float,
    seed: int,
    device: str,
) -> Fit:
    """Fit a copy of `network` by binary cross-entropy and Adam, with early stopping.

    On the CPU equal arguments give equal weights to the bit; on a GPU cuDNN may round differently
    from run to run. Torch's global random state is neither read nor changed.

    Args:
        network: Where the fit starts; it is left unchanged.
        train_scans: Framed scans to learn from; a memory map is read one batch at a time.
        train_labels: Their labels.
        validation_scans: Framed scans whose loss chooses the best epoch.
        validation_labels: Their labels.
        learning_rate: Adam's step size.
        batch_size: Scans per step, at least 2; a last batch of one scan joins the one before it,
            because batch normalisation cannot learn from a single scan.
        epochs: Most passes over the training scans.
        patience: Epochs without a lower validation loss after which the fit ends.
        horizontal_flip: See `draw_augmentation`, as for the next three.
        max_shift: Largest shift as a share of the side.
        max_contrast: Largest change of contrast.
        max_gain_levels: Largest change of gain in grey levels.
        seed: Seed of the order of the scans and of their augmentation.
        device: A name in `DEVICES`.

    Returns:
        The fitted network with the weights of its best epoch, and the history.

    Raises:
        ValueError: A number is out of range, scans and labels do not pair up, or a class is absent.
        RuntimeError: The device is not there.
        FloatingPointError: A loss became infinite or undefined; the epoch is named.
    """
    _check_plan(
        learning_rate=learning_rate, batch_size=batch_size, epochs=epochs, patience=patience
    )
    _check_partition("train", train_scans, train_labels)
    _check_partition("validation", validation_scans, validation_labels)
    keep_freed_memory()
    generator = torch.Generator().manual_seed(seed)
    draw = partial(
        draw_augmentation,
        horizontal_flip=horizontal_flip,
        max_shift=max_shift,
        max_contrast=max_contrast,
        max_gain_levels=max_gain_levels,
        generator=generator,
    )
    train = ScanBatches(
        train_scans,
        train_labels,
        batch_size=batch_size,
        change=lambda scans: apply_augmentation(scans, draw(len(scans))),
        order=generator,
    )
    validation = ScanBatches(
        validation_scans, validation_labels, batch_size=batch_size, change=Tensor.float, order=None
    )
    return _run(
        deepcopy(network),
        train=train,
        validation=validation,
        learning_rate=learning_rate,
        epochs=epochs,
        patience=patience,
        device=choose_device(device),
    )


def _run(
    network: ScanClassifier,
    *,
    train: ScanBatches,
    validation: ScanBatches,
    learning_rate: float,
    epochs: int,
    patience: int,
    device: torch.device,
) -> Fit:
    # Lightning takes seconds to import, which only a fit should cost.
    from pytorch_lightning import Trainer  # noqa: PLC0415

    from sonolens.models.fitting_progress import FittingProgress  # noqa: PLC0415
    from sonolens.models.training_loop import BestWeights, LossMinimiser  # noqa: PLC0415

    best_weights = BestWeights(patience=patience)
    progress = FittingProgress(best_weights, name=network.recipe.network, epochs=epochs)
    with progress, _only_trouble_is_logged():
        trainer = Trainer(
            accelerator=device.type,
            devices=1,
            max_epochs=epochs,
            callbacks=[best_weights, progress],
            num_sanity_val_steps=0,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        minimiser = LossMinimiser(network.train(), learning_rate=learning_rate)
        trainer.fit(minimiser, train_dataloaders=train, val_dataloaders=validation)
    network.load_state_dict(best_weights.state)
    history = pd.DataFrame([asdict(epoch) for epoch in best_weights.epochs])
    best = min(best_weights.epochs, key=lambda epoch: epoch.validation_loss)
    history["best"] = history["epoch"] == best.epoch
    return Fit(network=network.eval(), history=history, best_epoch=best.epoch)


@contextmanager
def _only_trouble_is_logged() -> Iterator[None]:
    """Keep Lightning from announcing devices and tips, and from warning of what is meant."""
    announcer = logging.getLogger("pytorch_lightning")
    level = announcer.level
    announcer.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            # Lightning 2.6 still uses a class that newer PyTorch deprecates: nothing a user can mend.
            warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
            # Frozen batch normalisation is in evaluation mode on purpose.
            warnings.filterwarnings("ignore", message=r"Found \d+ module\(s\) in eval mode")
            yield
    finally:
        announcer.setLevel(level)


def _check_plan(*, learning_rate: float, batch_size: int, epochs: int, patience: int) -> None:
    if not learning_rate > 0:
        raise ValueError(f"learning_rate is {learning_rate}; it must be above 0")
    if batch_size < 2:  # noqa: PLR2004 - the sentence below says why
        raise ValueError(
            f"batch_size is {batch_size}; batch normalisation needs at least 2 scans to learn from"
        )
    for name, value in (("epochs", epochs), ("patience", patience)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1")


def _check_partition(partition: str, scans: PartitionScans, labels: PartitionLabels) -> None:
    if len(scans) != len(labels):
        raise ValueError(
            f"{partition} has {len(scans)} scans but {len(labels)} labels; give one label per scan"
        )
    for name, present in (("malignant", labels.any()), ("benign", not labels.all())):
        if not present or not len(labels):
            raise ValueError(
                f"{partition} has no {name} scan among its {len(labels)}; "
                "a network cannot learn from one class, so split the study differently"
            )

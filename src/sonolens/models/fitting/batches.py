"""Batches of augmented scans and labels for one epoch of a fit, and each device's share of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from sonolens.models.fitting.augmentation import (
    AugmentationRanges,
    apply_augmentation,
    draw_augmentation,
)
from sonolens.models.fitting.labelled_scans import LabelledScans, PartitionRows
from sonolens.models.fitting.schedule import SMALLEST_BATCH

Batch: TypeAlias = tuple[Tensor, Tensor, int]
"""A device's scans in grey levels, 1.0 for each malignant one, and the scans of all devices."""


@dataclass(frozen=True)
class Share:
    """Which device of how many."""

    device: int
    devices: int


class ScanBatches:
    """The batches of one epoch, in an order and with an augmentation that the seed decides.

    Order and augmentation are drawn for the whole epoch, whatever the batch size and the number of
    devices; of each batch every device takes every so-many-th scan. A remainder that gives
    some device nothing, or that is a single scan, joins the batch before it.

    Args:
        scans: Scans to learn from; read one batch at a time.
        batch_size: Scans per batch over all devices.
        augmentation: How far scans are changed.
        seed: Seed of this epoch.
        share: Which part of each batch is wanted.
    """

    def __init__(
        self,
        scans: LabelledScans,
        *,
        batch_size: int,
        augmentation: AugmentationRanges,
        seed: int,
        share: Share,
    ) -> None:
        self.scans = scans
        self.share = share
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(scans), generator=generator).numpy()
        self.draw = draw_augmentation(len(scans), ranges=augmentation, generator=generator)
        cuts = list(range(batch_size, len(scans), batch_size))
        if cuts and len(scans) - cuts[-1] < max(SMALLEST_BATCH, share.devices):
            cuts.pop()
        self.batches: list[PartitionRows] = np.split(order, cuts)

    def __len__(self) -> int:
        return len(self.batches)

    def chosen(self, number: int) -> PartitionRows:
        """Positions of this device's scans of one batch among the scans to learn from."""
        return self.batches[number][self.share.device :: self.share.devices]

    def __iter__(self) -> Iterator[Batch]:
        for number, batch in enumerate(self.batches):
            chosen = self.chosen(number)
            scans = torch.from_numpy(self.scans.read(chosen))
            labels = torch.from_numpy(self.scans.labels[chosen]).float()
            changed = apply_augmentation(scans, self.draw.of(torch.from_numpy(chosen)))
            yield changed, labels, len(batch)

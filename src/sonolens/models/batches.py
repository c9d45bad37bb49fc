"""Batches of scans and labels for fitting, cut from a stack that may be memory-mapped."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from sonolens.arrays import Labels, ScanStack

Batch = tuple[Tensor, Tensor]
"""Scans in grey levels, and 1.0 for each malignant one."""


class ScanBatches:
    """Batches of scans and labels, cut from a stack that may be memory-mapped.

    A remainder of one scan joins the batch before it, because batch normalisation cannot learn from
    a single scan.

    Args:
        scans: Framed scans; read one batch at a time.
        labels: One label per scan.
        batch_size: Scans per batch, at least 2.
        change: Turns a batch of 8-bit scans into what the network gets, for example augmentation.
        order: Source of a new order in every epoch; None keeps the order of `scans`.
    """

    def __init__(
        self,
        scans: ScanStack,
        labels: Labels,
        *,
        batch_size: int,
        change: Callable[[Tensor], Tensor],
        order: torch.Generator | None,
    ) -> None:
        self.scans = scans
        self.labels = labels
        self.change = change
        self.order = order
        remainder = len(scans) % batch_size
        self.cuts = list(range(batch_size, len(scans), batch_size))
        if remainder == 1 and self.cuts:
            self.cuts.pop()

    def __len__(self) -> int:
        return len(self.cuts) + 1

    def __iter__(self) -> Iterator[Batch]:
        count = len(self.scans)
        shuffled = self.order is not None
        order = (
            torch.randperm(count, generator=self.order).numpy() if shuffled else np.arange(count)
        )
        for chosen in np.split(order, self.cuts):
            labels = torch.tensor(self.labels[chosen], dtype=torch.float32)
            yield self.change(torch.tensor(self.scans[chosen])), labels

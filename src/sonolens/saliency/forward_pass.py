"""One batch of scans and what a network makes of it, computed once for all methods."""

import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from sonolens.models import FeatureMaps, LogitBatch, ScanBatch, ScanClassifier

AT_ONCE_ON_CPU = 6
"""Scans in the trunk at once: a CPU gains little from more, and each layer's maps take memory."""


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A batch of scans on its way through a network.

    What is asked for is computed once and kept, so methods that share it share its cost. Nothing
    goes backward through the trunk.

    Attributes:
        network: In evaluation mode, with weights that ask for no gradient.
        scans: Grey levels 0..255 as float32, on the network's device.
        scan_ids: Names of the scans, one each.
    """

    network: ScanClassifier
    scans: ScanBatch
    scan_ids: tuple[str, ...]

    @cached_property
    def activations(self) -> FeatureMaps:
        """The feature maps that enter global average pooling."""
        at_once = AT_ONCE_ON_CPU if self.scans.device.type == "cpu" else len(self.scans)
        with torch.no_grad():
            parts = [self.network.activations(part) for part in torch.split(self.scans, at_once)]
        return torch.cat(parts)

    @cached_property
    def logits(self) -> LogitBatch:
        """The logit of every scan; positive means malignant."""
        with torch.no_grad():
            return self.logits_of(self.activations)

    @cached_property
    def gradients(self) -> FeatureMaps:
        """Derivative of each scan's logit by each value of its feature maps."""
        with torch.enable_grad():
            maps = self.activations.detach().requires_grad_()
            (gradients,) = torch.autograd.grad(self.logits_of(maps).sum(), maps)
        return gradients

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the feature maps."""
        rows, cols = self.activations.shape[2:]
        return rows, cols

    def logits_of(self, maps: FeatureMaps) -> LogitBatch:
        """Run only the part of the network behind its feature maps, on `maps` instead of its own."""
        rest = copy.copy(self.network)
        # On the copy alone; nn.Module.__setattr__ would do the same after a search for parameters.
        object.__setattr__(rest, "activations", lambda _scans: maps)
        logits: LogitBatch = rest(self.scans[:1].expand(len(maps), -1, -1))
        return logits


def to_numpy(tensor: Tensor) -> Float32[np.ndarray, "..."]:
    """Copy a tensor off its device, in single precision."""
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())

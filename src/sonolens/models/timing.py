"""How long a fit will take on this machine, told before it starts."""

import time
from copy import deepcopy

import torch
from torch import nn

from sonolens.arrays import ScanStack
from sonolens.models.devices import choose_device
from sonolens.models.networks.classifier import ScanClassifier


def seconds_per_scan(network: ScanClassifier, scans: ScanStack, *, device: str) -> float:
    """Time what learning from one scan takes, by the second of two steps on a copy.

    Args:
        network: Left as it is.
        scans: One batch of framed scans.
        device: A name in `DEVICES`.
    """
    place = choose_device(device)
    copy = deepcopy(network).to(place).train()
    shown = torch.tensor(scans, device=place).float()
    targets = torch.zeros(len(shown), device=place)
    started = 0.0
    for _ in range(2):  # the first one warms up
        started = time.monotonic()
        loss = nn.functional.binary_cross_entropy_with_logits(copy(shown), targets)
        torch.autograd.backward(loss)
        loss.item()  # waits for the device
    return (time.monotonic() - started) / len(shown)

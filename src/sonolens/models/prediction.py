"""Predictions: framed scans in, logits or features out."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import UInt8

from sonolens.arrays import Features, Logits, ScanStack
from sonolens.models.allocator import batches_that_fit, keep_freed_memory
from sonolens.models.devices import borrowed
from sonolens.models.networks.classifier import ScanClassifier

FramedBatch: TypeAlias = UInt8[np.ndarray, "_ rows cols"]
"""Some of the framed scans that are worked through; the last are fewer than the others, so their number binds nothing."""


def predict_logits(
    network: ScanClassifier, scans: ScanStack, *, batch_size: int, device: str
) -> Logits:
    """Predict one logit per scan, in full precision.

    Args:
        network: The network; it is left as it was found.
        scans: Framed scans in grey levels; a memory map is read one batch at a time.
        batch_size: How many scans pass through the network at once.
        device: A name in `DEVICES`.

    Returns:
        Logits as float32 in the order of `scans`, positive for malignant; empty for no scans.

    Raises:
        ValueError: `batch_size` is below 1, or the device is unknown.
        RuntimeError: The device is not there, or memory ran out.
    """
    batches = cut_batches(scans, batch_size=batch_size)
    keep_freed_memory()
    with batches_that_fit(batch_size=batch_size), borrowed(network, device=device):
        return judge_batches(network, batches)


def pool_features(
    network: ScanClassifier, scans: ScanStack, *, batch_size: int, device: str
) -> Features:
    """Read what enters the network's linear output: every feature map's mean.

    Args:
        network: As for `predict_logits`, which see for errors.
        scans: Framed scans in grey levels.
        batch_size: How many scans pass through the network at once.
        device: A name in `DEVICES`.

    Returns:
        Features as float32 in the order of `scans`, one column per channel; no row for no scans.
    """
    batches = cut_batches(scans, batch_size=batch_size)
    keep_freed_memory()
    pooled = [np.empty((0, network.head.in_features), dtype=np.float32)]
    with (
        batches_that_fit(batch_size=batch_size),
        borrowed(network, device=device),
        torch.inference_mode(),
    ):
        for batch in batches:
            maps = network.activations(torch.tensor(batch, device=network.head.weight.device))
            pooled.append(maps.float().mean(dim=(2, 3)).cpu().numpy())
    return np.concatenate(pooled)


def cut_batches(scans: ScanStack, *, batch_size: int) -> list[FramedBatch]:
    """Cut framed scans into batches, the last of which may be smaller; a memory map is not read yet.

    Raises:
        ValueError: `batch_size` is below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; at least one scan must fit into a batch")
    return [scans[start : start + batch_size] for start in range(0, len(scans), batch_size)]


def judge_batches(network: ScanClassifier, batches: Iterable[FramedBatch]) -> Logits:
    """Let `network`, which must be in evaluation mode, judge batch after batch where it is.

    Returns:
        One logit per scan as float32; empty for no batches.
    """
    device = network.head.weight.device
    logits = [np.empty(0, dtype=np.float32)]
    with torch.inference_mode():
        for batch in batches:
            scans = torch.tensor(batch, device=device)
            logits.append(network(scans).float().cpu().numpy())
    return np.concatenate(logits)

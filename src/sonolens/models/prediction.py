"""Predictions: framed scans in, logits out."""

from collections.abc import Iterable

import numpy as np
import torch

from sonolens.arrays import Logits, ScanStack
from sonolens.models.allocator import batches_that_fit, keep_freed_memory
from sonolens.models.devices import borrowed
from sonolens.models.networks.classifier import ScanClassifier


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
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; at least one scan must fit into a batch")
    keep_freed_memory()
    batches = (scans[start : start + batch_size] for start in range(0, len(scans), batch_size))
    with batches_that_fit(batch_size=batch_size), borrowed(network, device=device):
        return judge_batches(network, batches)


def judge_batches(network: ScanClassifier, batches: Iterable[ScanStack]) -> Logits:
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

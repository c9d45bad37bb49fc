"""Predictions: framed scans in, logits out."""

import numpy as np
import torch

from sonolens.arrays import Logits, ScanStack
from sonolens.models.allocator import keep_freed_memory
from sonolens.models.classifier import ScanClassifier
from sonolens.models.devices import borrowed


def predict_logits(
    network: ScanClassifier, scans: ScanStack, *, batch_size: int, device: str
) -> Logits:
    """Predict one logit per scan.

    Args:
        network: The network; it is left as it was found.
        scans: Framed scans in grey levels; a memory map is read one batch at a time.
        batch_size: How many scans pass through the network at once.
        device: A name in `DEVICES`.

    Returns:
        Logits as float32 in the order of `scans`, positive for malignant; empty for no scans.

    Raises:
        ValueError: `batch_size` is below 1, or the device is unknown.
        RuntimeError: The device is not there.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; at least one scan must fit into a batch")
    keep_freed_memory()
    logits = np.empty(len(scans), dtype=np.float32)
    with borrowed(network, device=device) as target, torch.inference_mode():
        for start in range(0, len(scans), batch_size):
            batch = torch.tensor(scans[start : start + batch_size], device=target)
            logits[start : start + batch_size] = network(batch).cpu().numpy()
    return logits

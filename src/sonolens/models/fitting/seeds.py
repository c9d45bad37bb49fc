"""Seeds that follow from a fit's seed and an epoch, so that a fit can be taken up anywhere."""

import numpy as np
import torch

SCANS = 0
"""Stream of the order of the scans and of their augmentation; the same on every device."""

LAYERS = 1
"""Stream of random layers on the first device; the next devices have the next streams."""


def epoch_seed(seed: int, *, epoch: int, stream: int) -> int:
    """Derive the seed of one purpose in one epoch.

    Args:
        seed: Seed of the fit, 0 or more.
        epoch: Number of the epoch.
        stream: What is drawn: `SCANS`, or `LAYERS` plus the number of the device.

    Returns:
        A number of 64 bits; different arguments give unrelated numbers.
    """
    words = np.random.SeedSequence([seed, epoch, stream]).generate_state(1, np.uint64)
    return int(words[0])


def seed_layers(device: torch.device, *, seed: int) -> None:
    """Seed what random layers, such as dropout, draw from on the CPU and on `device`.

    ``torch.manual_seed`` would also touch devices that have no part in the fit.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)

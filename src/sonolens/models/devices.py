"""The device a network runs on, and networks on loan to it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from sonolens.models.networks.classifier import ScanClassifier

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str) -> torch.device:
    """Find the device `name` stands for.

    Args:
        name: A name in `DEVICES`; ``auto`` takes CUDA, then Apple's MPS, then the CPU.

    Raises:
        ValueError: The name is unknown.
        RuntimeError: The device is not there.
    """
    if name not in DEVICES:
        raise ValueError(f"device {name!r} is unknown; choose from {', '.join(DEVICES)}")
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next((kind for kind, there in present.items() if there), "cpu"))
    if not present.get(name, True):
        raise RuntimeError(
            f"device {name} was asked for but is not available; set device to auto or cpu"
        )
    return torch.device(name)


@contextmanager
def evaluating(network: ScanClassifier) -> Iterator[None]:
    """Hold `network` in evaluation mode, then restore the mode of each module, even on an error."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()
        yield
    finally:
        for module, training in modes:
            module.training = training


@contextmanager
def borrowed(network: ScanClassifier, *, device: str) -> Iterator[torch.device]:
    """Lend `network` to a device in evaluation mode, and give it back as it was found.

    Args:
        network: The network; modes of all its modules and its device are restored, even on an error.
        device: A name in `DEVICES`.

    Yields:
        The device it now is on.
    """
    target = choose_device(device)
    home = network.head.weight.device
    try:
        with evaluating(network):
            network.to(target)
            yield target
    finally:
        network.to(home)

"""The networks that can be trained: torchvision's ResNets and a tiny one for tests and demos."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import nn

from sonolens.models.adaptation import adapt_trunk
from sonolens.models.classifier import Recipe, ScanClassifier
from sonolens.models.weights import load_trunk, read_starting_weights

TINY_CHANNELS = (8, 8, 16, 16)


def build_network(
    name: str, *, adaptation: str, weights: str | Path, seed: int, drs_bias: bool = False
) -> ScanClassifier:
    """Build a network ready to be fitted.

    Args:
        name: A name in `NETWORKS`.
        adaptation: A name in `ADAPTATIONS`: which weights learn.
        weights: Where the trunk starts: ``"imagenet"``, ``"none"`` (random) or a local file; see
            `read_starting_weights`. The head is always drawn at random.
        seed: Seed of everything drawn at random; torch's global generator is left as it was.
        drs_bias: Whether deep representation scaling also shifts channels.

    Returns:
        The network in training mode, on the CPU.

    Raises:
        ValueError: The name or adaptation is unknown, or the weights do not fit.
        ConnectionError: The ImageNet weights are neither cached nor to be had.
        FileNotFoundError: The weights file does not exist.
    """
    if name not in NETWORKS:
        raise ValueError(f"network {name!r} is unknown; choose from {', '.join(NETWORKS)}")
    tensors = read_starting_weights(name, weights=weights)
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would also seed the GPUs, which fork_rng would then have to copy.
        torch.default_generator.manual_seed(seed)
        features, channels = NETWORKS[name]()
        head = nn.Linear(channels, 1)
    if tensors:
        load_trunk(features, tensors, source=str(weights))
    features = adapt_trunk(features, adaptation=adaptation, drs_bias=drs_bias)
    recipe = Recipe(network=name, adaptation=adaptation, drs_bias=drs_bias)
    network = ScanClassifier(features, head, recipe=recipe)
    # Convolutions hand this layout on, so it need be set only once; it is faster on CPU and GPU.
    return network.to(memory_format=torch.channels_last)


def _resnet_trunk(name: str) -> tuple[nn.Sequential, int]:
    from torchvision import models  # noqa: PLC0415 - seconds that only this call should cost

    network = models.get_model(name, weights=None)
    layers = OrderedDict(network.named_children())
    del layers["avgpool"], layers["fc"]
    return nn.Sequential(layers), network.fc.in_features


def _tiny_trunk() -> tuple[nn.Sequential, int]:
    trunk = nn.Sequential()
    channels_in = 3
    for number, channels in enumerate(TINY_CHANNELS, start=1):
        block = nn.Sequential(
            nn.Conv2d(channels_in, channels, kernel_size=3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )
        trunk.add_module(f"stage{number}", nn.Sequential(block))
        channels_in = channels
    return trunk, channels_in


NETWORKS: dict[str, Callable[[], tuple[nn.Sequential, int]]] = {
    "tiny": _tiny_trunk,
    "resnet18": partial(_resnet_trunk, "resnet18"),
    "resnet34": partial(_resnet_trunk, "resnet34"),
    "resnet50": partial(_resnet_trunk, "resnet50"),
    "resnet101": partial(_resnet_trunk, "resnet101"),
}
"""Name of a network -> function that builds its trunk and tells how many channels leave it.

``tiny`` has four stages of stride 2, like a ResNet's 32 px cells but with cells of 16 px, and about
four thousand weights. In every trunk the children that are `nn.Sequential` are stages of blocks.
"""

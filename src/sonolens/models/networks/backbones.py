"""The networks that can be trained: torchvision's, a tiny one, and one that sees a few millimetres."""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from sonolens.models.networks.adaptation import ADAPTATIONS, BlockNames

TINY_CHANNELS = (8, 8, 16, 16)

LOCAL_LAYERS = ((16, 4), (32, 4), (64, 2), (64, 1))
"""Channels and kernel side of the local network's convolutions; all but the last halve the map."""

WITHOUT_BATCHNORM = tuple(name for name in ADAPTATIONS if name != "batchnorm")


@dataclass(frozen=True)
class Architecture:
    """What there is to know about a network before it is built.

    Attributes:
        build_trunk: Draws a trunk at random: all layers up to global average pooling.
        channels: How many feature maps leave the trunk.
        stages: The trunk's stages, each by the names of its blocks; a name that belongs to a plain
            `nn.Sequential` stands for its children.
        output_strides: Pixels from one map cell to the next that can be had, the network's own first.
        adaptations: Names in `ADAPTATIONS` that the network allows.
        renames: Regular expressions that lead from the names in torchvision's files to the trunk's.
    """

    build_trunk: Callable[[], nn.Sequential]
    channels: int
    stages: BlockNames
    output_strides: tuple[int, ...] = (32, 16, 8)
    adaptations: tuple[str, ...] = ADAPTATIONS
    renames: tuple[tuple[str, str], ...] = ()

    def blocks(self, trunk: nn.Sequential) -> BlockNames:
        """Dotted names of the blocks of `trunk`, stage by stage."""
        return tuple(
            tuple(block for name in stage for block in _blocks_of(trunk, name))
            for stage in self.stages
        )

    def trunk_name(self, name: str) -> str:
        """Name in the trunk of the tensor that torchvision's files call `name`."""
        for pattern, replacement in self.renames:
            name = re.sub(pattern, replacement, name)
        return name


def _blocks_of(trunk: nn.Sequential, name: str) -> list[str]:
    part = trunk.get_submodule(name)
    # Subclasses of Sequential, such as torchvision's convolution with its norm, are single blocks.
    if type(part) is not nn.Sequential:
        return [name]
    return [f"{name}.{child}" for child, _ in part.named_children()]


def _torchvision_network(name: str, **options: float) -> Any:
    from torchvision import models  # noqa: PLC0415 - seconds that only this call should cost

    return models.get_model(name, weights=None, **options)


def _resnet_trunk(name: str) -> nn.Sequential:
    layers = OrderedDict(_torchvision_network(name).named_children())
    del layers["avgpool"], layers["fc"]
    return nn.Sequential(layers)


def _features(name: str, **options: float) -> nn.Sequential:
    features: nn.Sequential = _torchvision_network(name, **options).features
    return features


def _densenet_trunk() -> nn.Sequential:
    trunk = _features("densenet121")
    # Torchvision applies this one between the layers it calls features and the pooling.
    trunk.add_module("relu5", nn.ReLU(inplace=True))
    return trunk


def _convnext_trunk() -> nn.Sequential:
    """The trunk with its last layer normalisation before the pooling instead of behind it.

    Behind the pooling it would stand between the maps and the linear output, and the logit would
    not be the mean of the signed map. Here it normalises the channels of each cell, with the weights
    that ImageNet gave it (``classifier.0`` in torchvision's files).
    """
    network = _torchvision_network("convnext_tiny", stochastic_depth_prob=0.0)
    trunk: nn.Sequential = network.features
    trunk.add_module("norm", network.classifier[0])
    return trunk


def _tiny_trunk() -> nn.Sequential:
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
    return trunk


def _local_trunk() -> nn.Sequential:
    """The trunk of a network whose cells cannot know what lies elsewhere.

    A cell sees 14 x 14 pixels of the framed scan and nothing else, and stands in their very middle:
    kernels of even side, unlike the usual 3 x 3, do not move the map up and to the left. At 224
    pixels that is 28 x 28 cells; on a phantom of 38 mm by 32 to 38 mm a cell is 1.4 mm wide and 1.1
    to 1.4 mm high, and sees 2.4 mm by 2.0 to 2.4 mm. Only global average pooling joins the cells.
    """
    trunk = nn.Sequential()
    channels_in = 3
    for number, (channels, side) in enumerate(LOCAL_LAYERS, start=1):
        convolution = nn.Conv2d(
            channels_in,
            channels,
            kernel_size=side,
            stride=1 if side == 1 else 2,
            padding=max(0, side // 2 - 1),
            bias=False,
        )
        block = nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))
        trunk.add_module(f"stage{number}", nn.Sequential(block))
        channels_in = channels
    return trunk


def _resnet(name: str, *, channels: int) -> Architecture:
    return Architecture(
        partial(_resnet_trunk, name),
        channels=channels,
        stages=(("layer1",), ("layer2",), ("layer3",), ("layer4",)),
    )


NETWORKS: dict[str, Architecture] = {
    "tiny": Architecture(
        _tiny_trunk,
        channels=TINY_CHANNELS[-1],
        stages=(("stage1",), ("stage2",), ("stage3",), ("stage4",)),
        output_strides=(16, 8),
    ),
    "local": Architecture(
        _local_trunk,
        channels=LOCAL_LAYERS[-1][0],
        stages=(("stage1",), ("stage2",), ("stage3",), ("stage4",)),
        output_strides=(8,),
    ),
    "resnet18": _resnet("resnet18", channels=512),
    "resnet34": _resnet("resnet34", channels=512),
    "resnet50": _resnet("resnet50", channels=2048),
    "resnet101": _resnet("resnet101", channels=2048),
    "resnet152": _resnet("resnet152", channels=2048),
    "densenet121": Architecture(
        _densenet_trunk,
        channels=1024,
        stages=(("denseblock1",), ("denseblock2",), ("denseblock3",), ("denseblock4",)),
        # The published file is older than the rule that a module's name holds no dot.
        renames=((r"(denselayer\d+\.(?:norm|conv))\.([12])\.", r"\1\2."),),
    ),
    "mobilenet_v2": Architecture(
        partial(_features, "mobilenet_v2"),
        channels=1280,
        stages=(
            ("1",),
            ("2", "3"),
            ("4", "5", "6"),
            ("7", "8", "9", "10"),
            ("11", "12", "13"),
            ("14", "15", "16"),
            ("17",),
        ),
    ),
    "squeezenet1_1": Architecture(
        partial(_features, "squeezenet1_1"),
        channels=512,
        stages=(("3", "4"), ("6", "7"), ("9", "10", "11", "12")),
        output_strides=(16, 8),
        adaptations=WITHOUT_BATCHNORM,
    ),
    "efficientnet_b0": Architecture(
        partial(_features, "efficientnet_b0", stochastic_depth_prob=0.0),
        channels=1280,
        stages=(("1",), ("2",), ("3",), ("4",), ("5",), ("6",), ("7",)),
    ),
    "convnext_tiny": Architecture(
        _convnext_trunk,
        channels=768,
        stages=(("1",), ("3",), ("5",), ("7",)),
        output_strides=(32,),
        adaptations=WITHOUT_BATCHNORM,
        renames=((r"^classifier\.0\.", "norm."),),
    ),
}
"""Everything that can be trained, by name.

``tiny`` has four stages of stride 2 and about four thousand weights. ``local`` sees 14 x 14 pixels
from each cell, so that its evidence lies where its map says; it has no weights to start from. The blocks of DenseNet are its
dense blocks, so that its DRS layers stand at the same places by block and by stage. SqueezeNet pads
nothing, so its map of 224 pixels has 13 by 13 cells, not 14 (27 by 27 at stride 8).
"""

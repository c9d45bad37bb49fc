"""Receptive field: how much of a scan one cell of the last feature maps can know of."""

import math

from torch import nn

from sonolens.models.networks.classifier import ScanClassifier
from sonolens.models.networks.own_trunk import OwnTrunk


def receptive_field_px(network: ScanClassifier) -> float:
    """Return the side, in pixels of the framed scan, of the square that one cell sees.

    Counted along the longest path: a layer with a kernel of side `k` and dilation `d` adds
    `(k - 1) d` times the pixels between its input's cells. It may be larger than the scan. What a cell
    really uses is less, mostly the middle of it.

    Of a user's own trunk, whose layers may be of any kind, it is measured when the trunk is checked: by
    `sonolens.models.networks.own_checks.measure_trunk`.

    Args:
        network: Its layers stand in the order in which they run; strided 1x1 convolutions are
            shortcuts, which reach no farther than what they bypass.

    Returns:
        Infinite where channels are weighed by their mean over the whole scan (EfficientNet), and where a
        cell of a user's own trunk sees more than the scan holds.

    References:
        Luo et al., Understanding the effective receptive field, NeurIPS 2016.
    """
    if isinstance(network.features, OwnTrunk):
        return network.features.receptive_field_px
    reach, step = 1, 1
    for layer in network.features.modules():
        if isinstance(layer, nn.AdaptiveAvgPool2d):
            return math.inf
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            kernel = _side(layer.kernel_size)
            dilation = 1 if isinstance(layer, nn.AvgPool2d) else _side(layer.dilation)
            reach += (kernel - 1) * dilation * step
            step *= 1 if kernel == 1 else _side(layer.stride)
    return float(reach)


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]

"""How single channels add up to a class activation map, as the paper's Fig. 2 draws it."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32, Int

from sonolens.arrays import Scan
from sonolens.models import ScanClassifier, borrowed
from sonolens.saliency.forward_pass import to_numpy


@dataclass(frozen=True)
class ChannelContributions:
    """The channels that moved one logit most, and the whole they are part of.

    Attributes:
        channels: Numbers of the channels, the strongest first.
        weights: The head's weight of each.
        maps: The feature map of each, as it enters global average pooling.
        saliency: The class activation map of all channels of the network.
        bias: Bias of the head; ``mean(saliency) + bias == logit``.
        logit: What the network says about the scan; positive means malignant.
    """

    channels: Int[np.ndarray, " channels"]
    weights: Float32[np.ndarray, " channels"]
    maps: Float32[np.ndarray, "channels cell_rows cell_cols"]
    saliency: Float32[np.ndarray, "cell_rows cell_cols"]
    bias: float
    logit: float

    @property
    def contributions(self) -> Float[np.ndarray, " channels"]:
        """What each channel adds to the logit: its weight times the mean of its map."""
        shares: Float[np.ndarray, " channels"] = self.weights * self.maps.mean(axis=(1, 2))
        return shares


def strongest_channels(network: ScanClassifier, scan: Scan, *, count: int) -> ChannelContributions:
    """Find the channels that contribute most, for or against, to the logit of one scan.

    Args:
        network: The network; it is left as it was found and runs where it is.
        scan: One framed scan.
        count: How many channels to return; equal contributions are taken in channel order.

    Raises:
        ValueError: `count` is below 1 or above the number of channels.
    """
    channels = network.head.in_features
    if not 1 <= count <= channels:
        raise ValueError(
            f"count is {count}, but the network has {channels} channels; take 1 to all"
        )
    home = network.head.weight.device
    with borrowed(network, device=home.type), torch.inference_mode():
        maps = to_numpy(network.activations(torch.tensor(scan[None], device=home)))[0]
        weights = to_numpy(network.head.weight)[0]
        bias = network.bias
    contributions = weights * maps.mean(axis=(1, 2))
    strongest = np.argsort(-np.abs(contributions), kind="stable")[:count]
    return ChannelContributions(
        channels=strongest,
        weights=weights[strongest],
        maps=maps[strongest],
        saliency=np.tensordot(weights, maps, axes=1),
        bias=bias,
        logit=float(contributions.sum()) + bias,
    )

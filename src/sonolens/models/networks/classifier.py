"""A scan classifier: a convolutional trunk, global average pooling and one linear output, and how many weights learn."""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from jaxtyping import Float, Num
from torch import Tensor, nn

from sonolens.models.networks.own_trunk import OwnTrunk

ScanBatch: TypeAlias = Num[Tensor, "scans rows cols"]
"""Scans in grey levels 0..255, integer or floating point."""

FeatureMaps: TypeAlias = Float[Tensor, "scans channels cell_rows cell_cols"]
"""What enters global average pooling: one map per scan and channel."""

LogitBatch: TypeAlias = Float[Tensor, " scans"]
"""One logit per scan; positive means malignant."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
WHITE = 255.0


@dataclass(frozen=True)
class Recipe:
    """What a network is built from, apart from its weights.

    Attributes:
        network: A name in `NETWORKS`, or of a user's own.
        adaptation: A name in `ADAPTATIONS`.
        drs_placement: A name in `DRS_PLACEMENTS`; ``"block"`` without deep representation scaling.
        drs_bias: Whether deep representation scaling also shifts channels.
        output_stride: Pixels of the scan from one map cell to the next.
    """

    network: str
    adaptation: str
    drs_placement: str
    drs_bias: bool
    output_stride: int


class ScanClassifier(nn.Module):
    """Tells malignant from benign in a way that class activation mapping can take apart exactly.

    Nothing stands between the feature maps and the linear head but their mean, so that the logit is
    the mean of the signed class activation map plus the bias.

    Attributes:
        features: The trunk, from three normalised colour channels to feature maps.
        head: One linear output per scan, the logit of "malignant".
        recipe: What the network is built from.
    """

    grey_mean: Tensor
    grey_std: Tensor

    def __init__(self, features: nn.Sequential, head: nn.Linear, *, recipe: Recipe) -> None:
        super().__init__()
        self.features = features
        self.head = head
        self.recipe = recipe
        self.register_buffer("grey_mean", WHITE * torch.tensor(IMAGENET_MEAN).reshape(3, 1, 1))
        self.register_buffer("grey_std", WHITE * torch.tensor(IMAGENET_STD).reshape(3, 1, 1))

    @property
    def bias(self) -> float:
        """Bias of the head: the part of every logit that no map shows."""
        return self.head.bias.item()

    @property
    def has_maps(self) -> bool:
        """Whether its features have places; those of a trunk that pools by itself have none."""
        return not (isinstance(self.features, OwnTrunk) and self.features.pooled)

    def activations(self, scans: ScanBatch) -> FeatureMaps:
        """Feature maps of `scans` that enter global average pooling, after any scaling layer."""
        colours = (scans[:, None] - self.grey_mean) / self.grey_std
        maps: Tensor = self.features(colours)
        return maps

    def forward(self, scans: ScanBatch) -> LogitBatch:
        """Logits of `scans` given in grey levels 0..255; positive means malignant.

        Grey is repeated to three channels and normalised as ImageNet was.
        """
        logits: Tensor = self.head(self.activations(scans).mean(dim=(2, 3)))
        return logits.squeeze(1)


@dataclass(frozen=True)
class WeightCount:
    """Numbers of weights; the statistics of a normalisation are not weights.

    Attributes:
        total: All weights, the head included.
        learning: Those that fitting changes.
    """

    total: int
    learning: int


def count_weights(network: nn.Module) -> WeightCount:
    """Count the weights of `network` as it is adapted now.

    Examples:
        >>> count_weights(nn.Linear(3, 1))
        WeightCount(total=4, learning=4)
    """
    weights = list(network.parameters())
    return WeightCount(
        total=sum(weight.numel() for weight in weights),
        learning=sum(weight.numel() for weight in weights if weight.requires_grad),
    )

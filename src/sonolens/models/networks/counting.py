"""How many weights a network has, and how many of them learn."""

from dataclasses import dataclass

from torch import nn


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

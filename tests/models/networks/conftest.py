import pytest
import torch
from torch import nn


def convolutions() -> nn.Sequential:
    """Two layers of stride 2 and kernel 3, the second of 5 channels: a cell sees 3 + 2 * 2 = 7 pixels."""
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.BatchNorm2d(4),
        nn.Tanh(),
        nn.Conv2d(4, 5, 3, stride=2, padding=1),
    )


class Tokens(nn.Module):
    """A vision transformer as small as one can be: patches of 16 pixels, one layer, a class token in front."""

    def __init__(self, *, gives: str, side: int = 48) -> None:
        super().__init__()
        self.gives = gives
        self.patches = nn.Conv2d(3, 8, 16, stride=16)
        self.class_token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, (side // 16) ** 2 + 1, 8))
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, colours):
        patches = self.patches(colours)
        tokens = torch.cat(
            [self.class_token.expand(len(patches), -1, -1), patches.flatten(2).mT], dim=1
        )
        tokens = self.layer(tokens + self.places)
        if self.gives == "tokens":
            return tokens
        return tokens[:, 0] if self.gives == "class" else tokens[:, 1:].mT.reshape(patches.shape)


@pytest.fixture
def small_trunk():
    """Build a trunk of two convolutions."""
    return convolutions


@pytest.fixture
def token_trunk():
    """Function that makes a builder of a transformer which gives a ``grid``, its ``class`` token or ``tokens``."""
    return lambda gives: lambda: Tokens(gives=gives)

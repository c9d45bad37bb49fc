import numpy as np
import pytest
import torch
from torch import nn

from sonolens.models import Recipe, ScanClassifier, build_network


def build_two_channel_network():
    """Channel 0 is the normalised red of a pixel, channel 1 its negative; weights 2 and 5, bias 3.

    So the map is ``2 * red - 5 * red = -3 * red``, pixel by pixel.
    """
    features = nn.Sequential(nn.Conv2d(3, 2, kernel_size=1, bias=False))
    head = nn.Linear(2, 1)
    with torch.no_grad():
        features[0].weight.zero_()
        features[0].weight[:, 0, 0, 0] = torch.tensor([1.0, -1.0])
        head.weight.copy_(torch.tensor([[2.0, 5.0]]))
        head.bias.fill_(3.0)
    recipe = Recipe(network="tiny", adaptation="full", drs_bias=False)
    return ScanClassifier(features, head, recipe=recipe).eval()


def red(grey_levels):
    """The normalised red channel of grey levels."""
    return (np.asarray(grey_levels) / 255 - 0.485) / 0.229


@pytest.fixture
def two_channel_network():
    return build_two_channel_network()


@pytest.fixture
def normalised_red():
    return red


@pytest.fixture(params=["tiny-full", "tiny-drs", "resnet18-full"])
def random_network(request):
    """A network with random weights, scales, statistics and bias; in training mode."""
    name, adaptation = request.param.split("-")
    network = build_network(name, adaptation=adaptation, weights="none", seed=6)
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for weight_name, weight in network.named_parameters():
            if weight_name.endswith(".scale"):
                weight.copy_(0.5 + torch.rand(weight.shape, generator=generator))
        network.head.bias.fill_(0.75)
    return network.train()


@pytest.fixture
def scans():
    return np.random.default_rng(0).integers(0, 256, (5, 64, 96), dtype=np.uint8)

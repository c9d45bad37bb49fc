import numpy as np
import pytest
import torch
from torch import nn

from sonolens.models import Recipe, ScanClassifier, build_network
from sonolens.models.networks.own_networks import OwnNetwork
from sonolens.saliency import ForwardPass


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
    recipe = Recipe(
        network="tiny", adaptation="full", drs_placement="block", drs_bias=False, output_stride=16
    )
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


def scramble(network, seed):
    """Draw every weight, statistic and bias of a network anew, so that no symmetry is left."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("running_var"):
                tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
            elif tensor.is_floating_point() and not name.startswith("grey"):
                spread = tensor.abs().mean() + 0.1
                tensor.add_(0.5 * spread * torch.randn(tensor.shape, generator=generator))
        network.head.bias.fill_(0)
    return network.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def small_network():
    """Function of a seed: a network of four convolutions and cells of 16 pixels, all drawn at random."""
    return lambda seed: scramble(
        build_network("tiny", adaptation="full", weights="none", seed=0), seed
    )


class SquarePooling(ScanClassifier):
    """Pools squares instead of values, so its logit is no mean of a class activation map."""

    def forward(self, scans):
        return self.head(self.activations(scans).square().mean(dim=(2, 3))).squeeze(1)


@pytest.fixture(scope="session")
def square_pooling_network(small_network):
    """Function of a seed: a small network that pools squares."""

    def build(seed):
        network = small_network(seed)
        squares = SquarePooling(network.features, network.head, recipe=network.recipe)
        return squares.eval().requires_grad_(False)

    return build


@pytest.fixture(scope="session")
def look():
    """Function of a network and scans: their forward pass, with scans named 0, 1, 2 and so on."""

    def build(network, scans, names=None):
        batch = torch.tensor(np.asarray(scans)).float()
        network = network.eval().requires_grad_(False)
        return ForwardPass(network, batch, tuple(names or map(str, range(len(batch)))))

    return build


class OwnMaps(nn.Module):
    """A convolution whose maps a function changes, as a user's own trunk might."""

    def __init__(self, change):
        super().__init__()
        self.maps = nn.Conv2d(3, 4, 4, stride=4)
        self.change = change

    def forward(self, colours):
        return self.change(self.maps(colours))


@pytest.fixture
def own_network():
    """Function of what becomes of a trunk's maps: a network of a user's own."""

    def build(change, *, side):
        torch.manual_seed(0)
        own = OwnNetwork("mine", lambda: OwnMaps(change), size_px=side)
        recipe = Recipe("mine", "full", drs_placement="block", drs_bias=False, output_stride=4)
        features = own.architecture.build_trunk()
        head = nn.Linear(own.architecture.channels, 1)
        return ScanClassifier(features, head, recipe=recipe).eval().requires_grad_(False)

    return build
